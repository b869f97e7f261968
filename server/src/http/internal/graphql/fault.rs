//! The error response to a request.

use super::media_type::MediaType;
use crate::engine::Refusal;
use crate::graphql::codes;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;

/// The reason why a request was refused. Its text is our own, not a library's.
pub(super) struct Fault {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    /// True if the request was valid HTTP but not valid GraphQL.
    is_graphql: bool,
}

/// The body of a request error. `json!` is not used, because its order of fields
/// depends on the features of other crates.
#[derive(Serialize)]
struct Body {
    errors: [Error; 1],
}

#[derive(Serialize)]
struct Error {
    message: Cow<'static, str>,
    extensions: Extensions,
}

#[derive(Serialize)]
struct Extensions {
    code: &'static str,
}

impl Fault {
    pub(super) const NOT_ACCEPTABLE: Self = Self::http(
        StatusCode::NOT_ACCEPTABLE,
        codes::NOT_ACCEPTABLE,
        "Accept must allow application/graphql-response+json or application/json",
    );
    pub(super) const NOT_JSON: Self = Self::http(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        codes::BAD_REQUEST,
        "Content-Type must be application/json in UTF-8",
    );
    pub(super) const TOO_LARGE: Self = Self::http(
        StatusCode::PAYLOAD_TOO_LARGE,
        codes::REQUEST_TOO_LARGE,
        "the request body is too large",
    );
    pub(super) const CUT_SHORT: Self = Self::http(
        StatusCode::BAD_REQUEST,
        codes::BAD_REQUEST,
        "the request body ended early",
    );
    pub(super) const TOO_SLOW: Self = Self::http(
        StatusCode::REQUEST_TIMEOUT,
        codes::REQUEST_TOO_SLOW,
        "the request body took too long to arrive",
    );
    pub(super) const NO_GRAPHQL: Self = Self::http(
        StatusCode::BAD_REQUEST,
        codes::BAD_REQUEST,
        "the request is not a valid GraphQL request in JSON",
    );
    pub(super) const BATCH: Self = Self::http(
        StatusCode::BAD_REQUEST,
        codes::BATCH,
        "batches are not supported; send one query per request",
    );
    pub(super) const NO_DOCUMENT: Self = Self::http(
        StatusCode::BAD_REQUEST,
        codes::BAD_REQUEST,
        "a request must have either `query` or `documentId`",
    );

    const fn http(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            code,
            message: Cow::Borrowed(message),
            is_graphql: false,
        }
    }

    /// Returns a request error, without `data`. If the client accepts only
    /// `application/json`, the status could be a proxy's, so a client that
    /// speaks GraphQL gets the error in the body alone (GraphQL over HTTP,
    /// "Status Codes").
    pub(super) fn respond(self, media_type: MediaType) -> Response {
        let extensions = Extensions { code: self.code };
        let error = Error {
            message: self.message,
            extensions,
        };
        let body = Body { errors: [error] };
        let status = match media_type {
            MediaType::Json if self.is_graphql => StatusCode::OK,
            _ => self.status,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let content_type = header::HeaderValue::from_static(media_type.text());
        headers.insert(header::CONTENT_TYPE, content_type);
        headers.insert(header::VARY, header::HeaderValue::from_static("accept"));
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            }
            // The rest of the body is not read.
            StatusCode::REQUEST_TIMEOUT => {
                headers.insert(
                    header::CONNECTION,
                    header::HeaderValue::from_static("close"),
                );
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(header::ALLOW, header::HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        response
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let (status, is_graphql) = match &refusal {
            Refusal::NotRegistered => (StatusCode::BAD_REQUEST, false),
            Refusal::NotAQuery => (StatusCode::METHOD_NOT_ALLOWED, false),
            Refusal::Overloaded | Refusal::TooSlow(_) | Refusal::Unavailable => {
                (StatusCode::SERVICE_UNAVAILABLE, false)
            }
            _ => (StatusCode::BAD_REQUEST, true),
        };
        Self {
            status,
            code: refusal.code(),
            message: refusal.to_string().into(),
            is_graphql,
        }
    }
}
