//! Syncs again and again, on one server of many.

use crate::clock::Clock;
use crate::entity::sync_attempt::Problem;
use crate::sync::{self, AdvisoryDb, Guard, Sources, SyncError};
use crate::sync_health::SyncHealth;
use crate::telemetry::metrics;
use sea_orm::DatabaseConnection;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How often a server looks at most whether a sync is due, which is how long it
/// takes to step in for one that died.
const LOOK: Duration = Duration::from_secs(10);

/// How long another process may use the clone before that is a problem: as long as a
/// fetch may take.
const CLONE_IN_USE: Duration = sync::FETCH;

/// What is synced, into what, and how often.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The database.
    pub db: DatabaseConnection,
    /// Where a sync reads from.
    pub sources: Sources,
    /// What is plausible.
    pub guard: Guard,
    /// How long after an attempt, of whatever server, the next one is due. `None`:
    /// there is one attempt, now, and no other.
    pub every: Option<Duration>,
    /// The time.
    pub clock: Clock,
    /// Where a problem is noted.
    pub health: SyncHealth,
    /// Told of each sync, so that readers look for new data at once.
    pub synced: Arc<Notify>,
}

impl Schedule {
    /// Syncs whenever it is due, until it is dropped; without an interval, once, unless
    /// the sources were tried already. The sample is never synced again.
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

    /// Syncs if it is due. A failure is noted, and tried again in time.
    pub async fn look(&self) {
        let now = self.clock.now();
        let every = self.every.unwrap_or_default();
        match sync::run_if_due(&self.db, &self.sources, &self.guard, every, now).await {
            // The database answers, and knows of every attempt that failed.
            Ok(None) => self.health.note(None, now),
            Ok(Some(report)) => {
                report.log();
                self.synced.notify_one();
                self.note(report.problem);
            }
            Err(error @ SyncError::CloneInUse(_)) => self.wait_for_clone(&error).await,
            Err(error) => {
                tracing::error!(%error, "sync failed; the database is unchanged");
                self.note(error.problem());
            }
        }
    }

    /// Leaves the clone to the process that is using it, for a while.
    async fn wait_for_clone(&self, error: &SyncError) {
        let now = self.clock.now();
        let waited = self.health.note_clone_in_use(now);
        if self.every.is_some() && waited < CLONE_IN_USE {
            tracing::debug!(%error, "sync postponed");
            return;
        }
        tracing::error!(%error, "sync failed; the database is unchanged");
        sync::note_problem(&self.db, Problem::CloneInUse, now).await;
        self.note(Some(Problem::CloneInUse));
    }

    fn note(&self, problem: Option<Problem>) {
        self.health.note(problem, self.clock.now());
        metrics::synced(problem);
    }
}

/// A tenth of the interval, give or take a quarter, so that servers that were
/// started together do not ask together.
fn pause(every: Duration) -> Duration {
    let pause = (every / 10).min(LOOK);
    pause.mul_f64(0.75 + 0.5 * fastrand::f64())
}
