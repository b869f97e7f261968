//! An advisory.

use super::alert::Alert;
use super::error::Result;
use super::identifier::Identifier;
use super::kind::AdvisoryKind;
use super::krate::Crate;
use super::page::{List, PageArgs, VersionConnection};
use super::range::VersionRange;
use super::severity::Severity;
use super::upgrade::Upgrade;
use super::version::Version;
use crate::catalog::{self, Availability, Dossier};
use crate::domain::source_file::{Page, url};
use crate::domain::{identifier, range};
use crate::entity::advisory::CRATES;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use semver::VersionReq;
use std::sync::Arc;
use time::Date;

/// An advisory, with the crate it is on.
pub(super) struct Advisory {
    advisory: Arc<catalog::Advisory>,
    /// The crate; `None` for the Rust toolchain.
    dossier: Option<Arc<Dossier>>,
}

/// The part of RustSec's database that an advisory belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Collection {
    /// Crates on crates.io.
    Crates,
    /// The Rust toolchain: `std`, `cargo`, `rustdoc`. Never listed on a crate.
    Rust,
}

/// A function that an advisory names (RustSec `affected.functions`).
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct AffectedFunction {
    /// The path of the function, starting with the crate's name. May contain
    /// generics.
    path: String,
    /// The versions in which the function is affected.
    versions: Vec<VersionRange>,
}

impl Advisory {
    pub(super) fn new(advisory: Arc<catalog::Advisory>, dossier: Option<Arc<Dossier>>) -> Self {
        Self { advisory, dossier }
    }

    pub(super) fn on(dossier: &Arc<Dossier>, advisory: &Arc<catalog::Advisory>) -> Self {
        Self::new(advisory.clone(), Some(dossier.clone()))
    }

    /// Returns the version to judge, or `None` if there is none to choose.
    fn choose(&self, num: Option<String>) -> Result<Option<Version>> {
        match &self.dossier {
            Some(dossier) => Version::choose(dossier, num),
            None => Version::choose(&Arc::new(Dossier::unknown(String::new())), num),
        }
    }
}

/// An advisory of the RustSec advisory database.
#[Object(serial)]
impl Advisory {
    /// RustSec's id, such as `RUSTSEC-2024-0357`. Advisories that have not been
    /// assigned a number yet share `RUSTSEC-0000-0000`.
    async fn id(&self) -> ID {
        ID(self.advisory.row.advisory_id.clone())
    }

    /// The title, one line of Markdown.
    async fn title(&self) -> &str {
        &self.advisory.row.title
    }

    /// The kind of the advisory.
    async fn kind(&self) -> AdvisoryKind {
        self.advisory.kind.into()
    }

    /// RustSec's word for the kind. Tells unknown kinds (`OTHER`) apart.
    async fn kind_name(&self) -> &str {
        let other = || {
            self.advisory
                .row
                .informational
                .as_deref()
                .unwrap_or_default()
        };
        self.advisory.kind.word().unwrap_or_else(other)
    }

    /// True if the advisory counts in a verdict: it is not withdrawn, and
    /// changing the version fixes it (malicious, vulnerability or unsound).
    async fn is_counted(&self) -> bool {
        self.advisory.is_counted()
    }

    /// The prominence that the advisory deserves, by its kind and CVSS rating.
    /// `NONE` if it is withdrawn.
    async fn alert(&self) -> Alert {
        self.advisory.alert().into()
    }

    /// The part of RustSec's database that the advisory belongs to.
    async fn collection(&self) -> Collection {
        match self.advisory.row.collection.as_str() {
            CRATES => Collection::Crates,
            _ => Collection::Rust,
        }
    }

    /// The affected package.
    async fn package(&self) -> &str {
        &self.advisory.row.package
    }

    /// The affected crate. Null for the Rust toolchain.
    #[graphql(name = "crate")]
    async fn krate(&self) -> Option<Crate> {
        self.dossier.clone().map(Crate)
    }

    /// The date of disclosure.
    async fn date(&self) -> Date {
        self.advisory.row.date
    }

    /// The date on which RustSec withdrew the advisory. Null if it is live.
    async fn withdrawn(&self) -> Option<Date> {
        self.advisory.row.withdrawn
    }

    /// The description, in Markdown. Untrusted: sanitise it before showing it.
    async fn description(&self) -> &str {
        &self.advisory.row.description
    }

