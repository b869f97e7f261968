//! What a door says when a request cannot be served.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::any::Any;

/// A panic in a handler is logged by the panic hook; the client learns that
/// the fault is ours, and by which id to report it (`X-Request-Id`). The service
/// lives on.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    let message = "something went wrong on our side; the log has it by X-Request-Id";
    (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
}
