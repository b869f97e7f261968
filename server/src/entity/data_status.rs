//! `data_status`: one row that tells what the last good sync read.

use sea_orm::entity::prelude::*;

/// The key of the only row.
pub const ONLY_ROW: i32 = 1;

/// What the database holds and since when.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_status")]
pub struct Model {
    /// [`ONLY_ROW`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Grows by one with every sync that changed anything; caches key on it.
    pub revision: i32,
    /// A random id of this revision of this database: another database has other ids.
    /// Unknown where a release without it did the first sync.
    pub revision_id: Option<String>,
    /// Where the advisories come from.
    pub source: Source,
    /// The commit of the advisory-db, where the source has commits.
    pub commit: Option<String>,
    /// When that commit was made, by its committer's clock.
    pub committed_at: Option<TimeDateTimeWithTimeZone>,
    /// The fingerprint of the stamps of an index's files in a folder, if all of its
    /// crates are kept and each file was read (`sync/source/listing.rs`).
    pub index_stamp: Option<String>,
    /// When the last good sync read its sources to the end.
    pub synced_at: TimeDateTimeWithTimeZone,
    /// Advisories known, both collections.
    pub advisories: i32,
    /// Packages in the collection `crates` that an advisory names.
    pub packages: i32,
    /// Published versions known.
    pub versions: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where the advisories come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Source {
    /// The sample that the binary carries.
    #[sea_orm(string_value = "sample")]
    Sample,
    /// A folder with the advisory-db's files.
    #[sea_orm(string_value = "folder")]
    Folder,
    /// The advisory-db's git repository.
    #[sea_orm(string_value = "git")]
    Git,
}

impl Entity {
    /// The only row; none before the first sync.
    #[must_use]
    pub fn current() -> Select<Self> {
        Self::find_by_id(ONLY_ROW)
    }
}
