//! A version of a crate.

use super::advisory::Advisory;
use super::dossier::{Availability, Dossier, Release};
use super::error::{Error, Result};
use super::upgrade::Upgrade;
use crate::domain::version;
use async_graphql::Object;
use std::sync::Arc;
use time::OffsetDateTime;

/// A version of a crate, published or not.
pub(super) struct Version {
    pub(super) dossier: Arc<Dossier>,
    pub(super) version: semver::Version,
    /// Its place in the crate's list. `None`: it is not published.
    index: Option<usize>,
}

impl Version {
    /// The version of that number, or without one the crate's default version.
    pub(super) fn choose(dossier: &Arc<Dossier>, num: Option<String>) -> Result<Option<Self>> {
        let Some(num) = num else {
            let index = dossier.default_version();
            return Ok(index.map(|index| Self::published(dossier, index)));
        };
        let version = version::parse(&num).ok_or(Error::BadVersion(num))?;
        Ok(Some(Self {
            index: dossier.position(&version),
            dossier: dossier.clone(),
            version,
        }))
    }

    /// A published version, by its place in the crate's list.
    pub(super) fn published(dossier: &Arc<Dossier>, index: usize) -> Self {
        Self {
            dossier: dossier.clone(),
            version: dossier.versions[index].version.clone(),
            index: Some(index),
        }
    }

    fn release(&self) -> Option<&Release> {
        self.index.map(|index| &self.dossier.versions[index])
    }

    fn affecting_count(&self) -> usize {
        match self.index {
            Some(index) => self.dossier.versions[index].affecting_count,
            None => {
                let affecting = self.dossier.affecting(&self.version, None);
                affecting
                    .iter()
                    .filter(|advisory| advisory.is_counted())
                    .count()
            }
        }
    }
}

/// A version of a crate. A valid version that is not published is judged all
/// the same.
#[Object]
impl Version {
    /// The version, build metadata included.
    async fn num(&self) -> String {
        self.version.to_string()
    }

    /// Whether it is in the crate's list of published versions.
    async fn is_published(&self) -> bool {
        self.release().is_some()
    }

    /// Whether it was yanked: cargo does not choose it anew.
    async fn is_yanked(&self) -> bool {
        self.release().is_some_and(|release| release.row.is_yanked)
    }

    /// Whether it is a pre-release, such as `1.0.0-beta.1`.
    async fn is_prerelease(&self) -> bool {
        version::is_prerelease(&self.version)
    }

    /// When it was published. Null when the index does not say.
    async fn published_at(&self) -> Option<OffsetDateTime> {
        self.release()?.row.published_at
    }

    /// The live advisories of any kind that affect it, worst first.
    async fn advisories(&self) -> Vec<Advisory> {
        let affecting = self.dossier.affecting(&self.version, self.index);
        affecting
            .iter()
            .map(|facts| Advisory::on(&self.dossier, facts))
            .collect()
    }

    /// How many counted advisories affect it: malicious, vulnerability and
    /// unsound, live. Zero: by RustSec's data it is not affected.
    #[graphql(name = "affectingCount")]
    async fn affecting(&self) -> usize {
        self.affecting_count()
    }

    /// The way out of all counted advisories that affect it. Null when none
    /// does, and when the crate's published versions are not known
    /// (`availability: UNKNOWN`).
    async fn upgrade(&self) -> Option<Upgrade> {
        if self.affecting_count() == 0 || self.dossier.availability == Availability::Unknown {
            return None;
        }
        let upgrade = self.dossier.upgrade(&self.version);
        Some(Upgrade::new(&self.dossier, upgrade))
    }
}
