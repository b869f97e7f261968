//! `advisories`: every advisory of RustSec's database, field by field, with the
//! published versions that it affects.

use super::list::{FunctionList, KeyList, TextList};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder};

/// An advisory, as its file has it, and the verdicts that follow from it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "advisories")]
pub struct Model {
    /// Handed out by the sync.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Its file in the advisory-db: `crates/openssl/RUSTSEC-2023-0024.md`.
    #[sea_orm(unique)]
    pub source_path: String,
    /// The fingerprint (`sync/parse/derivation.rs`) of the file as it was read.
    pub source_hash: String,
    /// RustSec `id`. Not unique: placeholders wait for their number.
    pub advisory_id: String,
    /// The folder it lies in: `crates`, or `rust` for the toolchain.
    pub collection: String,
    /// RustSec `package`.
    pub package: String,
    /// The crate. `None` in the collection `rust`: a tool is not a crate.
    pub crate_id: Option<i32>,
    /// The first heading of the file, in Markdown.
    pub title: String,
    /// The rest of the file, in Markdown.
    pub description: String,
    /// RustSec `date`: the day of disclosure.
    pub date: TimeDate,
    /// RustSec `withdrawn`.
    pub withdrawn: Option<TimeDate>,
    /// RustSec `informational`.
    pub informational: Option<String>,
    /// RustSec `cvss`: a vector.
    pub cvss: Option<String>,
    /// RustSec `url`.
    pub url: Option<String>,
    /// RustSec `license`, an SPDX expression.
    pub license: String,
    /// RustSec `expect-deleted`: the crate is expected to be gone from crates.io.
    pub expect_deleted: bool,
    /// RustSec `versions.patched`.
    pub patched: TextList,
    /// RustSec `versions.unaffected`.
    pub unaffected: TextList,
    /// RustSec `affected.functions`.
    pub functions: FunctionList,
    /// RustSec `affected.os`.
    pub os: TextList,
    /// RustSec `affected.arch`.
    pub arch: TextList,
    /// RustSec `aliases`.
    pub aliases: TextList,
    /// RustSec `related`.
    pub related: TextList,
    /// RustSec `references`.
    pub references: TextList,
    /// RustSec `categories`.
    pub categories: TextList,
    /// RustSec `keywords`.
    pub keywords: TextList,
    /// The keys of the published versions that it affects, judged by `rustsec` at
    /// sync.
    pub affected_versions: KeyList,
    /// The crate.
    #[sea_orm(belongs_to, from = "crate_id", to = "id")]
    pub krate: BelongsTo<Option<super::krate::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The collection of advisories on crates (RustSec `crates/`).
pub const CRATES: &str = "crates";
/// The collection of advisories on the Rust toolchain (RustSec `rust/`).
pub const RUST: &str = "rust";

impl Entity {
    /// The advisories that name these crates, by path: those that wait for their
    /// numbers have the same id and often the same date.
    #[must_use]
    pub fn of_crates(crate_ids: &[i32]) -> Select<Self> {
        Self::find()
            .filter(Column::CrateId.is_in(crate_ids.iter().copied()))
            .order_by_asc(Column::SourcePath)
    }

    /// The advisories with these ids, in either collection.
    #[must_use]
    pub fn with_advisory_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Select<Self> {
        Self::find()
            .filter(Column::AdvisoryId.is_in(ids))
            .order_by_asc(Column::SourcePath)
    }
}
