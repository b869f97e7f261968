//! A crate with all its data, because a crate's page needs most of it. The largest
//! crate with an advisory has a few hundred versions.

use super::advisory::Advisory;
use super::release::{Release, Verdict};
use crate::domain::rust_version::RustVersion;
use crate::domain::upgrade::{self, Candidate, Upgrade};
use crate::domain::verdict::RequirementsError;
use crate::domain::{fix, order, range, version as semver_of};
use crate::entity::{advisory, version};
use std::collections::HashMap;
use std::sync::Arc;

/// The state of the list of a crate's published versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// The index lists the crate.
    Published,
    /// The index does not list it, and RustSec expects that: the crate was deleted
    /// from crates.io (RustSec `expect-deleted`).
    Deleted,
    /// No index file of the crate was read, so its versions are not known.
    Unknown,
}

/// A crate with its versions and its advisories, and the verdict on each pair.
#[derive(Debug)]
pub struct Dossier {
    /// The name as it was published, or as it was requested if no row has it.
    pub name: String,
    /// Says if `versions` is the whole list.
    pub availability: Availability,
    /// The published versions, newest first by semver precedence; build metadata
    /// breaks ties.
    pub versions: Vec<Release>,
    /// The advisories, worst first, including withdrawn ones.
    pub advisories: Vec<Arc<Advisory>>,
    /// The links of each advisory to the others and to the versions.
    links: Vec<Links>,
    default_version: Option<usize>,
}

/// The versions and advisories that an advisory refers to, as indexes.
#[derive(Debug)]
struct Links {
    /// The published versions that it affects, newest first.
    affected: Arc<[usize]>,
    /// The release that first contained the fix.
    fixed: Option<usize>,
    /// The other live advisories that share an alias with it.
    twins: Box<[usize]>,
}

