//! A version of a crate.

use super::advisory::Advisory;
use super::alert::Alert;
use super::error::{Error, Result};
use super::kind::AdvisoryCounts;
use super::platforms::Platforms;
use super::upgrade::Upgrade;
use crate::catalog::{self, Dossier, Release, Verdict};
use crate::domain::{platforms, version};
use async_graphql::Object;
use std::sync::{Arc, OnceLock};
use time::OffsetDateTime;

/// A version of a crate, published or not.
pub(super) struct Version {
    dossier: Arc<Dossier>,
    which: Which,
}

enum Which {
    /// A published version, by its index in the crate's list.
    Published(usize),
    /// Any other version, judged when it is first needed.
    Unpublished(Box<Unpublished>),
}

struct Unpublished {
    version: semver::Version,
    verdict: OnceLock<Verdict>,
}

impl Version {
    /// Returns the version with this number, or the crate's default version if
    /// there is no number.
    pub(super) fn choose(dossier: &Arc<Dossier>, num: Option<String>) -> Result<Option<Self>> {
        let Some(num) = num else {
            let index = dossier.default_version();
            return Ok(index.map(|index| Self::published(dossier, index)));
        };
        let version = version::parse(&num).ok_or(Error::BadVersion(num))?;
        let which = match dossier.position(&version) {
            Some(index) => Which::Published(index),
            None => Which::Unpublished(Box::new(Unpublished {
                version,
                verdict: OnceLock::new(),
            })),
        };
        Ok(Some(Self {
            dossier: dossier.clone(),
            which,
        }))
    }

    /// Returns a published version, by its index in the crate's list.
    pub(super) fn published(dossier: &Arc<Dossier>, index: usize) -> Self {
        Self {
            dossier: dossier.clone(),
            which: Which::Published(index),
        }
    }

    fn release(&self) -> Option<&Release> {
        match &self.which {
            Which::Published(index) => Some(&self.dossier.versions[*index]),
            Which::Unpublished(_) => None,
        }
    }

    pub(super) fn semver(&self) -> &semver::Version {
        match &self.which {
            Which::Published(index) => &self.dossier.versions[*index].version,
            Which::Unpublished(other) => &other.version,
        }
    }

    pub(super) fn dossier(&self) -> &Arc<Dossier> {
        &self.dossier
    }

    pub(super) fn verdict(&self) -> &Verdict {
        match &self.which {
            Which::Published(index) => &self.dossier.versions[*index].verdict,
            Which::Unpublished(other) => {
                let judge = || self.dossier.judge(&other.version);
                other.verdict.get_or_init(judge)
            }
        }
    }
}

impl Version {
    /// Returns the live advisories of any kind that affect the version, worst
    /// first.
    fn affecting(&self) -> impl Iterator<Item = &Arc<catalog::Advisory>> {
        let affecting = self.verdict().affecting.iter();
        affecting.map(|&index| &self.dossier.advisories[index])
    }
}

/// A version of a crate, published or not.
#[Object(serial)]
impl Version {
    /// The version number, with its build metadata.
    async fn num(&self) -> String {
        self.semver().to_string()
    }

    /// True if the version is in the crate's list of published versions.
    async fn is_published(&self) -> bool {
        self.release().is_some()
    }

    /// True if the version was yanked. Cargo does not choose it for new lock
    /// files.
    async fn is_yanked(&self) -> bool {
        self.release().is_some_and(|release| release.is_yanked)
    }

    /// True if the version is a pre-release, such as `1.0.0-beta.1`.
    async fn is_prerelease(&self) -> bool {
        version::is_prerelease(self.semver())
    }

    /// The time of publication. Null if the index does not have it.
    async fn published_at(&self) -> Option<OffsetDateTime> {
        self.release()?.published_at
    }

    /// The live advisories of any kind that affect the version, worst first.
    async fn advisories(&self) -> Vec<Advisory> {
        self.affecting()
            .map(|advisory| Advisory::on(&self.dossier, advisory))
            .collect()
    }

    /// The number of counted advisories (`isCounted`) that affect the version.
    /// If zero, RustSec does not list the version as affected.
    async fn affecting_count(&self) -> usize {
        self.verdict().counted
    }

    /// The number of live advisories that affect the version, by kind.
    async fn counts(&self) -> AdvisoryCounts {
        self.affecting().map(|advisory| advisory.kind).collect()
    }

    /// The prominence that the verdict deserves: the highest of the advisories
    /// that affect the version.
    async fn alert(&self) -> Alert {
        self.verdict().alert.into()
    }

    /// The platforms that every counted advisory that affects the version is
    /// limited to. Null if none affects it, if one is not limited, or if two
    /// have different limits.
    async fn platforms(&self) -> Option<Platforms> {
        let counted = self.affecting().filter(|advisory| advisory.is_counted());
        let limits = counted.map(|advisory| advisory.platforms());
        platforms::Platforms::shared(limits).map(Platforms::from)
    }

    /// The Rust version that the version declares as its minimum
    /// (`rust_version` in the index). Null if the index does not have it.
    async fn rust_version(&self) -> Option<String> {
        let rust_version = self.release()?.rust_version?;
        Some(rust_version.to_string())
    }

    /// The upgrade that fixes all counted advisories that affect the version.
    /// Null if none affects it, or if the crate's published versions are not
    /// known (`availability: UNKNOWN`).
    async fn upgrade(&self) -> Option<Upgrade> {
        Upgrade::of(self)
    }
}
