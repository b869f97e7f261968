//! `skipped_files`: the files that the last good sync could not read.

use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;

/// A file that was skipped.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skipped_files")]
pub struct Model {
    /// Its path within its source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub path: String,
    /// The reason. Its text is our own, not a parser's.
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Selects all files, by path.
    #[must_use]
    pub fn by_path() -> Select<Self> {
        Self::find().order_by_asc(Column::Path)
    }
}
