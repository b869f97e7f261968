//! GraphQL over HTTP, and GraphiQL to try it by hand.

use crate::graphql::with_data;
use crate::state::Internal;
use async_graphql::ServerError;
use async_graphql::http::GraphiQLSource;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// The media type of an answer (GraphQL over HTTP, "Media Types").
const MEDIA_TYPE: &str = "application/graphql-response+json; charset=utf-8";

/// Runs one request.
pub(super) async fn answer(
    State(internal): State<Internal>,
    body: Result<Json<async_graphql::Request>, JsonRejection>,
) -> Response {
    let request = match body {
        Ok(Json(request)) => request,
        Err(rejection) => return refuse(&rejection),
    };
    let request = with_data(request, &internal.db, internal.clock.now());
    let response = internal.schema.execute(request).await;
    // Without data the document could not be run: it does not parse, or asks
    // for what the schema lacks.
    let status = match response.data {
        async_graphql::Value::Null if response.is_err() => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    };
    respond(status, &response)
}

/// The page to write queries in.
pub(super) async fn graphiql() -> Html<String> {
    Html(GraphiQLSource::build().endpoint("/graphql").finish())
}

/// A request that is no GraphQL request, in words of ours.
fn refuse(rejection: &JsonRejection) -> Response {
    let message = match rejection {
        JsonRejection::MissingJsonContentType(_) => "the request is not application/json",
        JsonRejection::BytesRejection(_) => "the request is too large or was cut short",
        _ => "the request is not a GraphQL request in JSON",
    };
    let mut error = ServerError::new(message, None);
    error
        .extensions
        .get_or_insert_default()
        .set("code", "BAD_REQUEST");
    let response = async_graphql::Response::from_errors(vec![error]);
    respond(rejection.status(), &response)
}

fn respond(status: StatusCode, body: &async_graphql::Response) -> Response {
    let content_type = [(header::CONTENT_TYPE, MEDIA_TYPE)];
    (status, content_type, Json(body)).into_response()
}
