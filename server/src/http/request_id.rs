//! The id of a request: the client's own, or a new one; in the log, and in the
//! answer.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use tracing::Span;

/// The header with the id, of request and answer.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a client, in bytes.
const MAX_LENGTH: usize = 64;

/// Drops an id that no log should hold. A new one takes its place.
pub(super) async fn sift(mut request: Request) -> Request {
    let is_id = |id: &HeaderValue| {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=MAX_LENGTH).contains(&id.len()) && id.as_bytes().iter().all(is_part)
    };
    if !request.headers().get(HEADER).is_some_and(is_id) {
        request.headers_mut().remove(HEADER);
    }
    request
}

/// The span around all that is logged of a request.
pub(super) fn span<B>(request: &axum::http::Request<B>) -> Span {
    let id = request.headers().get(HEADER);
    tracing::info_span!(
        "request",
        id = id.and_then(|id| id.to_str().ok()),
        method = %request.method(),
        // Without the query: it may hold a whole document.
        path = request.uri().path(),
    )
}
