//! A version of the data.

use super::names::Names;
use crate::entity::data_status::{self, Source};
use std::sync::Arc;
use time::OffsetDateTime;

/// A version of the data. It determines everything that the tab shows, so as long as it
/// stays the same, an address returns the same bytes (docs/decisions/0014-data-version.md).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DataVersion {
    /// The revision of the rows.
    pub revision: Revision,
    /// The commit of the advisory-db, if the source has commits.
    pub commit: Option<String>,
    /// True if the last good sync is too long ago.
    pub is_stale: bool,
}

/// A state of the rows of a database. Another database, or this one after it was restored
/// from a backup, can have the same number, but not the same id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The number; 0 before the first sync.
    pub number: i32,
    /// The random id; `None` before the first sync, or if a release without ids made that
    /// sync.
    pub id: Option<Arc<str>>,
}

/// A version of the data, with the values that are read most often.
#[derive(Debug)]
pub struct Edition {
    /// The version.
    pub version: Arc<DataVersion>,
    /// The source of the advisories; `None` before the first sync.
    pub source: Option<Source>,
    /// The time of the commit, by its committer's clock.
    pub committed_at: Option<OffsetDateTime>,
    /// The number of advisories in both collections, including withdrawn ones.
    pub advisories: i32,
    /// The number of crates that an advisory names.
    pub packages: i32,
    /// The number of published versions.
    pub versions: i32,
    /// The names of the crates that have a row.
    pub(super) names: Arc<Names>,
}

impl Edition {
    pub(super) fn new(
        version: Arc<DataVersion>,
        status: Option<&data_status::Model>,
        names: Arc<Names>,
    ) -> Self {
        let count = |of: fn(&data_status::Model) -> i32| status.map_or(0, of);
        Self {
            version,
            source: status.map(|status| status.source),
            committed_at: status.and_then(|status| status.committed_at),
            advisories: count(|status| status.advisories),
            packages: count(|status| status.packages),
            versions: count(|status| status.versions),
            names,
        }
    }

    /// Returns the same data, marked as stale.
    pub(super) fn grown_stale(&self) -> Self {
        let version = DataVersion {
            is_stale: true,
            ..DataVersion::clone(&self.version)
        };
        Self {
            version: Arc::new(version),
            names: self.names.clone(),
            ..*self
        }
    }
}
