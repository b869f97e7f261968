//! The first sync, which several processes may begin at the same time.

use super::{Guard, Report, Sources, SyncError, leader, run_within};
use crate::entity::data_status::{self, Source};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use time::OffsetDateTime;

/// Syncs as [`run`](super::run) does, unless another process has stored real data by
/// then, which the sample never replaces. Returns `None` in that case.
///
/// # Errors
/// Returns an error as [`run`](super::run) does.
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

/// Returns true if the database has data other than the sample, which the sample never
/// replaces.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub async fn holds_real_data(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some_and(|status| status.source != Source::Sample))
}

/// Returns true if the database has any data, including the sample.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub async fn holds_data(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some())
}
