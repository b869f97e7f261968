//! The host of a request.

use axum::http::uri::Authority;
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The message for a request without a host.
pub(in crate::http) const NO_HOST: &str = "the request must have exactly one valid Host header";

/// Returns the host of a request. Returns `None` without exactly one valid
/// `Host` header (RFC 9112, "Request Target"), or if the request line names
/// another host.
pub(in crate::http) fn of<B>(request: &Request<B>) -> Option<Authority> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return None;
    };
    let host: Authority = host.to_str().ok()?.parse().ok()?;
    if host.as_str().contains('@') {
        return None;
    }
    let target = request.uri().authority();
    target.is_none_or(|target| *target == host).then_some(host)
}

/// Returns the answer to a request of HTTP/1.1 without a host, or with several
/// (RFC 9112, section 3.2).
pub(super) fn missing() -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
    ];
    (StatusCode::BAD_REQUEST, headers, NO_HOST).into_response()
}
