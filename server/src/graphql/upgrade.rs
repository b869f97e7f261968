//! The way out of an affected version.

use super::version::Version;
use crate::catalog::Dossier;
use crate::domain::upgrade;
use async_graphql::SimpleObject;
use std::sync::Arc;

/// The nearest published release that is not affected. Never a yanked one; a
/// pre-release only for somebody who is on one. At most one field is set; none:
/// no fixed release is published.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Upgrade {
    /// A newer release that cargo's default requirement lets in.
    compatible: Option<Version>,
    /// A newer release beyond that; no compatible one is free.
    breaking: Option<Version>,
    /// An older release; no newer one is free.
    previous: Option<Version>,
}

impl Upgrade {
    pub(super) fn new(dossier: &Arc<Dossier>, upgrade: upgrade::Upgrade) -> Self {
        let version = |index| Some(Version::published(dossier, index));
        let mut fields = Self {
            compatible: None,
            breaking: None,
            previous: None,
        };
        match upgrade {
            upgrade::Upgrade::Compatible(index) => fields.compatible = version(index),
            upgrade::Upgrade::Breaking(index) => fields.breaking = version(index),
            upgrade::Upgrade::Previous(index) => fields.previous = version(index),
            upgrade::Upgrade::None => {}
        }
        fields
    }
}
