//! `sync_attempts`: one row that tells when a sync was last tried, and what
//! has kept it from being a good one.

use sea_orm::entity::prelude::*;

/// The key of the only row.
pub const ONLY_ROW: i32 = 1;

/// The last attempt to sync, good or not.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_attempts")]
pub struct Model {
    /// [`ONLY_ROW`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// When it ended.
    pub tried_at: TimeDateTimeWithTimeZone,
    /// Why it was not a good one. `None`: it was.
    pub problem: Option<Problem>,
    /// When the attempts began to fail; set while `problem` is.
    pub problem_since: Option<TimeDateTimeWithTimeZone>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Why a sync was not a good one. The log has the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Problem {
    /// The source of advisories cannot be reached, or breaks off.
    #[sea_orm(string_value = "source_unreachable")]
    SourceUnreachable,
    /// What was read is no advisory-db, or no index.
    #[sea_orm(string_value = "not_a_source")]
    NotASource,
    /// Most of the advisories cannot be parsed.
    #[sea_orm(string_value = "mostly_unreadable")]
    MostlyUnreadable,
    /// More would be removed or withdrawn at once than is plausible.
    #[sea_orm(string_value = "too_much_lost")]
    TooMuchLost,
    /// The advisory-db's commit is older than the one that is known.
    #[sea_orm(string_value = "gone_backwards")]
    GoneBackwards,
    /// The index cannot be reached for most crates: advisories are up to date,
    /// lists of versions are not.
    #[sea_orm(string_value = "index_unreachable")]
    IndexUnreachable,
    /// The database, or the disk that it is on, failed.
    #[sea_orm(string_value = "database")]
    Database,
    /// Another process has been using the clone of the advisory-db for too long.
    #[sea_orm(string_value = "clone_in_use")]
    CloneInUse,
    /// The sync was cut short.
    #[sea_orm(string_value = "interrupted")]
    Interrupted,
}

impl Problem {
    /// The name that is stored, and that metrics use.
    #[must_use]
    pub fn name(self) -> String {
        self.to_value()
    }
}

impl Entity {
    /// The only row; none before the first attempt.
    #[must_use]
    pub fn last() -> Select<Self> {
        Self::find_by_id(ONLY_ROW)
    }
}
