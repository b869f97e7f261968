//! All that is known of one crate, read whole: a crate's page needs most of it,
//! and the largest crate with an advisory has a few hundred versions.

use crate::domain::kind::Kind;
use crate::domain::severity::Severity;
use crate::domain::upgrade::{self, Candidate};
use crate::domain::verdict::{BadRequirements, Ranges};
use crate::domain::{order, version as semver_of};
use crate::entity::{advisory, affected_version, version};
use async_graphql::Enum;
use std::collections::HashMap;
use std::sync::Arc;

/// What is known of a crate's published versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(super) enum Availability {
    /// The index lists the crate, so its published versions are known.
    Published,
    /// The index does not list it, and RustSec expects that: the crate was
    /// deleted from crates.io (RustSec `expect-deleted`).
    Deleted,
    /// No index file of the crate was read; nothing is claimed about its versions.
    Unknown,
}

/// A crate with its versions, its advisories, and which affects which.
#[derive(Debug)]
pub(super) struct Dossier {
    pub(super) name: String,
    pub(super) availability: Availability,
    /// Newest first by semver precedence; build metadata breaks ties.
    pub(super) versions: Vec<Release>,
    /// Worst first, withdrawn ones included.
    pub(super) advisories: Vec<Arc<AdvisoryFacts>>,
}

/// A published version.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) row: version::Model,
    pub(super) version: semver::Version,
    /// Indexes of the advisories whose ranges hold it, ascending.
    affecting: Vec<usize>,
    /// How many of them are counted.
    pub(super) affecting_count: usize,
}

/// An advisory with what its row implies.
#[derive(Debug)]
pub(super) struct AdvisoryFacts {
    pub(super) row: advisory::Model,
    pub(super) kind: Kind,
    pub(super) ranges: Ranges,
    pub(super) severity: Option<Severity>,
}

impl AdvisoryFacts {
    /// # Errors
    /// [`BadRequirements`] when the row holds what no sync would write.
    pub(super) fn new(row: advisory::Model) -> Result<Self, BadRequirements> {
        Ok(Self {
            kind: Kind::of(row.informational.as_deref(), &row.categories.0),
            ranges: Ranges::parse(&row.patched.0, &row.unaffected.0)?,
            severity: row.cvss.as_deref().and_then(Severity::parse),
            row,
        })
    }

    pub(super) fn is_live(&self) -> bool {
        self.row.withdrawn.is_none()
    }

    /// Live, and of a kind that a change of version cures.
    pub(super) fn is_counted(&self) -> bool {
        self.is_live() && self.kind.is_counted()
    }
}

impl Dossier {
    /// A crate of which nothing is known.
    pub(super) fn unknown(name: String) -> Self {
        Self {
            name,
            availability: Availability::Unknown,
            versions: Vec::new(),
            advisories: Vec::new(),
        }
    }

