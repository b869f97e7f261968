//! An answer's body, for the layers that look at it whole.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::StatusCode;
use axum::http::response::Parts;
use axum::response::{IntoResponse, Response};

/// The answer in its parts; instead, a failure to answer with when the body
/// breaks off.
pub(super) async fn read(response: Response<Body>) -> Result<(Parts, Bytes), Box<Response>> {
    let (parts, body) = response.into_parts();
    to_bytes(body, usize::MAX)
        .await
        .map(|body| (parts, body))
        .map_err(|error| {
            tracing::error!(%error, "an answer's body could not be read");
            Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response())
        })
}
