//! The id of a request. It is in the log and in the answer. The client may choose it;
//! otherwise the service creates one.

use crate::telemetry::metrics::NO_ROUTE;
use crate::telemetry::traces;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Span;

/// The header of requests and answers that has the id.
pub(in crate::http) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The maximum length of an id from a client, in bytes.
const MAX_LENGTH: usize = 64;

/// Sets the id of a request: the client's, or a new one if the client sent none or one that
/// cannot be logged.
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

/// Returns a new id of 128 random bits. It does not need to be secret, only unique.
fn new() -> HeaderValue {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bits = fastrand::u128(..);
    let mut text = [0; 32];
    for (place, digit) in text.iter_mut().enumerate() {
        let nibble = (bits >> (4 * place)) & 0xf;
        *digit = DIGITS[usize::try_from(nibble).unwrap_or_default()];
    }
    // All digits are ASCII.
    HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("none"))
}

/// Creates the span around all log lines of a request.
pub(super) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let id = request.headers().get(HEADER);
    let span = tracing::info_span!(
        "request",
        id = id.and_then(|id| id.to_str().ok()),
        method = %request.method(),
        // The query string is left out, because it may contain a whole document.
        path = request.uri().path(),
    );
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(NO_ROUTE, MatchedPath::as_str);
    traces::begin(&span, request.method().as_str(), route, request.headers());
    span
}
