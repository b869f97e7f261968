//! Whether the service lives.

use crate::state::Internal;
use axum::extract::State;
use axum::http::StatusCode;

/// 200 while the database answers, else 503.
pub(super) async fn health(State(internal): State<Internal>) -> (StatusCode, &'static str) {
    match internal.db.ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
        }
    }
}
