//! The data that one request reads.

use super::advisory::Advisory;
use super::dossier::Dossier;
use super::snapshot::{ReadError, Snapshot};
use super::{Catalog, Edition};
use crate::domain::crate_name::CrateName;
use crate::entity::{data_status, skipped_file, sync_attempt};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A version of the data, for one request. All reads through a view return that
/// version, even if a sync commits meanwhile.
pub struct View {
    catalog: Catalog,
    edition: Arc<Edition>,
    has_moved: AtomicBool,
}

impl View {
    pub(super) fn new(catalog: Catalog, edition: Arc<Edition>) -> Self {
        Self {
            catalog,
            edition,
            has_moved: AtomicBool::new(false),
        }
    }

    /// Returns the version of the data.
    #[must_use]
    pub fn edition(&self) -> &Edition {
        &self.edition
    }

    /// Returns the catalogue.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns true if a read failed because a sync has replaced this version of
    /// the data. The request must then begin again, with a new view.
    #[must_use]
    pub fn has_moved(&self) -> bool {
        self.has_moved.load(Ordering::Relaxed)
    }

    /// Returns the name of a crate as it was published, or as it was requested if
    /// the database does not know the crate. Runs no SQL statement.
    #[must_use]
    pub fn name_of<'a>(&'a self, name: &'a CrateName) -> &'a str {
        let published = self.edition.names.find(name.as_str());
        published.unwrap_or(name.as_str())
    }

    /// Returns a crate by its name. A crate that the database does not know is
    /// answered without an SQL statement.
    ///
    /// # Errors
    /// Returns [`ReadError`].
    pub async fn krate(&self, name: &CrateName) -> Result<Arc<Dossier>, ReadError> {
        let unknown = || Arc::new(Dossier::unknown(name.as_str().to_owned()));
        if self.edition.names.find(name.as_str()).is_none() {
            return Ok(unknown());
        }
        let crates = &self.catalog.0.crates;
        let key = (self.edition.version.revision.clone(), name.lookup());
        let read = async {
            let dossier = self.snapshot().await?.dossier(&key.1).await?;
            Ok(dossier.map_or_else(unknown, Arc::new))
        };
        let dossier = crates.entry_by_ref(&key).or_try_insert_with(read).await;
        let is_kept = dossier.as_ref().is_ok_and(|entry| !entry.is_fresh());
        self.catalog.0.measures.crates.note(is_kept);
        match dossier {
            Ok(entry) => Ok(entry.into_value()),
            Err(error) => Err(self.failed(ReadError::clone(&error))),
        }
    }

    /// Returns an advisory by its id, and its crate, or no crate for the Rust
    /// toolchain.
    ///
    /// # Errors
    /// Returns [`ReadError`].
    pub async fn advisory(
        &self,
        id: &str,
    ) -> Result<Option<(Arc<Advisory>, Option<Arc<Dossier>>)>, ReadError> {
        let found = async { self.snapshot().await?.advisory(id).await }.await;
        let Some((advisory, krate)) = found.map_err(|error| self.failed(error))? else {
            return Ok(None);
        };
        let dossier = match krate {
            Some(name) => Some(self.krate(&name).await?),
            None => None,
        };
        Ok(Some((Arc::new(advisory), dossier)))
    }

    /// Returns the files that the last good sync skipped, by path.
    ///
    /// # Errors
    /// Returns [`ReadError`].
    pub async fn skipped(&self) -> Result<Vec<skipped_file::Model>, ReadError> {
        let skipped = async { self.snapshot().await?.skipped().await }.await;
        skipped.map_err(|error| self.failed(error))
    }

    /// Returns the current status, which every sync changes, and the last
    /// attempt.
    ///
    /// # Errors
    /// Returns [`ReadError`].
    pub async fn checked(
        &self,
    ) -> Result<(Option<data_status::Model>, Option<sync_attempt::Model>), ReadError> {
        let checked = async {
            let snapshot = self.snapshot().await?;
            let attempt = snapshot.attempt().await?;
            Ok((snapshot.status().cloned(), attempt))
        };
        checked.await.map_err(|error| self.failed(error))
    }

    async fn snapshot(&self) -> Result<Snapshot, ReadError> {
        // While the database is known to be away, waiting for it would only delay
        // visitors. The watch notices when it is back.
        if self.catalog.is_lost() {
            return Err(ReadError::Unavailable("it is known to be away".into()));
        }
        Snapshot::at(&self.catalog, &self.edition.version.revision).await
    }

    fn failed(&self, error: ReadError) -> ReadError {
        match &error {
            ReadError::Moved => self.has_moved.store(true, Ordering::Relaxed),
            ReadError::Unavailable(cause) => {
                self.catalog.0.following.lose(self.catalog.now(), cause);
            }
            ReadError::Damaged => {}
        }
        error
    }
}
