//! GraphQL over HTTP (<https://graphql.github.io/graphql-over-http/draft/>).

mod fault;
mod media_type;
mod parameters;
mod reply;

use super::Internal;
use crate::engine::Question;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use fault::Fault;
use media_type::MediaType;
use parameters::Parameters;
use reply::Reply;

/// Which requests a method may make.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    /// Only queries: a link or an image can make a browser send it.
    Get,
    Post,
}

/// Runs the request of a POST.
pub(super) async fn post(
    State(internal): State<Internal>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let parameters = Parameters::of_post(&headers, body);
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
    match reply {
        Ok(reply) => reply.respond(media_type),
        Err(fault) => fault.respond(media_type),
    }
}

async fn run(internal: &Internal, method: Method, parameters: Parameters) -> Result<Reply, Fault> {
    let engine = &internal.engine;
    let answer = engine.answer(Question {
        document: parameters.document()?,
        operation_name: parameters.operation_name.as_deref(),
        variables: parameters.variables.clone().unwrap_or_default(),
        queries_only: method == Method::Get,
    });
    let max_answer = engine.documents().limits().max_answer;
    Ok(Reply::new(answer.await?, engine.mode(), max_answer)?)
}
