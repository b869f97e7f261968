//! The metrics of the data. They are read from the database, so all servers report the same
//! values.

use super::names::{ADVISORIES, PACKAGES, REVISION, SYNC_PROBLEM, SYNCED_AT, VERSIONS};
use super::{Metrics, seconds};
use crate::database::begin_read;
use crate::entity::data_status;
use crate::entity::sync_attempt::{self, Problem};
use sea_orm::{DatabaseConnection, DbErr, Iterable};

/// The status of the data and the last attempt to sync.
#[derive(Clone, Debug)]
pub struct DataState {
    /// `None` before the first sync.
    pub status: Option<data_status::Model>,
    /// `None` before the first attempt.
    pub attempt: Option<sync_attempt::Model>,
}

impl DataState {
    /// Reads both in one transaction, so that they belong to the same state of the database.
    ///
    /// # Errors
    /// Returns [`DbErr`] if the database does not answer.
    pub async fn read(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let view = begin_read(db).await?;
        Ok(Self {
            status: data_status::Entity::current().one(&view).await?,
            attempt: sync_attempt::Entity::last().one(&view).await?,
        })
    }

    pub(super) fn record(self, metrics: &Metrics) {
        let set = |metric, value: f64| metrics.record().gauge(metric, &[]).set(value);
        if let Some(status) = self.status {
            set(REVISION, status.revision.into());
            set(SYNCED_AT, seconds(status.synced_at.unix_timestamp()));
            set(ADVISORIES, status.advisories.into());
            set(PACKAGES, status.packages.into());
            set(VERSIONS, status.versions.into());
        }
        let problem = self.attempt.and_then(|attempt| attempt.problem);
        for each in Problem::iter() {
            let gauge = metrics
                .record()
                .gauge(SYNC_PROBLEM, &[("kind", &each.name())]);
            gauge.set(f64::from(problem == Some(each)));
        }
    }
}
