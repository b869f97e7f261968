//! Requests that fail on our side: their log line, and the answer after a panic.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;
use tower_http::classify::ServerErrorsFailureClass;
use tracing::Span;

/// Logs what went wrong on our side. That a request came at a bad time (503) was
/// logged or counted where it was turned away, and a flood must not fill the log.
pub(super) fn log(failure: ServerErrorsFailureClass, took: Duration, _: &Span) {
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {}
        failure => tracing::error!(error = %failure, ?took, "request failed"),
    }
}

/// A panic in a handler is logged by the panic hook; the client learns that
/// the fault is ours, and by which id to report it (`X-Request-Id`). The service
/// lives on.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("request handler panicked");
    let message = "internal error; the log has the cause under this X-Request-Id";
    (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
}
