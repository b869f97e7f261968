//! What the operator's own machines ask of the internal door.

use super::Internal;
use super::closing::Closing;
use crate::entity::data_status;
use crate::metrics;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// How long the database may take to answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// 200 while the database answers, else 503.
pub(super) async fn health(State(internal): State<Internal>) -> Response {
    match in_time(internal.engine.catalog().db().ping()).await {
        Some(()) => "ok".into_response(),
        None => no_database(),
    }
}

/// 200 once there is data to answer from, the sample among it, else 503.
/// Also 503 from the signal to stop on, while the doors still answer: whoever
/// balances the load has time to turn to another server.
pub(super) async fn ready(
    State(internal): State<Internal>,
    closing: Option<Extension<Closing>>,
) -> Response {
    if closing.is_some_and(|Extension(closing)| closing.has_begun()) {
        return unavailable("the server is about to stop");
    }
    match in_time(data_status::Entity::current().one(internal.engine.catalog().db())).await {
        Some(Some(_)) => "ready".into_response(),
        Some(None) => unavailable("there is no data yet"),
        None => no_database(),
    }
}

/// The metrics, in Prometheus' text format.
pub(super) async fn metrics(State(internal): State<Internal>) -> Response {
    match in_time(metrics::render(internal.engine.catalog().db())).await {
        Some(text) => text.into_response(),
        None => no_database(),
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, sea_orm::DbErr>>) -> Option<T> {
    match tokio::time::timeout(TIMEOUT, asked).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database fails");
            None
        }
        Err(_) => {
            tracing::error!("the database does not answer in {TIMEOUT:?}");
            None
        }
    }
}

fn no_database() -> Response {
    unavailable("the database does not answer")
}

fn unavailable(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}
