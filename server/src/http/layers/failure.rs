//! Requests that fail on our side: their log line, and the answer after a panic.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Duration;
use tower_http::classify::ServerErrorsFailureClass;
use tracing::Span;

/// Logs a failure on our side. Ignores 503: these are logged or counted where the request is
/// refused, and a flood of them must not fill the log.
pub(super) fn log(failure: ServerErrorsFailureClass, took: Duration, _: &Span) {
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {}
        failure => tracing::error!(error = %failure, ?took, "request failed"),
    }
}

/// Answers after a panic in a handler, which the panic hook logs. The client
/// learns that the fault is ours, and the id by which to report it
/// (`X-Request-Id`). The service continues.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("request handler panicked");
    let message = "internal error; the log has the cause under this X-Request-Id";
    (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
}
