//! The way out of an affected version.

use super::version::Version;
use crate::catalog::Dossier;
use crate::domain::upgrade::{self, Side};
use async_graphql::SimpleObject;
use std::sync::Arc;

/// The nearest published release that is not affected. Never a yanked one, except
/// for `yanked`; a pre-release only for a version that is one. At most one of
/// `compatible`, `breaking` and `previous` is set; none: no fixed release is
/// published.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Upgrade {
    /// A newer release that cargo's default requirement lets in.
    compatible: Option<Version>,
    /// A newer release beyond that; no compatible one is free.
    breaking: Option<Version>,
    /// An older release; no newer one is free.
    previous: Option<Version>,
    /// The nearest newer release that no counted advisory affects, on the same side
    /// (compatible or breaking) as the recommended one, that needs no newer Rust
    /// than the version does. Set only when the recommended release is known to
    /// need a newer Rust. Never set for a single advisory.
    without_newer_rust: Option<Version>,
    /// Where no compatible release is free of all: the compatible newer release that
    /// the fewest counted advisories affect, the nearest of equals, if they are
    /// fewer than affect the version. Never set for a single advisory.
    improvement: Option<Version>,
    /// Where no other release is free: the nearest one that is, though it was
    /// yanked.
    yanked: Option<Version>,
}

impl Upgrade {
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
