//! `data_status`: one row about the last good sync.

use sea_orm::entity::prelude::*;

/// The key of the only row.
pub const ONLY_ROW: i32 = 1;

/// The content of the database and its origin.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_status")]
pub struct Model {
    /// The key, always [`ONLY_ROW`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Increases by one with every sync that changes something. Caches use it as a
    /// key.
    pub revision: i32,
    /// A random id of this revision of this database; another database has other ids.
    /// `None` if a release without ids made the first sync.
    pub revision_id: Option<String>,
    /// The source of the advisories.
    pub source: Source,
    /// The commit of the advisory-db, if the source has commits.
    pub commit: Option<String>,
    /// The time of that commit, by its committer's clock.
    pub committed_at: Option<TimeDateTimeWithTimeZone>,
    /// The fingerprint of the stamps of the files of an index in a folder. Set if all
    /// of its crates are kept and each file was read (`sync/source/listing.rs`).
    pub index_stamp: Option<String>,
    /// The time when the last good sync began.
    pub synced_at: TimeDateTimeWithTimeZone,
    /// The number of advisories in both collections.
    pub advisories: i32,
    /// The number of packages in the collection `crates` that an advisory names.
    pub packages: i32,
    /// The number of published versions.
    pub versions: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// A source of advisories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Source {
    /// The sample that is part of the binary.
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
    /// Selects the only row; there is none before the first sync.
    #[must_use]
    pub fn current() -> Select<Self> {
        Self::find_by_id(ONLY_ROW)
    }
}
