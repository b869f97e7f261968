//! The data as readers see it: each crate whole, parsed once for each revision and
//! shared, and the version of the data that a request reads from its first field
//! to its last. It does not depend on GraphQL.

mod advisory;
mod dossier;
mod edition;
mod names;
mod release;
mod requirement;
mod snapshot;
mod view;
mod watch;

pub use advisory::Advisory;
pub use dossier::{Availability, Dossier};
pub use edition::{DataVersion, Edition, Revision};
pub use release::{Release, Verdict};
pub use snapshot::ReadError;
pub use view::View;

use crate::clock::Clock;
use crate::entity::sync_attempt::Problem;
use crate::telemetry::metrics::{Lookups, Metrics, Size};
use metrics::{Gauge, Histogram};
use moka::future::Cache;
use sea_orm::DatabaseConnection;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Notify;
use watch::Following;

/// The approximate size of the crates kept in memory, in bytes: room for all 908
/// crates with an advisory.
const CAPACITY: u64 = 32 * 1024 * 1024;

/// All data that readers use. Clones share it.
#[derive(Clone)]
pub struct Catalog(Arc<Inner>);

struct Inner {
    db: DatabaseConnection,
    clock: Clock,
    stale_after: Duration,
    following: Following,
    /// Notified when a sync of this process has ended.
    synced: Arc<Notify>,
    /// Crates by revision and lookup name.
    crates: Cache<(Revision, String), Arc<Dossier>>,
    measures: Measures,
}

/// The metrics of the catalog.
struct Measures {
    crates: Lookups,
    database_wait: Histogram,
    served_revision: Gauge,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalog")
    }
}

impl Catalog {
    /// Creates a catalogue of a database. Its data is stale if the last good sync
    /// is longer ago than `stale_after`.
    #[must_use]
    pub fn new(
        db: DatabaseConnection,
        clock: Clock,
        stale_after: Duration,
        metrics: &Metrics,
    ) -> Self {
        let weigh = |(_, name): &(Revision, String), dossier: &Arc<Dossier>| {
            let weight = name.len() + dossier.weight();
            weight.try_into().unwrap_or(u32::MAX)
        };
        let crates = Cache::builder().max_capacity(CAPACITY).weigher(weigh);
        let crates: Cache<_, _> = crates.build();
        let cache = crates.clone();
        let size = move || Size {
            entries: cache.entry_count(),
            bytes: cache.weighted_size(),
        };
        Self(Arc::new(Inner {
            db,
            clock,
            stale_after,
            following: Following::default(),
            synced: Arc::default(),
            crates,
            measures: Measures {
                crates: metrics.cache("crates", size),
                database_wait: metrics.database_wait(),
                served_revision: metrics.served_revision(),
            },
        }))
    }

    /// Returns the database.
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        &self.0.db
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// Returns the newest version of the data, for one request.
    ///
    /// # Errors
    /// Returns [`ReadError::Unavailable`] until the database has been read once.
    pub async fn view(&self) -> Result<View, ReadError> {
        let edition = match self.edition() {
            Some(edition) => edition,
            None => self.look().await?,
        };
        Ok(View::new(self.clone(), edition))
    }

    /// Returns the problem that prevents the watch from following the database,
    /// and its start.
    #[must_use]
    pub fn problem(&self) -> Option<(Problem, OffsetDateTime)> {
        let since = self.0.following.lost_since()?;
        Some((Problem::Database, since))
    }
}
