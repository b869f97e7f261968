//! `advisories`: every advisory of RustSec's database, field by field, and the
//! published versions that it affects.

use super::list::{FunctionList, KeyList, TextList};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder};

/// An advisory as in its file, and the versions that it affects.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "advisories")]
pub struct Model {
    /// The key, assigned by the sync.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Its file in the advisory-db, such as
    /// `crates/openssl/RUSTSEC-2023-0024.md`.
    #[sea_orm(unique)]
    pub source_path: String,
    /// The fingerprint (`sync/parse/derivation.rs`) of the file as it was read.
    pub source_hash: String,
    /// RustSec `id`. Not unique: advisories without a number share a placeholder.
    pub advisory_id: String,
    /// The folder of the file: `crates`, or `rust` for the toolchain.
    pub collection: String,
    /// RustSec `package`.
    pub package: String,
    /// The crate. `None` in the collection `rust`, whose packages are not crates.
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
    /// RustSec `cvss`, a vector.
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
    /// The keys of the published versions that it affects, judged by `rustsec`
    /// during the sync.
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
    /// Selects the advisories on these crates, by path, because those without a
    /// number share an id and often a date.
    #[must_use]
    pub fn of_crates(crate_ids: &[i32]) -> Select<Self> {
        Self::find()
            .filter(Column::CrateId.is_in(crate_ids.iter().copied()))
            .order_by_asc(Column::SourcePath)
    }

    /// Selects the advisories with these ids, in either collection.
    #[must_use]
    pub fn with_advisory_ids<'a>(ids: impl Iterator<Item = &'a str>) -> Select<Self> {
        Self::find()
            .filter(Column::AdvisoryId.is_in(ids))
            .order_by_asc(Column::SourcePath)
    }
}
