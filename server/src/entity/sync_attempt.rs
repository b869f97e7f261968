//! `sync_attempts`: one row about the last attempt to sync, and its problem if
//! it was not a good one.

use sea_orm::entity::prelude::*;

/// The key of the only row.
pub const ONLY_ROW: i32 = 1;

/// The last attempt to sync, good or not.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_attempts")]
pub struct Model {
    /// The key, always [`ONLY_ROW`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The time when it began.
    pub tried_at: TimeDateTimeWithTimeZone,
    /// The problem; `None` if the sync was good.
    pub problem: Option<Problem>,
    /// The time since which attempts have failed; set if `problem` is.
    pub problem_since: Option<TimeDateTimeWithTimeZone>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The reason why a sync was not a good one. The log has the details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Problem {
    /// The source of advisories cannot be reached, or the connection was lost.
    #[sea_orm(string_value = "source_unreachable")]
    SourceUnreachable,
    /// The source is not an advisory-db, or not an index.
    #[sea_orm(string_value = "not_a_source")]
    NotASource,
    /// Most of the advisories cannot be parsed.
    #[sea_orm(string_value = "mostly_unreadable")]
    MostlyUnreadable,
    /// The sync would remove or withdraw more than is plausible.
    #[sea_orm(string_value = "too_much_lost")]
    TooMuchLost,
    /// The advisory-db's commit is older than the one last synced.
    #[sea_orm(string_value = "gone_backwards")]
    GoneBackwards,
    /// The index cannot be reached for most crates: advisories are up to date,
    /// lists of versions are not.
    #[sea_orm(string_value = "index_unreachable")]
    IndexUnreachable,
    /// The database or its disk failed.
    #[sea_orm(string_value = "database")]
    Database,
    /// Another process has been using the clone of the advisory-db for too long.
    #[sea_orm(string_value = "clone_in_use")]
    CloneInUse,
    /// The sync was interrupted.
    #[sea_orm(string_value = "interrupted")]
    Interrupted,
}

impl Problem {
    /// Returns the name that is stored and that metrics use.
    #[must_use]
    pub fn name(self) -> String {
        self.to_value()
    }
}

impl Entity {
    /// Selects the only row; there is none before the first attempt.
    #[must_use]
    pub fn last() -> Select<Self> {
        Self::find_by_id(ONLY_ROW)
    }
}
