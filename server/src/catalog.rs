//! The data as readers see it: each crate whole, parsed once for each revision
//! and shared, and the version of the data that a request reads from its first
//! field to its last. It knows no GraphQL.

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
use moka::future::Cache;
use sea_orm::DatabaseConnection;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::Notify;
use watch::Following;

/// The size of the crates kept in memory, in bytes, about: room for all 908 crates
/// with an advisory.
const CAPACITY: u64 = 32 * 1024 * 1024;

/// Everything that readers know. Clones share it.
#[derive(Clone)]
pub struct Catalog(Arc<Inner>);

struct Inner {
    db: DatabaseConnection,
    clock: Clock,
    stale_after: Duration,
    following: Following,
    /// Told when a sync of this process has ended.
    synced: Arc<Notify>,
    /// Crates by revision and look-up name.
    crates: Cache<(Revision, String), Arc<Dossier>>,
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Catalog")
    }
}

impl Catalog {
    /// A catalogue of a database. Its data counts as stale when the last good
    /// sync is longer ago than `stale_after`.
    #[must_use]
    pub fn new(db: DatabaseConnection, clock: Clock, stale_after: Duration) -> Self {
        let weigh = |(_, name): &(Revision, String), dossier: &Arc<Dossier>| {
            let weight = name.len() + dossier.weight();
            weight.try_into().unwrap_or(u32::MAX)
        };
        Self(Arc::new(Inner {
            db,
            clock,
            stale_after,
            following: Following::default(),
            synced: Arc::default(),
            crates: Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(weigh)
                .build(),
        }))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &DatabaseConnection {
        &self.0.db
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.0.clock.now()
    }

    /// The newest version of the data, for one request.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] until the database has been read once.
    pub async fn view(&self) -> Result<View, ReadError> {
        let edition = match self.edition() {
            Some(edition) => edition,
            None => self.look().await?,
        };
        Ok(View::new(self.clone(), edition))
    }

    /// The problem that keeps the watch from following the database, and since
    /// when.
    #[must_use]
    pub fn problem(&self) -> Option<(Problem, OffsetDateTime)> {
        let since = self.0.following.lost_since()?;
        Some((Problem::Database, since))
    }
}
