//! A crate.

use super::advisory::Advisory;
use super::error::Result;
use super::line::ReleaseLine;
use super::page::{List, PageArgs, VersionConnection};
use super::requirement::Requirement;
use super::version::Version;
use crate::catalog::{self, Dossier};
use async_graphql::{Context, Enum, Object};
use std::sync::Arc;

/// Tells if the published versions of a crate are known.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "catalog::Availability")]
pub(super) enum Availability {
    /// The index lists the crate. Its published versions are known.
    Published,
    /// The index does not list the crate because it was deleted from crates.io
    /// (RustSec `expect-deleted`).
    Deleted,
    /// The index has not been read for the crate. Its published versions are
    /// not known.
    Unknown,
}

/// A crate.
pub(super) struct Crate(pub(super) Arc<Dossier>);

/// A crate on crates.io. Any valid name gives a crate, even if nothing is known
/// about it.
#[Object(serial)]
impl Crate {
    /// The crate's name as published. If nothing is known about the crate, the
    /// name as requested.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Tells if the crate's published versions are known.
    async fn availability(&self) -> Availability {
        self.0.availability.into()
    }

    /// The advisories on the crate, worst first: malicious; vulnerabilities by
    /// CVSS score, with unscored ones after those rated High; unsound;
    /// unmaintained; notices. Among equals the newest is first.
    async fn advisories(
        &self,
        #[graphql(
            default = false,
            desc = "Also lists the advisories that RustSec has withdrawn."
        )]
        include_withdrawn: bool,
    ) -> Vec<Advisory> {
        let advisories = self.0.advisories.iter();
        let listed = advisories.filter(|advisory| include_withdrawn || advisory.is_live());
        listed
            .map(|advisory| Advisory::on(&self.0, advisory))
            .collect()
    }

    /// The published versions, newest first by SemVer precedence. Empty unless
    /// `availability` is `PUBLISHED`. A page has 100 versions by default, and
    /// at most 1000.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns up to this many versions, from the newest.")] first: Option<i32>,
        #[graphql(desc = "Returns versions after this cursor, which are older.")] after: Option<
            String,
        >,
        #[graphql(desc = "Returns up to this many versions, from the oldest.")] last: Option<i32>,
        #[graphql(desc = "Returns versions before this cursor, which are newer.")] before: Option<
            String,
        >,
    ) -> Result<VersionConnection> {
        let args = PageArgs {
            first,
            after,
            last,
            before,
        };
        VersionConnection::new(ctx, self.0.clone(), List::All, &args)
    }

    /// A version of the crate. Any valid SemVer version is judged, published or
    /// not. Null only if `num` is omitted and the crate has no default version.
    async fn version(
        &self,
        #[graphql(
            desc = "The version, such as `0.10.8`, with its build metadata. The default version if omitted."
        )]
        num: Option<String>,
    ) -> Result<Option<Version>> {
        Version::choose(&self.0, num)
    }

    /// The version that crates.io shows by default: the newest that is stable
    /// and not yanked; else the newest that is not yanked; else the newest.
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
    /// The releases that a version requirement allows, as Cargo matches it.
    async fn requirement(
        &self,
        #[graphql(
            desc = "As in `Cargo.toml`, such as `^1.2` or `>=1.2, <2`. The error is\n`BAD_REQUIREMENT` for what Cargo would not accept."
        )]
        req: String,
    ) -> Result<Requirement> {
        Requirement::parse(&self.0, req)
    }

    /// The release lines, newest first. A line groups the releases that Cargo
    /// treats as compatible. Lines that have only yanked releases and pre-releases
    /// are left out.
    async fn lines(&self) -> Vec<ReleaseLine> {
        let lines = self.0.lines();
        lines
            .iter()
            .map(|line| ReleaseLine::new(&self.0, line))
            .collect()
    }
}
