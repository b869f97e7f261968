//! A version requirement on a crate.

use super::error::{Error, Result};
use super::upgrade::Upgrade;
use super::version::Version;
use crate::catalog::{Dossier, View};
use crate::domain::crate_name::CrateName;
use crate::domain::requirement::{self, Matches};
use async_graphql::{InputObject, Object};
use semver::VersionReq;
use std::collections::hash_map::{Entry, HashMap};
use std::sync::Arc;

/// The maximum number of requirements in a list: several times the dependencies of a
/// large crate.
pub const MAX_REQUIREMENTS: usize = 300;

/// A requirement on a crate.
#[derive(InputObject)]
pub(super) struct RequirementInput {
    /// The name of the crate.
    #[graphql(name = "crate")]
    krate: String,
    /// The requirement as in `Cargo.toml`, such as `^1.2`.
    req: String,
}

/// A version requirement on a crate, with the releases that it allows.
pub(super) struct Requirement {
    dossier: Arc<Dossier>,
    req: VersionReq,
    matches: Matches,
}

impl Requirement {
    /// Parses a requirement as a user typed it.
    pub(super) fn parse(dossier: &Arc<Dossier>, req: String) -> Result<Self> {
        let parsed = requirement::parse(&req).ok_or(Error::BadRequirement(req))?;
        Ok(Self::new(dossier.clone(), parsed))
    }

    /// Resolves requirements in their order. An item is `None` if Cargo would not
    /// accept the requirement or crates.io would not accept the name.
    pub(super) async fn list(view: &View, on: &[RequirementInput]) -> Result<Vec<Option<Self>>> {
        if on.len() > MAX_REQUIREMENTS {
            return Err(Error::TooManyRequirements);
        }
        // The cache may evict a crate between two items.
        let mut dossiers = HashMap::new();
        let mut requirements = Vec::with_capacity(on.len());
        for RequirementInput { krate, req } in on {
            let (Some(name), Some(req)) = (CrateName::parse(krate), requirement::parse(req)) else {
                requirements.push(None);
                continue;
            };
            let dossier = match dossiers.entry(name.lookup()) {
                Entry::Occupied(read) => Arc::clone(read.get()),
                Entry::Vacant(place) => place.insert(view.krate(&name).await?).clone(),
            };
            requirements.push(Some(Self::new(dossier, req)));
        }
        Ok(requirements)
    }

    fn new(dossier: Arc<Dossier>, req: VersionReq) -> Self {
        Self {
            matches: dossier.resolve(&req),
            dossier,
            req,
        }
    }

    fn version(&self, index: usize) -> Version {
        Version::published(&self.dossier, index)
    }
}

/// A version requirement on a crate, matched as Cargo matches it.
#[Object(serial)]
impl Requirement {
    /// The requirement as Cargo prints it.
    async fn req(&self) -> String {
        self.req.to_string()
    }

    /// The number of matching releases: published, not yanked, and matched by
    /// Cargo's rule.
    async fn matching(&self) -> usize {
        self.matches.matching
    }

    /// The number of matching releases that a counted advisory affects.
    async fn affected(&self) -> usize {
        self.matches.affected
    }

    /// The number of matching releases that a vulnerability or malicious code
    /// affects.
    async fn vulnerable(&self) -> usize {
        self.matches.vulnerable
    }

    /// The newest matching release: Cargo's choice without a lock file.
    async fn chosen(&self) -> Option<Version> {
        self.matches.chosen.map(|index| self.version(index))
    }

    /// The newest matching release that no counted advisory affects.
    async fn newest_unaffected(&self) -> Option<Version> {
        let index = self.matches.newest_unaffected?;
        Some(self.version(index))
    }

    /// The upgrade from the newest matching release. Null unless every matching
    /// release is affected.
    async fn upgrade(&self) -> Option<Upgrade> {
        let newest = self.matches.chosen?;
        match self.matches.newest_unaffected {
            Some(_) => None,
            None => Upgrade::of(&self.version(newest)),
        }
    }
}
