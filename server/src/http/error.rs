//! What a door says when a request cannot be served.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// A panic in a handler is logged by the panic hook; the client learns that
/// the fault is ours, and the service lives on.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
