//! Syncs repeatedly; of several servers, one at a time.

use crate::clock::Clock;
use crate::entity::sync_attempt::Problem;
use crate::sync::{self, AdvisoryDb, Guard, Sources, SyncError};
use crate::sync_health::SyncHealth;
use crate::telemetry::metrics::Metrics;
use sea_orm::DatabaseConnection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// The longest pause between two checks whether a sync is due, and so the time that a
/// server takes to step in for one that died.
const LOOK: Duration = Duration::from_secs(10);

/// The time after which a clone in use by another process is a problem: as long as a
/// fetch may take.
const CLONE_IN_USE: Duration = sync::FETCH;

/// The input, the target and the interval of syncs.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The database.
    pub db: DatabaseConnection,
    /// The sources of a sync.
    pub sources: Sources,
    /// The limits of what a sync may remove.
    pub guard: Guard,
    /// The time from an attempt, by any server, to the next one. `None` for a single
    /// attempt, now.
    pub every: Option<Duration>,
    /// The clock.
    pub clock: Clock,
    /// The place where a problem is recorded.
    pub health: SyncHealth,
    /// Notified after each sync, so that readers check for new data at once.
    pub synced: Arc<Notify>,
    /// Counts each sync.
    pub metrics: Metrics,
}

impl Schedule {
    /// Syncs whenever it is due, until the future is dropped. Without an interval,
    /// syncs once, unless the sources were tried already. Never syncs the sample again.
    pub async fn keep(self, has_tried: bool) {
        let is_sample = matches!(self.sources.advisory_db, AdvisoryDb::Sample);
        if is_sample || (has_tried && self.every.is_none()) {
            return;
        }
        self.look().await;
        while let Some(every) = self.every {
            tokio::time::sleep(pause(every)).await;
            self.look().await;
        }
    }

    /// Syncs if it is due. A failure is recorded, and the next attempt comes in time.
    pub async fn look(&self) {
        let now = self.clock.now();
        let every = self.every.unwrap_or_default();
        let begin = Instant::now();
        match sync::run_if_due(&self.db, &self.sources, &self.guard, every, now).await {
            // The database answers, and has every failed attempt on record.
            Ok(None) => self.health.note(None, now),
            Ok(Some(report)) => {
                report.log();
                self.synced.notify_one();
                self.note(report.problem, begin);
            }
            Err(error @ SyncError::CloneInUse(_)) => self.wait_for_clone(&error, begin).await,
            Err(error) => {
                tracing::error!(%error, "sync failed; the database is unchanged");
                self.note(error.problem(), begin);
            }
        }
    }

    /// Leaves the clone to the process that is using it, for a limited time.
    async fn wait_for_clone(&self, error: &SyncError, begin: Instant) {
        let now = self.clock.now();
        let waited = self.health.note_clone_in_use(now);
        if self.every.is_some() && waited < CLONE_IN_USE {
            tracing::debug!(%error, "sync postponed");
            return;
        }
        tracing::error!(%error, "sync failed; the database is unchanged");
        sync::note_problem(&self.db, Problem::CloneInUse, now).await;
        self.note(Some(Problem::CloneInUse), begin);
    }

    fn note(&self, problem: Option<Problem>, begin: Instant) {
        self.health.note(problem, self.clock.now());
        let source = self.sources.advisory_db.kind();
        self.metrics.synced(source, problem, begin.elapsed());
    }
}

/// Returns a tenth of the interval, plus or minus a quarter, so that servers that were
/// started together do not check at the same time.
fn pause(every: Duration) -> Duration {
    let pause = (every / 10).min(LOOK);
    pause.mul_f64(0.75 + 0.5 * fastrand::f64())
}
