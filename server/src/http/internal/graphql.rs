//! GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).

mod fault;
mod kept;
mod media_type;
mod parameters;
mod reply;

pub use kept::KeptReplies;

use super::Internal;
use crate::engine::Question;
use crate::tab::STALE;
use axum::body::Bytes;
use axum::extract::{FromRequest, RawQuery, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use fault::Fault;
use media_type::MediaType;
use parameters::Parameters;
use reply::Reply;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// The time limit for the body of a request, the same as for its head.
const BODY_TIME: Duration = Duration::from_secs(5);

/// The method of a request, which decides what it may run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// Only queries, because a link or an image can make a browser send a GET.
    Get,
    Post,
}

/// Runs the request of a POST.
pub(super) async fn post(State(internal): State<Internal>, request: Request) -> Response {
    let headers = request.headers().clone();
    let parameters = match timeout(BODY_TIME, Bytes::from_request(request, &())).await {
        Ok(body) => Parameters::of_post(&headers, body),
        Err(_) => Err(Fault::TOO_SLOW),
    };
    respond(&internal, &headers, Method::Post, parameters).await
}

/// Runs the request of a GET.
pub(super) async fn get(
    State(internal): State<Internal>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let parameters = Parameters::of_get(query.as_deref().unwrap_or_default());
    respond(&internal, &headers, Method::Get, parameters).await
}

async fn respond(
    internal: &Internal,
    headers: &HeaderMap,
    method: Method,
    parameters: Result<Parameters, Fault>,
) -> Response {
    let Some(media_type) = MediaType::accepted(headers) else {
        return Fault::NOT_ACCEPTABLE.respond(MediaType::Json);
    };
    let reply = match parameters {
        Ok(parameters) => run(internal, method, parameters).await,
        Err(fault) => Err(fault),
    };
    let mut response = match reply {
        Ok(reply) => reply.respond(media_type, method, headers),
        Err(fault) => fault.respond(media_type),
    };
    // A tab door with `--graphql-url` passes the mark on to its pages.
    if internal.engine.catalog().is_lost() {
        let (name, why) = STALE;
        response.headers_mut().insert(name, why);
    }
    response
}

async fn run(
    internal: &Internal,
    method: Method,
    parameters: Parameters,
) -> Result<Arc<Reply>, Fault> {
    let engine = &internal.engine;
    let key = kept::ReplyKey::of(engine, &parameters);
    let kept = key.as_ref().and_then(|it| internal.replies.get(it));
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let answer = engine.answer(Question {
        document: parameters.document()?,
        operation_name: parameters.operation_name.as_deref(),
        variables: parameters.variables.clone().unwrap_or_default(),
        queries_only: method == Method::Get,
    });
    let answer = answer.await?;
    let is_good = answer.response.is_ok();
    let max_answer = engine.documents().limits().max_answer;
    let reply = Reply::new(answer.response, engine.mode(), max_answer)?;
    match key {
        Some(key) if is_good => {
            let reply = Arc::new(reply.tagged());
            internal.replies.keep(key, answer.version, reply.clone());
            Ok(reply)
        }
        _ => Ok(Arc::new(reply)),
    }
}
