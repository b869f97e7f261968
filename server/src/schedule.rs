//! Syncs again and again, on one server of many.

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::entity::sync_attempt::Problem;
use crate::metrics;
use crate::sync::{self, Guard, Sources, SyncError};
use crate::sync_health::SyncHealth;
use sea_orm::DatabaseConnection;
use std::time::Duration;

/// How often a server looks at most whether a sync is due, which is how long it
/// takes to step in for one that died.
const LOOK: Duration = Duration::from_secs(10);

/// What is synced, into what, and how often.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The database.
    pub db: DatabaseConnection,
    /// Where a sync reads from.
    pub sources: Sources,
    /// What is plausible.
    pub guard: Guard,
    /// How long after an attempt, of whatever server, the next one is due.
    pub every: Duration,
    /// The time.
    pub clock: Clock,
    /// Where a problem is noted.
    pub health: SyncHealth,
    /// The readers, who are told of each sync at once.
    pub catalog: Catalog,
}

impl Schedule {
    /// Syncs whenever it is due, until it is dropped.
    pub async fn keep(self) {
        loop {
            self.look().await;
            tokio::time::sleep(self.pause()).await;
        }
    }

    /// Syncs if it is due. What goes wrong is noted, and tried again in time.
    pub async fn look(&self) {
        let now = self.clock.now();
        let synced = sync::run_if_due(&self.db, &self.sources, &self.guard, self.every, now).await;
        match synced {
            Ok(None) => {}
            Ok(Some(report)) => {
                report.log();
                self.catalog.has_synced();
                self.note(report.problem);
            }
            Err(SyncError::AnotherIsSyncing) => {}
            Err(error) => {
                tracing::error!(%error, "the sync changed nothing");
                self.note(error.problem());
            }
        }
    }

    fn note(&self, problem: Option<Problem>) {
        self.health.note(problem, self.clock.now());
        metrics::synced(problem);
    }

    /// A tenth of the interval, give or take a quarter, so that servers that
    /// were started together do not ask together.
    fn pause(&self) -> Duration {
        let pause = (self.every / 10).min(LOOK);
        pause.mul_f64(0.75 + 0.5 * fastrand::f64())
    }
}
