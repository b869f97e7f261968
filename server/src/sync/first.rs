//! The first sync, which other processes may begin at the same time.

use super::{Guard, Report, Sources, SyncError, leader, run_within};
use crate::entity::data_status::{self, Source};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use time::OffsetDateTime;

/// Syncs as [`run`](super::run), unless the database has real data by then, from another
/// process: the sample never takes its place. `None`: it has.
///
/// # Errors
/// As [`run`](super::run).
pub async fn run_first(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Option<Report>, SyncError> {
    let transaction = leader::begin(db).await?;
    let transaction = transaction.ok_or(SyncError::AnotherIsSyncing)?;
    if holds_real_data(&transaction).await? {
        return Ok(None);
    }
    let report = run_within(db, transaction, sources, guard, now).await;
    report.map(Some)
}

/// Whether the database holds other data than the sample, which never takes its place.
///
/// # Errors
/// [`DbErr`] when the database does not answer.
pub async fn holds_real_data(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some_and(|status| status.source != Source::Sample))
}

/// Whether the database holds any data, be it the sample.
///
/// # Errors
/// [`DbErr`] when the database does not answer.
pub async fn holds_data(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some())
}
