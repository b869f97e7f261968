//! Requests for an answer that the client has already.

use axum::http::{HeaderMap, HeaderValue, header};

/// Returns true if the request names this tag, or any (RFC 9110, "If-None-Match").
/// The comparison is weak, as the header requires.
pub(in crate::http) fn names(request: &HeaderMap, etag: &HeaderValue) -> bool {
    let mut values = request.get_all(header::IF_NONE_MATCH).iter();
    values.any(|value| {
        let mut tags = value.as_bytes().split(|byte| *byte == b',');
        value == "*" || tags.any(|tag| opaque(tag) == opaque(etag.as_bytes()))
    })
}

fn opaque(tag: &[u8]) -> &[u8] {
    let tag = tag.trim_ascii();
    tag.strip_prefix(b"W/").unwrap_or(tag)
}
