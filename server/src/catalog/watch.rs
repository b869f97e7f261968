//! The watch that follows the version of the data.

use super::Catalog;
use super::edition::{DataVersion, Edition};
use super::names::Names;
use super::snapshot::{ReadError, Snapshot};
use crate::clock::rfc3339;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

/// The pause between two checks of the database. A server sees another server's
/// sync within this time plus the time of a statement.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The newest known version, and whether the database can be followed.
pub(super) struct Following {
    edition: watch::Sender<Option<Arc<Edition>>>,
    lost_since: Mutex<Option<OffsetDateTime>>,
    /// True if `lost_since` is set.
    is_lost: AtomicBool,
    /// The last good sync, as of the last check.
    synced_at: Mutex<Option<OffsetDateTime>>,
    /// Held during a check, so that a slow check never overwrites a later one.
    looking: tokio::sync::Mutex<()>,
}

impl Default for Following {
    fn default() -> Self {
        Self {
            edition: watch::Sender::new(None),
            lost_since: Mutex::default(),
            is_lost: AtomicBool::new(false),
            synced_at: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }
}

impl Following {
    pub(super) fn lost_since(&self) -> Option<OffsetDateTime> {
        *lock(&self.lost_since)
    }

    pub(super) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// Records that the database does not answer. Logs once for each outage.
    pub(super) fn lose(&self, now: OffsetDateTime, cause: &str) {
        let mut lost_since = lock(&self.lost_since);
        if lost_since.is_none() {
            *lost_since = Some(now);
            self.is_lost.store(true, Ordering::Relaxed);
            tracing::error!(
                error = cause,
                "cannot read the database; serving the data in memory"
            );
        }
    }

    fn find(&self) {
        if let Some(since) = lock(&self.lost_since).take() {
            self.is_lost.store(false, Ordering::Relaxed);
            let since = rfc3339(since);
            tracing::info!(since, "the database is readable again");
        }
    }

    fn publish(&self, edition: Arc<Edition>) {
        self.edition.send_replace(Some(edition));
    }
}

fn cause(error: &ReadError) -> &str {
    match error {
        ReadError::Unavailable(cause) => cause,
        ReadError::Damaged => "its rows are invalid",
        ReadError::Moved => "it keeps changing",
    }
}

fn lock(at: &Mutex<Option<OffsetDateTime>>) -> MutexGuard<'_, Option<OffsetDateTime>> {
    at.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Catalog {
    /// Returns the newest known edition, or `None` before the first check.
    #[must_use]
    pub fn edition(&self) -> Option<Arc<Edition>> {
        self.0.following.edition.borrow().clone()
    }

    /// Returns the newest known version of the data, or `None` before the first
    /// check.
    #[must_use]
    pub fn version(&self) -> Option<Arc<DataVersion>> {
        let edition = self.0.following.edition.borrow();
        edition.as_ref().map(|edition| edition.version.clone())
    }

    /// Returns true if the database cannot be followed.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.0.following.is_lost()
    }

    /// Returns a receiver of every new version.
    #[must_use]
    pub fn editions(&self) -> watch::Receiver<Option<Arc<Edition>>> {
        self.0.following.edition.subscribe()
    }

    /// Follows the database for as long as the future is awaited.
    pub async fn follow(&self) {
        loop {
            // The next reader finds a failure in the recorded state.
            drop(self.look().await);
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.0.synced.notified() => {}
            }
        }
    }

    /// Returns the notification that a sync of this process sends at its end, so
    /// that the watch checks at once.
    #[must_use]
    pub fn synced(&self) -> Arc<Notify> {
        self.0.synced.clone()
    }

    /// Returns the names of the crates with an advisory, or none while the database
    /// does not answer.
    pub async fn crates_with_advisories(&self) -> Vec<String> {
        let names = async { Snapshot::now(self).await?.crates_with_advisories().await };
        names.await.unwrap_or_default()
    }

    /// Checks which version the database has.
    ///
    /// # Errors
    /// Returns [`ReadError::Unavailable`]; the version that was known stays.
    pub async fn look(&self) -> Result<Arc<Edition>, ReadError> {
        let following = &self.0.following;
        let _alone = following.looking.lock().await;
        let last = self.edition();
        match self.read_edition(last.as_ref()).await {
            Ok(edition) => {
                following.find();
                let is_moved =
                    |last: &Arc<Edition>| last.version.revision != edition.version.revision;
                if last.as_ref().is_some_and(is_moved) {
                    self.0.crates.invalidate_all();
                }
                let served = &self.0.measures.served_revision;
                served.set(edition.version.revision.number);
                if last.is_none_or(|last| last.version != edition.version) {
                    following.publish(edition.clone());
                }
                Ok(edition)
            }
            Err(error) => {
                following.lose(self.now(), cause(&error));
                // Data becomes stale during an outage too.
                let synced_at = *lock(&following.synced_at);
                if let Some(last) = last
                    && !last.version.is_stale
                    && synced_at.is_none_or(|synced_at| self.is_stale(synced_at))
                {
                    following.publish(Arc::new(last.grown_stale()));
                }
                Err(error)
            }
        }
    }

    async fn read_edition(&self, last: Option<&Arc<Edition>>) -> Result<Arc<Edition>, ReadError> {
        let snapshot = Snapshot::now(self).await?;
        let status = snapshot.status();
        if status.is_none() && last.is_some_and(|last| last.source.is_some()) {
            let cause = "it was emptied; waiting for its next sync";
            return Err(ReadError::Unavailable(cause.into()));
        }
        *lock(&self.0.following.synced_at) = status.map(|status| status.synced_at);
        let version = DataVersion {
            revision: snapshot.revision(),
            commit: status.and_then(|status| status.commit.clone()),
            is_stale: status.is_none_or(|status| self.is_stale(status.synced_at)),
        };
        let names = match last {
            Some(last) if *last.version == version => return Ok(last.clone()),
            Some(last) if last.version.revision == version.revision => last.names.clone(),
            _ if status.is_none() => Arc::new(Names::default()),
            _ => Arc::new(snapshot.names().await?),
        };
        Ok(Arc::new(Edition::new(Arc::new(version), status, names)))
    }

    /// Returns true if the last good sync is too long ago, or is in the future
    /// because a clock was set back.
    fn is_stale(&self, synced_at: OffsetDateTime) -> bool {
        (self.now() - synced_at).abs() > self.0.stale_after
    }
}