    /// The severity. Null if the advisory has no CVSS vector.
    async fn severity(&self) -> Option<Severity<'_>> {
        self.advisory.severity.as_ref().map(Severity)
    }

    /// The affected ranges: everything that is neither patched nor unaffected,
    /// oldest first.
    async fn affected_ranges(&self) -> Vec<VersionRange> {
        range::affected(&self.advisory.ranges)
            .into_iter()
            .map(VersionRange::from)
            .collect()
    }

    /// The ranges that have the fix, oldest first. Empty if no fix is known.
    async fn patched(&self) -> Vec<VersionRange> {
        let mut patched: Vec<&VersionReq> = self.advisory.ranges.patched().iter().collect();
        patched.sort_by_cached_key(|requirement| range::start(requirement));
        patched.into_iter().map(VersionRange::of).collect()
    }

    /// The first release with the fix: of the published releases in a patched
    /// range that are stable and not yanked, the one published first. Null if
    /// there is none, or if the index does not have the publication time of
    /// each.
    async fn fixed_release(&self) -> Option<Version> {
        let dossier = self.dossier.as_ref()?;
        let index = dossier.fixed_by(&self.advisory)?;
        Some(Version::published(dossier, index))
    }

    /// The ranges that were never affected.
    async fn unaffected(&self) -> Vec<VersionRange> {
        self.advisory
            .ranges
            .unaffected()
            .iter()
            .map(VersionRange::of)
            .collect()
    }

    /// True if the version is in an affected range, even if the version is not
    /// published or the advisory is withdrawn. Null if no version is given and
    /// the crate has no default version.
    async fn affects(
        &self,
        #[graphql(desc = "The crate's default version if omitted.")] version: Option<String>,
    ) -> Result<Option<bool>> {
        let version = self.choose(version)?;
        Ok(version.map(|version| self.advisory.ranges.affects(version.semver())))
    }

    /// The upgrade that fixes this advisory, even if other advisories affect
    /// the release. Null if this advisory does not affect the version, if no
    /// version is given and the crate has no default version, or if the crate's
    /// published versions are not known (`availability: UNKNOWN`).
    async fn upgrade(
        &self,
        #[graphql(desc = "The crate's default version if omitted.")] version: Option<String>,
    ) -> Result<Option<Upgrade>> {
        let (Some(dossier), Some(from)) = (&self.dossier, self.choose(version)?) else {
            return Ok(None);
        };
        let is_known = dossier.availability != Availability::Unknown;
        if !is_known || !self.advisory.ranges.affects(from.semver()) {
            return Ok(None);
        }
        let upgrade = dossier.upgrade_for(from.semver(), &self.advisory);
        Ok(Some(Upgrade::new(dossier, upgrade)))
    }

    /// The published versions in the affected ranges, newest first.
    async fn affected_versions(
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
        let none = || Arc::new(Dossier::unknown(String::new()));
        let dossier = self.dossier.clone().unwrap_or_else(none);
        let affected = List::Some(dossier.affected_by(&self.advisory));
        let args = PageArgs {
            first,
            after,
            last,
            before,
        };
        VersionConnection::new(ctx, dossier, affected, &args)
    }

    /// The affected functions, sorted by path.
    async fn functions(&self) -> Vec<AffectedFunction> {
        let functions = self.advisory.row.functions.0.iter().map(|function| {
            let requirements = function.versions.iter();
            let requirements = requirements.filter_map(|req| VersionReq::parse(req).ok());
            AffectedFunction {
                path: function.path.clone(),
                versions: requirements.map(|req| VersionRange::of(&req)).collect(),
            }
        });
        functions.collect()
    }

    /// The affected operating systems (`target_os`). Empty if not limited.
    async fn os(&self) -> &[String] {
        &self.advisory.row.os.0
    }

    /// The affected processor architectures (`target_arch`). Empty if not
    /// limited.
    async fn arch(&self) -> &[String] {
        &self.advisory.row.arch.0
    }

    /// The identifiers of the same issue in other databases.
    async fn aliases(&self) -> Vec<Identifier> {
        let aliases = self.advisory.row.aliases.0.iter();
        aliases.map(Identifier::from).collect()
    }

    /// The other live advisories on the crate that share an alias with this
    /// one. They describe the same fault under another id.
    async fn twins(&self) -> Vec<Advisory> {
        let Some(dossier) = &self.dossier else {
            return Vec::new();
        };
        let twins = dossier.twins_of(&self.advisory);
        twins.map(|twin| Self::on(dossier, twin)).collect()
    }

    /// Related advisories and pages.
    async fn related(&self) -> Vec<Identifier> {
        let related = self.advisory.row.related.0.iter();
        related.map(Identifier::from).collect()
    }

    /// The URLs of further information.
    async fn references(&self) -> &[String] {
        &self.advisory.row.references.0
    }

    /// RustSec's categories, such as `memory-corruption`.
    async fn categories(&self) -> &[String] {
        &self.advisory.row.categories.0
    }

    /// The advisory's own keywords.
    async fn keywords(&self) -> &[String] {
        &self.advisory.row.keywords.0
    }

    /// The licence of the text, as an SPDX expression. Any but `CC0-1.0`
    /// requires attribution.
    async fn license(&self) -> &str {
        &self.advisory.row.license
    }

    /// The URL of the announcement or the discussion (RustSec `url`).
    async fn url(&self) -> Option<&str> {
        self.advisory.row.url.as_deref()
    }

    /// The advisory's page at rustsec.org. Null for advisories on the
    /// toolchain, and for those without a number.
    async fn rustsec_url(&self) -> Option<String> {
        identifier::rustsec_url(&self.advisory.row.advisory_id)
    }

    /// The advisory's file in RustSec's advisory-db.
    async fn source_url(&self) -> String {
        url(Page::Text, &self.advisory.row.source_path)
    }

    /// The history of that file, which tells why an advisory was withdrawn.
    async fn history_url(&self) -> String {
        url(Page::History, &self.advisory.row.source_path)
    }

    /// The page for proposing a change to that file.
    async fn edit_url(&self) -> String {
        url(Page::Edit, &self.advisory.row.source_path)
    }
}
