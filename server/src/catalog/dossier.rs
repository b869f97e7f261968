//! A crate whole: a crate's page needs most of it, and the largest crate with an
//! advisory has a few hundred versions.

use crate::domain::kind::Kind;
use crate::domain::severity::Severity;
use crate::domain::upgrade::{self, Candidate};
use crate::domain::verdict::{Ranges, RequirementsError};
use crate::domain::{order, version as semver_of};
use crate::entity::{advisory, version};
use std::collections::HashMap;
use std::sync::Arc;

/// Whether a crate's published versions are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The index lists the crate.
    Published,
    /// The index does not list it, and RustSec expects that: the crate was
    /// deleted from crates.io (RustSec `expect-deleted`).
    Deleted,
    /// No index file of the crate was read; nothing is claimed about its versions.
    Unknown,
}

/// A crate with its versions and its advisories, and the verdict on each pair.
#[derive(Debug)]
pub struct Dossier {
    /// The name as it was published, or as it was asked for when no row has it.
    pub name: String,
    /// Whether `versions` is the whole list.
    pub availability: Availability,
    /// Newest first by semver precedence; build metadata breaks ties.
    pub versions: Vec<Release>,
    /// Worst first, withdrawn ones included.
    pub advisories: Vec<Arc<Advisory>>,
    /// The published versions that each advisory affects, as indexes, newest first.
    affected: Vec<Arc<[usize]>>,
    default_version: Option<usize>,
}

/// A published version.
#[derive(Debug)]
pub struct Release {
    /// The version, build metadata included.
    pub version: semver::Version,
    /// The same as text.
    pub num: String,
    /// Whether it was yanked.
    pub is_yanked: bool,
    /// The time of publication, where the index says it.
    pub published_at: Option<time::OffsetDateTime>,
    /// The advisories that affect it.
    pub verdict: Verdict,
}

/// The advisories that affect one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Indexes of live advisories of any kind, ascending, so worst first.
    pub affecting: Vec<usize>,
    /// The number of those that count ([`Advisory::is_counted`]).
    pub counted: usize,
}

/// An advisory, parsed.
#[derive(Debug)]
pub struct Advisory {
    /// The row.
    pub row: advisory::Model,
    /// The kind.
    pub kind: Kind,
    /// The versions that are patched or unaffected.
    pub ranges: Ranges,
    /// The severity, where the advisory has a CVSS vector.
    pub severity: Option<Severity>,
}

impl Advisory {
    /// Parses a row.
    ///
    /// # Errors
    /// [`RequirementsError`] when the row holds something that no sync writes.
    pub fn new(row: advisory::Model) -> Result<Self, RequirementsError> {
        Ok(Self {
            kind: Kind::of(row.informational.as_deref(), &row.categories.0),
            ranges: Ranges::parse(&row.patched.0, &row.unaffected.0)?,
            severity: row.cvss.as_deref().and_then(Severity::parse),
            row,
        })
    }

    /// Whether RustSec has not withdrawn it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.row.withdrawn.is_none()
    }

    /// Whether it is live and of a kind that a change of version cures.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.is_live() && self.kind.is_counted()
    }

    fn weight(&self) -> usize {
        let row = &self.row;
        let lists = [
            &row.patched,
            &row.unaffected,
            &row.os,
            &row.arch,
            &row.aliases,
            &row.related,
            &row.references,
            &row.categories,
            &row.keywords,
        ];
        let lists = lists.into_iter().flat_map(|list| &list.0);
        let texts: usize = lists.map(|text| text.len() + size_of::<String>()).sum();
        // Functions with their ranges, the parsed requirements, the CVSS metrics.
        let functions: usize = row.functions.0.iter().map(|it| it.path.len() + 128).sum();
        let affected = size_of_val(row.affected_versions.0.as_slice());
        size_of::<Self>()
            + row.title.len()
            + row.description.len()
            + texts
            + functions
            + affected
            + 1024
    }
}

impl Dossier {
    /// A crate that nothing is known of.
    #[must_use]
    pub fn unknown(name: String) -> Self {
        Self {
            name,
            availability: Availability::Unknown,
            versions: Vec::new(),
            advisories: Vec::new(),
            affected: Vec::new(),
            default_version: None,
        }
    }

    pub(super) fn new(
        name: String,
        is_listed: bool,
        versions: Vec<version::Model>,
        advisories: Vec<advisory::Model>,
    ) -> Result<Self, RequirementsError> {
        let advisories = worst_first(advisories)?;
        let mut affecting = affecting(&advisories);
        let mut versions: Vec<(semver::Version, version::Model)> = versions
            .into_iter()
            // The sync parsed it before.
            .filter_map(|row| Some((semver::Version::parse(&row.num).ok()?, row)))
            .collect();
        versions.sort_by(|(a, _), (b, _)| b.cmp(a));

        let mut affected = vec![Vec::new(); advisories.len()];
        let releases = versions
            .into_iter()
            .enumerate()
            .map(|(index, (version, row))| {
                let affecting = affecting.remove(&row.id).unwrap_or_default();
                for &advisory in &affecting {
                    affected[advisory].push(index);
                }
                Release {
                    version,
                    num: row.num,
                    is_yanked: row.is_yanked,
                    published_at: row.published_at,
                    verdict: Verdict::new(&advisories, affecting),
                }
            });
        let versions: Vec<Release> = releases.collect();

        let mut advisories_on = advisories.iter();
        let is_expected_gone = advisories_on.any(|it| it.is_live() && it.row.expect_deleted);
        let availability = match (is_listed, is_expected_gone) {
            (true, _) => Availability::Published,
            (false, true) => Availability::Deleted,
            (false, false) => Availability::Unknown,
        };
        Ok(Self {
            name,
            availability,
            default_version: default_version(&versions),
            versions,
            advisories,
            affected: affected.into_iter().map(Arc::from).collect(),
        })
    }