    pub(super) fn new(
        name: String,
        is_listed: bool,
        versions: Vec<version::Model>,
        advisories: Vec<advisory::Model>,
        links: &[affected_version::Model],
    ) -> Result<Self, BadRequirements> {
        let mut advisories = advisories
            .into_iter()
            .map(|row| AdvisoryFacts::new(row).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        advisories.sort_by_cached_key(|advisory| {
            let score = advisory.severity.as_ref().map(|severity| severity.score);
            let AdvisoryFacts { row, kind, .. } = &**advisory;
            order::key(*kind, score, row.date, row.advisory_id.clone())
        });

        let numbered = advisories.iter().enumerate();
        let indexes: HashMap<i32, usize> = numbered
            .map(|(index, advisory)| (advisory.row.id, index))
            .collect();
        let mut affecting: HashMap<i32, Vec<usize>> = HashMap::new();
        for link in links {
            let index = indexes.get(&link.advisory_id);
            affecting.entry(link.version_id).or_default().extend(index);
        }
        let mut versions: Vec<Release> = versions
            .into_iter()
            .filter_map(|row| {
                let mut affecting = affecting.remove(&row.id).unwrap_or_default();
                affecting.sort_unstable();
                // The sync parsed it before.
                let version = semver::Version::parse(&row.num).ok()?;
                let is_counted = |&&index: &&usize| advisories[index].is_counted();
                let affecting_count = affecting.iter().filter(is_counted).count();
                Some(Release {
                    row,
                    version,
                    affecting,
                    affecting_count,
                })
            })
            .collect();
        versions.sort_by(|a, b| b.version.cmp(&a.version));

        let is_expected_gone = advisories
            .iter()
            .any(|a| a.is_live() && a.row.expect_deleted);
        let availability = match (is_listed, is_expected_gone) {
            (true, _) => Availability::Published,
            (false, true) => Availability::Deleted,
            (false, false) => Availability::Unknown,
        };
        Ok(Self {
            name,
            availability,
            versions,
            advisories,
        })
    }

    /// The published version of exactly this number, build metadata included.
    pub(super) fn position(&self, version: &semver::Version) -> Option<usize> {
        self.versions
            .iter()
            .position(|release| release.version == *version)
    }

    /// The version that crates.io shows when none is chosen: the newest that is
    /// stable and not yanked; where there is none, the newest that is at least
    /// not yanked; else the newest.
    pub(super) fn default_version(&self) -> Option<usize> {
        let rank = |release: &Release| {
            (
                release.row.is_yanked,
                semver_of::is_prerelease(&release.version),
            )
        };
        (0..self.versions.len()).min_by_key(|&index| (rank(&self.versions[index]), index))
    }

    /// The newest published version that a counted advisory affects.
    pub(super) fn last_affected_version(&self) -> Option<usize> {
        (0..self.versions.len()).find(|&index| self.is_release_affected(index))
    }

    /// The live advisories that affect the version, worst first. A published
    /// version's come from the sync; any other version is judged here, by the
    /// same function.
    pub(super) fn affecting(
        &self,
        version: &semver::Version,
        index: Option<usize>,
    ) -> Vec<Arc<AdvisoryFacts>> {
        let affecting = match index {
            Some(index) => self.versions[index].affecting.clone(),
            None => {
                let affects = |&index: &usize| self.advisories[index].ranges.affects(version);
                (0..self.advisories.len()).filter(affects).collect()
            }
        };
        let advisories = affecting.into_iter().map(|index| &self.advisories[index]);
        advisories
            .filter(|advisory| advisory.is_live())
            .cloned()
            .collect()
    }

    /// The published versions that an advisory affects, newest first.
    pub(super) fn affected_by(&self, advisory: &AdvisoryFacts) -> Vec<usize> {
        let Some(advisory) = self.index_of(advisory) else {
            return Vec::new();
        };
        (0..self.versions.len())
            .filter(|&index| self.versions[index].affecting.contains(&advisory))
            .collect()
    }

    /// The way out from `version` of all that is counted.
    pub(super) fn upgrade(&self, version: &semver::Version) -> upgrade::Upgrade {
        self.find_upgrade(version, |index| self.is_release_affected(index))
    }

    /// The way out from `version` of one advisory alone.
    pub(super) fn upgrade_for(
        &self,
        version: &semver::Version,
        advisory: &AdvisoryFacts,
    ) -> upgrade::Upgrade {
        let advisory = self.index_of(advisory);
        self.find_upgrade(version, |index| {
            advisory.is_some_and(|advisory| self.versions[index].affecting.contains(&advisory))
        })
    }

    fn find_upgrade(
        &self,
        version: &semver::Version,
        is_affected: impl Fn(usize) -> bool,
    ) -> upgrade::Upgrade {
        let candidates: Vec<Candidate<'_>> = self
            .versions
            .iter()
            .enumerate()
            .map(|(index, release)| Candidate {
                version: &release.version,
                is_yanked: release.row.is_yanked,
                is_affected: is_affected(index),
            })
            .collect();
        upgrade::find(version, &candidates)
    }

    fn is_release_affected(&self, index: usize) -> bool {
        self.versions[index].affecting_count > 0
    }

    fn index_of(&self, advisory: &AdvisoryFacts) -> Option<usize> {
        self.advisories
            .iter()
            .position(|known| known.row.id == advisory.row.id)
    }
}
