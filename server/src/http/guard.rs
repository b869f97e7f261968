//! Who gets into the internal door, and that no page of another origin does.

use crate::access::Access;
use crate::state::Internal;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Where a browser says whose page asks (W3C, "Fetch Metadata Request Headers").
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the secret follows in `Authorization` (RFC 6750).
const BEARER: &[u8] = b"Bearer ";

/// Lets a request through, or says why not. No answer of ours grants another
/// origin anything (there is no CORS), and a POST in JSON makes a browser ask
/// for that first; this refuses what would need no grant.
pub(super) async fn check(
    State(internal): State<Internal>,
    request: Request,
    next: Next,
) -> Response {
    match refusal(&internal.access, &request) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    }
}

fn refusal(access: &Access, request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let Some(host) = host(request) else {
        return Some((
            StatusCode::BAD_REQUEST,
            "the request has no host, or several",
        ));
    };
    if access.needs_loopback_host && !is_loopback(&host) {
        let message = "the internal door is asked for by a name of this machine only";
        return Some((StatusCode::MISDIRECTED_REQUEST, message));
    }
    if is_foreign(headers, &host) {
        let message = "the internal door is for no page of another origin";
        return Some((StatusCode::FORBIDDEN, message));
    }
    let authorization = headers.get(header::AUTHORIZATION);
    let secret = authorization.and_then(|value| value.as_bytes().strip_prefix(BEARER));
    if !access.opens_to(secret) {
        return Some((
            StatusCode::UNAUTHORIZED,
            "the internal door needs its secret",
        ));
    }
    None
}

/// The host that is asked for. A request line may name it too; then it has to be
/// the same (RFC 9112, "Request Target").
fn host(request: &Request) -> Option<Authority> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return None;
    };
    let host: Authority = host.to_str().ok()?.parse().ok()?;
    let target = request.uri().authority();
    target.is_none_or(|target| *target == host).then_some(host)
}

fn is_loopback(host: &Authority) -> bool {
    let host = host.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || host.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback())
}

/// Whether a page of another origin asks. Who is no browser says nothing of it.
fn is_foreign(headers: &HeaderMap, host: &Authority) -> bool {
    let is_ours = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_str()))
    };
    let origin = headers.get(header::ORIGIN);
    let is_other_origin = origin.is_some_and(|origin| !origin.to_str().is_ok_and(is_ours));
    let site = headers.get(SEC_FETCH_SITE);
    let is_other_site = site.is_some_and(|site| site != "same-origin" && site != "none");
    is_other_origin || is_other_site
}
