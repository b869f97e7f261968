//! The host that a request asks for.

use axum::http::uri::Authority;
use axum::http::{Request, header};

/// The one host of a request (RFC 9112, "Request Target": a request without a
/// `Host`, or with several, is refused). A request line may name it too; then it
/// has to be the same.
pub(super) fn of<B>(request: &Request<B>) -> Option<Authority> {
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
