//! The upgrade from an affected version.

use super::version::Version;
use crate::catalog::{Availability, Dossier};
use crate::domain::upgrade::{self, Side};
use async_graphql::SimpleObject;
use std::sync::Arc;

/// The nearest published release that is not affected. Never a yanked one,
/// except for `yanked`, and a pre-release only if the version is one. At most
/// one of `compatible`, `breaking` and `previous` is set. If none is, no fixed
/// release is published.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Upgrade {
    /// A newer release that Cargo's default requirement allows.
    compatible: Option<Version>,
    /// A newer, semver-incompatible release. Set only if no compatible release
    /// is unaffected.
    breaking: Option<Version>,
    /// An older release. Set only if no newer release is unaffected.
    previous: Option<Version>,
    /// The nearest newer release that no counted advisory affects and that does
    /// not need a newer Rust than the version. Compatible or breaking like the
    /// recommended release. Set only if that is known to need a newer Rust.
    /// Never set for a single advisory.
    without_newer_rust: Option<Version>,
    /// The compatible newer release that the fewest counted advisories affect;
    /// among equals the nearest. Set only if every compatible release is
    /// affected, and this one by fewer advisories than the version. Never set
    /// for a single advisory.
    improvement: Option<Version>,
    /// The nearest yanked release that is not affected. Set only if no other
    /// release is unaffected.
    yanked: Option<Version>,
}

impl Upgrade {
    /// Returns the upgrade from all counted advisories that affect a version.
    /// Returns `None` if none does, or if the crate's published versions are not
    /// known.
    pub(super) fn of(version: &Version) -> Option<Self> {
        let (dossier, verdict) = (version.dossier(), version.verdict());
        if verdict.counted == 0 || dossier.availability == Availability::Unknown {
            return None;
        }
        let upgrade = dossier.upgrade(version.semver(), verdict);
        Some(Self::new(dossier, upgrade))
    }

    pub(super) fn new(dossier: &Arc<Dossier>, upgrade: upgrade::Upgrade) -> Self {
        let upgrade::Upgrade {
            recommended,
            without_newer_rust,
            improvement,
            yanked,
        } = upgrade;
        let version = |index| Version::published(dossier, index);
        let on = |wanted: Side| {
            let (_, index) = recommended.filter(|(side, _)| *side == wanted)?;
            Some(version(index))
        };
        Self {
            compatible: on(Side::Compatible),
            breaking: on(Side::Breaking),
            previous: on(Side::Previous),
            without_newer_rust: without_newer_rust.map(version),
            improvement: improvement.map(version),
            yanked: yanked.map(version),
        }
    }
}
