//! GraphQL over HTTP, and GraphiQL to try it by hand.

use crate::document::{Asked, Refusal};
use crate::graphql::with_data;
use crate::state::Internal;
use async_graphql::http::GraphiQLSource;
use async_graphql::{ServerError, Variables};
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

/// The media type of an answer (GraphQL over HTTP, "Media Types").
const MEDIA_TYPE: &str = "application/graphql-response+json; charset=utf-8";

/// The parameters of a request (GraphQL over HTTP, "Request Parameters" and
/// "Persisted Documents").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<Variables>,
}

/// Runs one request.
pub(super) async fn answer(
    State(internal): State<Internal>,
    body: Result<Json<Parameters>, JsonRejection>,
) -> Response {
    let parameters = match body {
        Ok(Json(parameters)) => parameters,
        Err(rejection) => return not_graphql(&rejection),
    };
    let asked = match (&parameters.document_id, &parameters.query) {
        (Some(id), None) => Asked::Id(id),
        (None, Some(text)) => Asked::Text(text),
        _ => {
            let message = "a request has either a query or a documentId";
            return refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST", message);
        }
    };
    let document = match internal.documents.find(asked) {
        Ok(document) => document,
        Err(refusal) => return refused(refusal),
    };
    let mut request = document.request();
    request.operation_name = parameters.operation_name;
    request.variables = parameters.variables.unwrap_or_default();
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
fn not_graphql(rejection: &JsonRejection) -> Response {
    let message = match rejection {
        JsonRejection::MissingJsonContentType(_) => "the request is not application/json",
        JsonRejection::BytesRejection(_) => "the request is too large or was cut short",
        _ => "the request is not a GraphQL request in JSON",
    };
    refuse(rejection.status(), "BAD_REQUEST", message)
}

/// A document that is not run.
fn refused(refusal: Refusal) -> Response {
    refuse(
        StatusCode::BAD_REQUEST,
        refusal.code(),
        &refusal.to_string(),
    )
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    let response = async_graphql::Response::from_errors(vec![error]);
    respond(status, &response)
}

fn respond(status: StatusCode, body: &async_graphql::Response) -> Response {
    let content_type = [(header::CONTENT_TYPE, MEDIA_TYPE)];
    (status, content_type, Json(body)).into_response()
}