    /// The published version of exactly this number, build metadata included.
    #[must_use]
    pub fn position(&self, version: &semver::Version) -> Option<usize> {
        let newest_first = |release: &Release| version.cmp(&release.version);
        self.versions.binary_search_by(newest_first).ok()
    }

    /// The version that crates.io shows when none is chosen: the newest that is
    /// stable and not yanked; else the newest that is not yanked; else the newest.
    #[must_use]
    pub fn default_version(&self) -> Option<usize> {
        self.default_version
    }

    /// The newest published version that a counted advisory affects.
    #[must_use]
    pub fn last_affected_version(&self) -> Option<usize> {
        (0..self.versions.len()).find(|&index| self.is_affected(index))
    }

    /// The verdict on a version that is not published, by the function that
    /// judged the published ones.
    #[must_use]
    pub fn judge(&self, version: &semver::Version) -> Verdict {
        let affects = |&index: &usize| self.advisories[index].ranges.affects(version);
        let affecting = (0..self.advisories.len()).filter(affects).collect();
        Verdict::new(&self.advisories, affecting)
    }

    /// The published versions that an advisory affects, newest first.
    #[must_use]
    pub fn affected_by(&self, advisory: &Advisory) -> Arc<[usize]> {
        let index = self.index_of(advisory);
        index.map_or_else(|| Arc::from([]), |index| self.affected[index].clone())
    }

    /// The upgrade from `version` to a release that no counted advisory affects.
    #[must_use]
    pub fn upgrade(&self, version: &semver::Version) -> upgrade::Upgrade {
        self.find_upgrade(version, |index| self.is_affected(index))
    }

    /// The upgrade from `version` to a release that this one advisory does not
    /// affect.
    #[must_use]
    pub fn upgrade_for(&self, version: &semver::Version, advisory: &Advisory) -> upgrade::Upgrade {
        let affected = self.affected_by(advisory);
        self.find_upgrade(version, |index| affected.binary_search(&index).is_ok())
    }

    fn find_upgrade(
        &self,
        version: &semver::Version,
        is_affected: impl Fn(usize) -> bool,
    ) -> upgrade::Upgrade {
        let releases = self.versions.iter().enumerate();
        let candidates: Vec<Candidate<'_>> = releases
            .map(|(index, release)| Candidate {
                version: &release.version,
                is_yanked: release.is_yanked,
                is_affected: is_affected(index),
            })
            .collect();
        upgrade::find(version, &candidates)
    }

    fn is_affected(&self, index: usize) -> bool {
        self.versions[index].verdict.counted > 0
    }

    fn index_of(&self, advisory: &Advisory) -> Option<usize> {
        let mut advisories = self.advisories.iter();
        advisories.position(|other| other.row.id == advisory.row.id)
    }

    /// The memory that it takes, in bytes, about.
    pub(super) fn weight(&self) -> usize {
        let releases = self.versions.iter().map(|release| {
            let affecting = release.verdict.affecting.len() * size_of::<usize>();
            size_of::<Release>() + 2 * release.num.len() + affecting
        });
        let advisories = self.advisories.iter().map(|advisory| advisory.weight());
        let affected = self.affected.iter().map(|list| size_of_val(&**list));
        size_of::<Self>()
            + self.name.len()
            + releases.sum::<usize>()
            + advisories.sum::<usize>()
            + affected.sum::<usize>()
    }
}

impl Verdict {
    /// The verdict of these advisories, by their indexes; withdrawn ones are left
    /// out.
    fn new(advisories: &[Arc<Advisory>], mut affecting: Vec<usize>) -> Self {
        affecting.retain(|&index| advisories[index].is_live());
        let is_counted = |&&index: &&usize| advisories[index].is_counted();
        Self {
            counted: affecting.iter().filter(is_counted).count(),
            affecting,
        }
    }
}

fn worst_first(rows: Vec<advisory::Model>) -> Result<Vec<Arc<Advisory>>, RequirementsError> {
    let parsed = rows.into_iter().map(|row| Advisory::new(row).map(Arc::new));
    let mut advisories = parsed.collect::<Result<Vec<_>, _>>()?;
    advisories.sort_by_cached_key(|advisory| {
        let score = advisory.severity.as_ref().map(|severity| severity.score);
        let Advisory { row, kind, .. } = &**advisory;
        order::key(*kind, score, row.date, row.advisory_id.clone())
    });
    Ok(advisories)
}

/// The advisories that affect each version, by the version's id; ascending.
fn affecting(advisories: &[Arc<Advisory>]) -> HashMap<i32, Vec<usize>> {
    let mut affecting: HashMap<i32, Vec<usize>> = HashMap::new();
    for (index, advisory) in advisories.iter().enumerate() {
        for &version in &advisory.row.affected_versions.0 {
            affecting.entry(version).or_default().push(index);
        }
    }
    affecting
}

fn default_version(versions: &[Release]) -> Option<usize> {
    let rank = |release: &Release| {
        let is_prerelease = semver_of::is_prerelease(&release.version);
        (release.is_yanked, is_prerelease)
    };
    (0..versions.len()).min_by_key(|&index| (rank(&versions[index]), index))
}
