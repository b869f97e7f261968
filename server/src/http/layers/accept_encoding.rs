//! Codings that a client refuses.

use axum::extract::Request;
use axum::http::{HeaderValue, header};

/// Removes refusals of `identity` and `*` from `Accept-Encoding`. A client that
/// accepts none of our codings is answered without one, which RFC 9110
/// ("Accept-Encoding") allows. Otherwise the compression layer would turn the
/// answer into a 406, but leave its body and its place in caches.
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

/// Returns true for `identity;q=0` or `*;q=0`, in any spelling.
fn refuses_identity(coding: &str) -> bool {
    let mut parts = coding.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let is_zero = |part: &str| {
        let weight = part.strip_prefix("q=").or(part.strip_prefix("Q="));
        weight.is_some_and(|weight| weight.trim().parse() == Ok(0.0))
    };
    (name == "*" || name.eq_ignore_ascii_case("identity")) && parts.any(is_zero)
}
