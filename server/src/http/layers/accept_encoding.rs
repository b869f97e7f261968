//! Codings that a client refuses.

use axum::extract::Request;
use axum::http::{HeaderValue, header};

/// Takes the refusals of `identity` and `*` out of `Accept-Encoding`: a client
/// that accepts no coding of ours is answered without one, as it may be (RFC 9110,
/// "Accept-Encoding"). Else the layer that compresses would make a 406 of an
/// answer, and leave it its body and its place in caches.
pub(super) async fn tolerate(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let codings: Vec<&str> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    if codings.iter().any(|coding| refuses_identity(coding)) {
        let others = codings.iter().filter(|coding| !refuses_identity(coding));
        let others: Vec<&str> = others.copied().collect();
        // Parts of a header's value make one.
        if let Ok(value) = HeaderValue::try_from(others.join(", ")) {
            headers.insert(header::ACCEPT_ENCODING, value);
        }
    }
    request
}

/// Whether it is `identity;q=0` or `*;q=0`, in any of the ways to write it.
fn refuses_identity(coding: &str) -> bool {
    let mut parts = coding.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let is_zero = |part: &str| {
        let weight = part.strip_prefix("q=").or(part.strip_prefix("Q="));
        weight.is_some_and(|weight| weight.trim().parse() == Ok(0.0))
    };
    (name == "*" || name.eq_ignore_ascii_case("identity")) && parts.any(is_zero)
}
