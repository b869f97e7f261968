//! The layers around the routes of every door.

mod accept_encoding;
mod failure;
mod if_none_match;
mod measure;
pub(super) mod request_id;
pub(super) mod security_headers;

pub(super) use if_none_match::names;
pub(super) use measure::measured;

use crate::telemetry::traces;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use axum::middleware::{map_request, map_response};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::PropagateRequestIdLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnResponse, OnResponse, TraceLayer};
use tracing::Span;

/// The time limit for a request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Puts the layers of every door around its routes. The last is the outermost.
pub fn with_layers(routes: Router) -> Router {
    routes
        .layer(CompressionLayer::new())
        .layer(map_request(accept_encoding::tolerate))
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_id::span)
                .on_response(answered)
                .on_failure(failure::log),
        )
        .layer(PropagateRequestIdLayer::new(request_id::HEADER))
        .layer(map_request(request_id::sift))
        .layer(map_response(security_headers::add))
}

/// Adds the status of the answer to the trace, and writes the line of the log.
fn answered<B>(response: &Response<B>, took: Duration, span: &Span) {
    traces::answered(span, response.status().as_u16());
    DefaultOnResponse::default().on_response(response, took, span);
}

/// Sets a header of every answer that does not have its own.
pub(super) fn default_header(
    name: HeaderName,
    value: &'static str,
) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
