//! A crate.

use super::advisory::Advisory;
use super::error::Result;
use super::page::{List, PageArgs, VersionConnection};
use super::version::Version;
use crate::catalog::{self, Dossier};
use async_graphql::{Context, Enum, Object};
use std::sync::Arc;

/// Whether the published versions of a crate are known.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "catalog::Availability")]
pub(super) enum Availability {
    /// The index lists the crate, so its published versions are known.
    Published,
    /// The index does not list it, and RustSec expects that: the crate was
    /// deleted from crates.io (RustSec `expect-deleted`).
    Deleted,
    /// No index file of the crate was read; nothing is claimed about its versions.
    Unknown,
}

/// A crate.
pub(super) struct Crate(pub(super) Arc<Dossier>);

/// A crate on crates.io, by a name that it could have there.
#[Object(serial)]
impl Crate {
    /// Its name as it was published; as it was asked for when nothing is known
    /// of the crate.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether its published versions are known.
    async fn availability(&self) -> Availability {
        self.0.availability.into()
    }

    /// The advisories on it, worst first: malicious ones; vulnerabilities by
    /// CVSS score, unscored ones after those scored High and above; unsound;
    /// unmaintained; notices; the newest first among equals.
    async fn advisories(
        &self,
        #[graphql(
            default = false,
            desc = "Whether to list those that RustSec has withdrawn."
        )]
        include_withdrawn: bool,
    ) -> Vec<Advisory> {
        let advisories = self.0.advisories.iter();
        let listed = advisories.filter(|advisory| include_withdrawn || advisory.is_live());
        listed
            .map(|advisory| Advisory::on(&self.0, advisory))
            .collect()
    }

    /// Its published versions, newest first by semver precedence. Empty unless
    /// `availability` is `PUBLISHED`. A page has 100 versions unless told, and
    /// at most 1000.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The size of the page, from the newest on.")] first: Option<i32>,
        #[graphql(desc = "Only versions after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The size of the page, from the oldest back.")] last: Option<i32>,
        #[graphql(desc = "Only versions before this cursor: newer ones.")] before: Option<String>,
    ) -> Result<VersionConnection> {
        let args = PageArgs {
            first,
            after,
            last,
            before,
        };
        VersionConnection::new(ctx, self.0.clone(), List::All, &args)
    }

    /// A version, published or not: any valid semver version is judged. Without
    /// `num` the default version, which is null when there is none.
    async fn version(
        &self,
        #[graphql(desc = "Such as `0.10.8`; build metadata counts.")] num: Option<String>,
    ) -> Result<Option<Version>> {
        Version::choose(&self.0, num)
    }

    /// The version that crates.io shows when none is chosen: the newest that is
    /// stable and not yanked; where there is none, the newest that is at least
    /// not yanked; else the newest.
    async fn default_version(&self) -> Option<Version> {
        self.0
            .default_version()
            .map(|index| Version::published(&self.0, index))
    }

    /// The newest published version that a counted advisory affects.
    async fn last_affected_version(&self) -> Option<Version> {
        let index = self.0.last_affected_version()?;
        Some(Version::published(&self.0, index))
    }
}
