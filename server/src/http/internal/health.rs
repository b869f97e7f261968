//! Health, readiness and metrics, for the operator's own machines.

use super::Internal;
use crate::database::begin_read;
use crate::entity::{advisory, data_status, krate, version};
use crate::http::connection::Closing;
use crate::tab::is_ready;
use crate::telemetry::metrics::DataState;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sea_orm::{DatabaseConnection, DbErr, QuerySelect};
use std::time::Duration;

/// The timeout of the database.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The maximum number of rows of a table that are read for a crate: more than most
/// have.
const ROWS: u64 = 1000;

/// Returns 200 while the database provides the data that a page needs, else 503.
pub(super) async fn health(State(internal): State<Internal>) -> Response {
    match in_time(read_a_page(internal.engine.catalog().db())).await {
        Some(()) => "ok".into_response(),
        None => no_database(),
    }
}

/// Reads the data of a page, for a random crate. A database that answers may still be
/// damaged, and data that was read before may come from a cache.
async fn read_a_page(db: &DatabaseConnection) -> Result<(), DbErr> {
    let view = begin_read(db).await?;
    data_status::Entity::current().one(&view).await?;
    let Some(last) = krate::Entity::last().one(&view).await? else {
        return Ok(());
    };
    let id = fastrand::i32(1..=last.id.max(1));
    let krate = krate::Entity::from_id(id).one(&view).await?;
    let ids = [krate.map_or(last.id, |krate| krate.id)];
    let (versions, advisories) = (
        version::Entity::of_crates(&ids).limit(ROWS),
        advisory::Entity::of_crates(&ids).limit(ROWS),
    );
    versions.all(&view).await?;
    advisories.all(&view).await?;
    Ok(())
}

/// Returns 200 after there is data to answer from, else 503. The sample counts for
/// developers only. Also returns 503 after the signal to stop, while the doors
/// still answer, so that a load balancer can turn to another server.
pub(super) async fn ready(
    State(internal): State<Internal>,
    closing: Option<Extension<Closing>>,
) -> Response {
    if closing.is_some_and(|Extension(closing)| closing.has_begun()) {
        return unavailable("the server is shutting down");
    }
    let mode = internal.engine.mode();
    match in_time(data_status::Entity::current().one(internal.engine.catalog().db())).await {
        Some(Some(status)) if is_ready(status.source, mode) => "ready".into_response(),
        Some(Some(_)) => unavailable("the database has only the sample"),
        Some(None) => unavailable("the database is empty"),
        None => no_database(),
    }
}

/// Returns the metrics in Prometheus' text format. Does not wait for the database while it is
/// known to be unavailable.
pub(super) async fn metrics(State(internal): State<Internal>) -> Response {
    let catalog = internal.engine.catalog();
    let data = match catalog.is_lost() {
        true => None,
        false => in_time(DataState::read(catalog.db())).await,
    };
    internal.metrics.render(data).into_response()
}

async fn in_time<T>(read: impl Future<Output = Result<T, DbErr>>) -> Option<T> {
    match tokio::time::timeout(TIMEOUT, read).await {
        Ok(Ok(rows)) => Some(rows),
        Ok(Err(error)) => {
            tracing::error!(%error, "cannot read the database");
            None
        }
        Err(_) => {
            tracing::error!("the database did not respond within {TIMEOUT:?}");
            None
        }
    }
}

fn no_database() -> Response {
    unavailable("the database does not respond")
}

fn unavailable(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}
