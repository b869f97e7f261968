//! One version of the data.

use super::names::Names;
use crate::entity::data_status::{self, Source};
use std::sync::Arc;
use time::OffsetDateTime;

/// The version of the data. Everything that the tab shows is determined by it,
/// so the same address has the same bytes for as long as it stays the same
/// (docs/decisions/0014-data-version.md).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DataVersion {
    /// The revision of the rows.
    pub revision: Revision,
    /// The commit of the advisory-db, where the source has commits.
    pub commit: Option<String>,
    /// Whether the last good sync is too long ago.
    pub is_stale: bool,
}

/// A state of the rows of a database. Another database can have the same number, as can
/// this one after it was restored from a backup, but not the same id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Revision {
    /// The number; 0 before the first sync.
    pub number: i32,
    /// The random id; `None` before the first sync, and where a release without ids did it.
    pub id: Option<Arc<str>>,
}

/// A version of the data, with what is asked of it most.
#[derive(Debug)]
pub struct Edition {
    /// The version.
    pub version: Arc<DataVersion>,
    /// The source of the advisories; `None` before the first sync.
    pub source: Option<Source>,
    /// The time of the commit, by its committer's clock.
    pub committed_at: Option<OffsetDateTime>,
    /// Advisories of both collections, withdrawn ones included.
    pub advisories: i32,
    /// Crates that an advisory names.
    pub packages: i32,
    /// Published versions.
    pub versions: i32,
    /// The crates that rows exist for.
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

    /// The same data, once it is too old.
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
