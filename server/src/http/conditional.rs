//! Conditional requests: an answer that the client has already is not sent again.

use super::body;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

/// Tags every good answer with a hash of its body, and answers 304 when the
/// client names that tag (RFC 9110, "If-None-Match"). The tag is weak: the same
/// content may go out compressed in different ways.
pub(super) async fn tag(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, bytes) = match body::read(response).await {
        Ok(read) => read,
        Err(failure) => return *failure,
    };
    let digest = Sha256::digest(&bytes);
    let hash: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("W/\"{hash}\"");
    let is_known = known.as_ref().is_some_and(|known| names(known, &tag));
    if let Ok(value) = HeaderValue::try_from(tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether a list of tags, or `*`, names this one. Compared weakly, as the
/// header asks.
fn names(known: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known
        .to_str()
        .is_ok_and(|known| known == "*" || known.split(',').any(|one| opaque(one) == opaque(tag)))
}
