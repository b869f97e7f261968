//! Admission to the internal door. Pages of other origins are not admitted.

use super::{Access, Internal};
use crate::http::connection::host;
use crate::mode::Mode;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The header in which a browser gives the site of the page that sends a request
/// (W3C, "Fetch Metadata Request Headers").
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The prefix of the secret in `Authorization` (RFC 6750).
const BEARER: &[u8] = b"Bearer ";

/// Admits a request, or answers with the reason. Our answers permit nothing to
/// other origins (there is no CORS), and a browser asks for permission before a
/// POST in JSON. This check rejects the requests that need no permission.
pub(super) async fn check(
    State(internal): State<Internal>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(rejection) = rejection(&internal.access, &request) {
        return rejection.into_response();
    }
    // GraphiQL is public, and a browser that opens a page sends no secret.
    // Requests of the page send it.
    let is_page = internal.engine.mode() == Mode::Dev && is_graphiql(request.uri().path());
    if !is_page && !internal.access.opens_to(secret(request.headers())) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        let message = "the secret is missing or wrong; send it as `Authorization: Bearer SECRET`";
        return (StatusCode::UNAUTHORIZED, challenge, message).into_response();
    }
    next.run(request).await
}

/// Returns the status and the message for a request that is not admitted.
fn rejection(access: &Access, request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let Some(host) = host::of(request) else {
        return Some((StatusCode::BAD_REQUEST, host::NO_HOST));
    };
    if access.needs_loopback_host && !is_loopback(&host) {
        let message = "the Host header must be a loopback name";
        return Some((StatusCode::MISDIRECTED_REQUEST, message));
    }
    if is_foreign(headers, &host) {
        let message = "pages of other origins are not allowed";
        return Some((StatusCode::FORBIDDEN, message));
    }
    None
}

fn is_graphiql(path: &str) -> bool {
    let below = path.strip_prefix("/graphiql");
    below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// Returns the secret of a request. The case of the scheme does not matter (RFC
/// 9110, "Authentication Scheme").
fn secret(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, secret) = value.split_at_checked(BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER).then_some(secret)
}

fn is_loopback(host: &Authority) -> bool {
    let host = host.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || host.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback())
}

/// Returns true if a page of another origin sent the request. Only browsers send
/// these headers.
fn is_foreign(headers: &HeaderMap, host: &Authority) -> bool {
    let is_ours = |origin: &str| {
        let schemes = ["http://", "https://"].into_iter();
        let authority = schemes
            .filter_map(|scheme| origin.strip_prefix(scheme))
            .next();
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host.as_str()))
    };
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let is_other_origin = origins.any(|origin| !origin.to_str().is_ok_and(is_ours));
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
    let is_other_site = sites.any(|site| site != "same-origin" && site != "none");
    is_other_origin || is_other_site
}
