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
    /// `None`: it is on the Rust toolchain.
    dossier: Option<Arc<Dossier>>,
}

/// The part of RustSec's database that an advisory belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum Collection {
    /// Crates on crates.io.
    Crates,
    /// The Rust toolchain: `std`, `cargo`, `rustdoc`. Never shown on a crate.
    Rust,
}

/// A function that an advisory names (RustSec `affected.functions`).
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct AffectedFunction {
    /// Its path, beginning with the crate's name; may hold generics.
    path: String,
    /// The versions in which it is affected.
    versions: Vec<VersionRange>,
}

impl Advisory {
    pub(super) fn new(advisory: Arc<catalog::Advisory>, dossier: Option<Arc<Dossier>>) -> Self {
        Self { advisory, dossier }
    }

    pub(super) fn on(dossier: &Arc<Dossier>, advisory: &Arc<catalog::Advisory>) -> Self {
        Self::new(advisory.clone(), Some(dossier.clone()))
    }

    /// The version to judge; `None` when there is none to choose.
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
    /// RustSec's id, such as `RUSTSEC-2024-0357`. Advisories that wait for their
    /// number share `RUSTSEC-0000-0000`.
    async fn id(&self) -> ID {
        ID(self.advisory.row.advisory_id.clone())
    }

    /// A line that says what is wrong, in Markdown.
    async fn title(&self) -> &str {
        &self.advisory.row.title
    }

    /// What it is about.
    async fn kind(&self) -> AdvisoryKind {
        self.advisory.kind.into()
    }

    /// RustSec's own word for the kind, also for `OTHER`.
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

    /// Whether it counts in a verdict: live, and of a kind that a change of
    /// version cures (malicious, vulnerability, unsound).
    async fn is_counted(&self) -> bool {
        self.advisory.is_counted()
    }

    /// How prominently it deserves to be shown, by its kind and its CVSS rating. A
    /// withdrawn one: `NONE`.
    async fn alert(&self) -> Alert {
        self.advisory.alert().into()
    }

    /// The part of RustSec's database it belongs to.
    async fn collection(&self) -> Collection {
        match self.advisory.row.collection.as_str() {
            CRATES => Collection::Crates,
            _ => Collection::Rust,
        }
    }

    /// The package it is on.
    async fn package(&self) -> &str {
        &self.advisory.row.package
    }

    /// The crate it is on. Null for the Rust toolchain.
    #[graphql(name = "crate")]
    async fn krate(&self) -> Option<Crate> {
        self.dossier.clone().map(Crate)
    }

    /// The day of disclosure.
    async fn date(&self) -> Date {
        self.advisory.row.date
    }

    /// The day on which RustSec withdrew it. Null: it is live.
    async fn withdrawn(&self) -> Option<Date> {
        self.advisory.row.withdrawn
    }

    /// What is wrong, in Markdown. Unsafe to show as it is.
    async fn description(&self) -> &str {
        &self.advisory.row.description
    }

    /// How severe it is. Null: RustSec has no CVSS vector for it.
    async fn severity(&self) -> Option<Severity> {
        self.advisory.severity.as_ref().map(Severity::from)
    }

    /// The ranges that are affected: all that is neither patched nor unaffected,
    /// oldest first.
    async fn affected_ranges(&self) -> Vec<VersionRange> {
        range::affected(&self.advisory.ranges)
            .into_iter()
            .map(VersionRange::from)
            .collect()
    }

    /// The ranges that are fixed. Empty: no fixed release is known.
    async fn patched(&self) -> Vec<VersionRange> {
        self.advisory
            .ranges
            .patched()
            .iter()
            .map(VersionRange::of)
            .collect()
    }

    /// The release that brought the fix: of the published, stable, not yanked
    /// releases that are patched, the one published first. Null when there is
    /// none, and when the index does not say when each of them was published.
    async fn fixed_release(&self) -> Option<Version> {
        let dossier = self.dossier.as_ref()?;
        let index = dossier.fixed_by(&self.advisory)?;
        Some(Version::published(dossier, index))
    }

