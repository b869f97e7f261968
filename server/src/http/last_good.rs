//! While the data is out of reach, what was last shown of it is shown
//! (RFC 5861, "stale-if-error").

use super::address::Selection;
use super::body;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use moka::sync::Cache;

/// How much is kept, in bytes.
const CAPACITY: u64 = 64 * 1024 * 1024;

/// What an answer beside its content takes, roughly.
const OVERHEAD: usize = 512;

/// RFC 5861 leaves it to a `Warning`, which RFC 9111 has retired; so a name of
/// our own tells an operator that this answer is an old one.
const STALE: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-security-stale"),
    HeaderValue::from_static("the data is out of reach"),
);

/// The last good answer to each path and version.
#[derive(Clone)]
pub(super) struct LastGood(Cache<String, (HeaderMap, Bytes)>);

impl LastGood {
    pub(super) fn new() -> Self {
        let cache = Cache::builder().max_capacity(CAPACITY);
        let cache = cache.weigher(|shown: &String, (_, body): &(_, Bytes)| {
            let size = shown.len() + body.len() + OVERHEAD;
            size.try_into().unwrap_or(u32::MAX)
        });
        Self(cache.build())
    }
}

/// Keeps each good answer, and gives it where there is none now.
pub(super) async fn keep(
    State(LastGood(kept)): State<LastGood>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let version = Selection::of(request.uri()).version().unwrap_or_default();
    let shown = format!("{path}?{version}");
    let response = next.run(request).await;
    match response.status() {
        StatusCode::OK => {
            let (parts, body) = match body::read(response).await {
                Ok(read) => read,
                Err(failure) => return *failure,
            };
            kept.insert(shown, (parts.headers.clone(), body.clone()));
            Response::from_parts(parts, Body::from(body))
        }
        StatusCode::SERVICE_UNAVAILABLE => match kept.get(&shown) {
            Some((headers, body)) => {
                let mut response = Response::new(Body::from(body));
                *response.headers_mut() = headers;
                let (name, why) = STALE;
                response.headers_mut().insert(name, why);
                response
            }
            None => response,
        },
        _ => response,
    }
}
