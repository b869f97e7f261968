//! The id of a request: the client's own, or a new one; in the log, and in the
//! answer.

use crate::telemetry::metrics::NO_ROUTE;
use crate::telemetry::traces;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Span;

/// The header with the id, of request and answer.
pub(in crate::http) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a client, in bytes.
const MAX_LENGTH: usize = 64;

/// Gives a request an id: the client's own, or a new one if the client's is not
/// fit for the log.
pub(super) async fn sift(mut request: Request) -> Request {
    let id = of(request.headers());
    request.headers_mut().insert(HEADER, id);
    request
}

/// Returns the id of a request with these headers.
pub(in crate::http) fn of(headers: &HeaderMap) -> HeaderValue {
    match headers.get(HEADER).filter(|id| is_id(id)) {
        Some(id) => id.clone(),
        None => new(),
    }
}

fn is_id(id: &HeaderValue) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.as_bytes().iter().all(is_part)
}

/// A new id: 128 random bits. It tells requests apart and keeps no secret.
fn new() -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bits = fastrand::u128(..);
    let mut text = [0; 32];
    for (place, digit) in text.iter_mut().enumerate() {
        let nibble = (bits >> (4 * place)) & 0xf;
        *digit = DIGITS[usize::try_from(nibble).unwrap_or_default()];
    }
    // All of them are ASCII.
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// Creates the span around all log lines of a request.
pub(super) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let id = request.headers().get(HEADER);
    let span = tracing::info_span!(
        "request",
        id = id.and_then(|id| id.to_str().ok()),
        method = %request.method(),
        // Without the query, which may contain a whole document.
        path = request.uri().path(),
    );
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str);
    traces::begin(&span, request.method().as_str(), route, request.headers());
    span
}