    /// The ranges that never had the fault.
    async fn unaffected(&self) -> Vec<VersionRange> {
        self.advisory
            .ranges
            .unaffected()
            .iter()
            .map(VersionRange::of)
            .collect()
    }

    /// Whether its ranges hold a version, published or not, also when it is
    /// withdrawn. Null when no version is given and the crate has no default
    /// version.
    async fn affects(
        &self,
        #[graphql(desc = "Without it: the crate's default version.")] version: Option<String>,
    ) -> Result<Option<bool>> {
        let version = self.choose(version)?;
        Ok(version.map(|version| self.advisory.ranges.affects(version.semver())))
    }

    /// The way out of this advisory alone. Null when its ranges do not hold the
    /// version, when there is no version to judge, and when the crate's
    /// published versions are not known (`availability: UNKNOWN`).
    async fn upgrade(
        &self,
        #[graphql(desc = "Without it: the crate's default version.")] version: Option<String>,
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

    /// The published versions that its ranges hold, newest first.
    async fn affected_versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The size of the page, from the newest on.")] first: Option<i32>,
        #[graphql(desc = "Only versions after this cursor: older ones.")] after: Option<String>,
        #[graphql(desc = "The size of the page, from the oldest back.")] last: Option<i32>,
        #[graphql(desc = "Only versions before this cursor: newer ones.")] before: Option<String>,
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

    /// The functions it names, by path.
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

    /// The operating systems it is limited to. Empty: any.
    async fn os(&self) -> &[String] {
        &self.advisory.row.os.0
    }

    /// The processor architectures it is limited to. Empty: any.
    async fn arch(&self) -> &[String] {
        &self.advisory.row.arch.0
    }

    /// What other databases call it.
    async fn aliases(&self) -> Vec<Identifier> {
        let aliases = self.advisory.row.aliases.0.iter();
        aliases.map(Identifier::from).collect()
    }

    /// The other live advisories on the same crate that share an alias with it:
    /// several ids for one fault.
    async fn twins(&self) -> Vec<Advisory> {
        let Some(dossier) = &self.dossier else {
            return Vec::new();
        };
        let twins = dossier.twins_of(&self.advisory);
        twins.map(|twin| Self::on(dossier, twin)).collect()
    }

    /// Advisories and pages that have to do with it.
    async fn related(&self) -> Vec<Identifier> {
        let related = self.advisory.row.related.0.iter();
        related.map(Identifier::from).collect()
    }

    /// Pages with more about it.
    async fn references(&self) -> &[String] {
        &self.advisory.row.references.0
    }

    /// RustSec's categories, such as `memory-corruption`.
    async fn categories(&self) -> &[String] {
        &self.advisory.row.categories.0
    }

    /// Free words that describe it.
    async fn keywords(&self) -> &[String] {
        &self.advisory.row.keywords.0
    }

    /// The licence of its text, an SPDX expression. Any but `CC0-1.0` asks for
    /// attribution.
    async fn license(&self) -> &str {
        &self.advisory.row.license
    }

    /// Where it was announced or is discussed (RustSec `url`).
    async fn url(&self) -> Option<&str> {
        self.advisory.row.url.as_deref()
    }

    /// Its page at rustsec.org. Null for advisories on the toolchain and for
    /// those not numbered yet.
    async fn rustsec_url(&self) -> Option<String> {
        identifier::rustsec_url(&self.advisory.row.advisory_id)
    }

    /// Its file in RustSec's advisory-db.
    async fn source_url(&self) -> String {
        url(Page::Text, &self.advisory.row.source_path)
    }

    /// The changes made to that file, which tell why an advisory was withdrawn.
    async fn history_url(&self) -> String {
        url(Page::History, &self.advisory.row.source_path)
    }

    /// The page on which a change to that file can be proposed.
    async fn edit_url(&self) -> String {
        url(Page::Edit, &self.advisory.row.source_path)
    }
}