impl Dossier {
    /// Returns a crate of which nothing is known.
    #[must_use]
    pub fn unknown(name: String) -> Self {
        Self {
            name,
            availability: Availability::Unknown,
            versions: Vec::new(),
            advisories: Vec::new(),
            links: Vec::new(),
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
            // The sync has parsed it before, so no row is lost here.
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
                    rust_version: row.rust_version.as_deref().and_then(RustVersion::parse),
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
            links: links(&versions, &advisories, affected),
            versions,
            advisories,
        })
    }

    /// Returns the index of the published version with exactly this number,
    /// including build metadata.
    #[must_use]
    pub fn position(&self, version: &semver::Version) -> Option<usize> {
        let newest_first = |release: &Release| version.cmp(&release.version);
        self.versions.binary_search_by(newest_first).ok()
    }

    /// Returns the version that crates.io shows by default: the newest that is
    /// stable and not yanked; else the newest that is not yanked; else the newest.
    #[must_use]
    pub fn default_version(&self) -> Option<usize> {
        self.default_version
    }

    /// Returns the newest published version that a counted advisory affects.
    #[must_use]
    pub fn last_affected_version(&self) -> Option<usize> {
        (0..self.versions.len()).find(|&index| self.is_affected(index))
    }

    /// Judges a version that is not published, with the function that judged the
    /// published ones.
    #[must_use]
    pub fn judge(&self, version: &semver::Version) -> Verdict {
        let affects = |&index: &usize| self.advisories[index].ranges.affects(version);
        let affecting = (0..self.advisories.len()).filter(affects).collect();
        Verdict::new(&self.advisories, affecting)
    }

    /// Returns the published versions that an advisory affects, newest first.
    #[must_use]
    pub fn affected_by(&self, advisory: &Advisory) -> Arc<[usize]> {
        let links = self.links_of(advisory);
        links.map_or_else(|| Arc::from([]), |links| links.affected.clone())
    }

    /// Returns the release that first contained an advisory's fix.
    #[must_use]
    pub fn fixed_by(&self, advisory: &Advisory) -> Option<usize> {
        self.links_of(advisory)?.fixed
    }

    /// Returns the other live advisories that share an alias with this one, worst
    /// first.
    pub fn twins_of(&self, advisory: &Advisory) -> impl Iterator<Item = &Arc<Advisory>> {
        let links = self.links_of(advisory).into_iter();
        let twins = links.flat_map(|links| &links.twins);
        twins.map(|&index| &self.advisories[index])
    }

    /// Finds the upgrade from a version with this verdict to releases that no
    /// counted advisory affects.
    #[must_use]
    pub fn upgrade(&self, version: &semver::Version, verdict: &Verdict) -> Upgrade {
        let release = self.position(version).map(|index| &self.versions[index]);
        let from = Candidate {
            version,
            is_yanked: false,
            affecting: verdict.counted,
            rust_version: release.and_then(|release| release.rust_version),
        };
        self.find_upgrade(&from, |index| self.versions[index].verdict.counted)
    }

    /// Finds the upgrade from a version that this advisory affects to releases
    /// that it does not affect, regardless of the Rust version that they need.
    #[must_use]
    pub fn upgrade_for(&self, version: &semver::Version, advisory: &Advisory) -> Upgrade {
        let from = Candidate {
            version,
            is_yanked: false,
            affecting: 1,
            rust_version: None,
        };
        let affected = self.affected_by(advisory);
        self.find_upgrade(&from, |index| {
            usize::from(affected.binary_search(&index).is_ok())
        })
    }

    fn find_upgrade(&self, from: &Candidate<'_>, affecting: impl Fn(usize) -> usize) -> Upgrade {
        let releases = self.versions.iter().enumerate();
        let candidates: Vec<Candidate<'_>> = releases
            .map(|(index, release)| Candidate {
                version: &release.version,
                is_yanked: release.is_yanked,
                affecting: affecting(index),
                rust_version: release.rust_version,
            })
            .collect();
        upgrade::find(from, &candidates)
    }

    fn is_affected(&self, index: usize) -> bool {
        self.versions[index].verdict.counted > 0
    }

    fn links_of(&self, advisory: &Advisory) -> Option<&Links> {
        let mut advisories = self.advisories.iter();
        let index = advisories.position(|other| other.row.id == advisory.row.id)?;
        Some(&self.links[index])
    }

    /// Returns its approximate size in memory, in bytes.
    pub(super) fn weight(&self) -> usize {
        let releases = self.versions.iter().map(|release| {
            let affecting = release.verdict.affecting.len() * size_of::<usize>();
            size_of::<Release>() + 2 * release.num.len() + affecting
        });
        let advisories = self.advisories.iter().map(|advisory| advisory.weight());
        let links = self.links.iter().map(|links| {
            size_of::<Links>() + size_of_val(&*links.affected) + size_of_val(&*links.twins)
        });
        size_of::<Self>()
            + self.name.len()
            + releases.sum::<usize>()
            + advisories.sum::<usize>()
            + links.sum::<usize>()
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

/// Returns the advisories that affect each version, in ascending order, by the
/// version's id.
fn affecting(advisories: &[Arc<Advisory>]) -> HashMap<i32, Vec<usize>> {
    let mut affecting: HashMap<i32, Vec<usize>> = HashMap::new();
    for (index, advisory) in advisories.iter().enumerate() {
        for &version in &advisory.row.affected_versions.0 {
            affecting.entry(version).or_default().push(index);
        }
    }
    affecting
}

fn links(
    versions: &[Release],
    advisories: &[Arc<Advisory>],
    affected: Vec<Vec<usize>>,
) -> Vec<Links> {
    let both = advisories.iter().zip(affected);
    let links = both.map(|(advisory, affected)| {
        let releases = versions.iter().enumerate();
        let releases = releases.map(|(index, release)| fix::Release {
            version: &release.version,
            published_at: release.published_at,
            is_yanked: release.is_yanked,
            is_affected: affected.binary_search(&index).is_ok(),
        });
        let is_twin = |(_, other): &(usize, &Arc<Advisory>)| {
            !Arc::ptr_eq(other, advisory) && other.is_live() && other.shares_alias_with(advisory)
        };
        let twins = advisories.iter().enumerate().filter(is_twin);
        Links {
            fixed: fix::first_release(&range::patched(&advisory.ranges), releases),
            twins: twins.map(|(index, _)| index).collect(),
            affected: affected.into(),
        }
    });
    links.collect()
}

fn default_version(versions: &[Release]) -> Option<usize> {
    let rank = |release: &Release| {
        let is_prerelease = semver_of::is_prerelease(&release.version);
        (release.is_yanked, is_prerelease)
    };
    (0..versions.len()).min_by_key(|&index| (rank(&versions[index]), index))
}
