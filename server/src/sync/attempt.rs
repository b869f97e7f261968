//! The row about the last attempt to sync.

use crate::entity::sync_attempt::{self, ONLY_ROW, Problem};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use std::time::Duration;
use time::OffsetDateTime;

/// Returns true if the last attempt began at least this long ago. An attempt in
/// the future is ignored, because the clock has been set back since.
pub(super) async fn is_due(
    db: &impl ConnectionTrait,
    every: Duration,
    now: OffsetDateTime,
) -> Result<bool, DbErr> {
    let last = sync_attempt::Entity::last().one(db).await?;
    Ok(last.is_none_or(|last| {
        let ago = now - last.tried_at;
        ago.is_negative() || ago >= every
    }))
}

/// Records an attempt, and the start of its problem if it has one.
pub(super) async fn note(
    db: &impl ConnectionTrait,
    problem: Option<Problem>,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    let last = sync_attempt::Entity::last().one(db).await?;
    let since = last.as_ref().and_then(|last| last.problem_since);
    let row = sync_attempt::Model {
        id: ONLY_ROW,
        tried_at: now,
        problem,
        problem_since: problem.map(|_| since.unwrap_or(now)),
    };
    let row = row.into_active_model();
    match last {
        Some(_) => row.reset_all().update(db).await.map(drop),
        None => sync_attempt::Entity::insert(row)
            .exec_without_returning(db)
            .await
            .map(drop),
    }
}
