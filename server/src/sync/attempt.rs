//! How the last attempt to sync went.

use crate::entity::sync_attempt::{self, ONLY_ROW, Problem};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use std::time::Duration;
use time::OffsetDateTime;

/// Whether the last attempt began at least this long ago. One that lies in the
/// future does not count: the clock has been set back since.
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

/// Notes an attempt, and since when there is a problem.
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
