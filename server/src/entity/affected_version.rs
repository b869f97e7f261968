//! `affected_versions`: which advisory affects which published version,
//! computed by `rustsec` at sync.

use sea_orm::entity::prelude::*;
use sea_orm::{JoinType, QueryFilter, QuerySelect};

/// One published version that one advisory affects.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "affected_versions")]
pub struct Model {
    /// The advisory.
    #[sea_orm(primary_key, auto_increment = false)]
    pub advisory_id: i32,
    /// The version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: i32,
    /// The advisory.
    #[sea_orm(belongs_to, from = "advisory_id", to = "id")]
    pub advisory: BelongsTo<super::advisory::Entity>,
    /// The version.
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: BelongsTo<super::version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// All links of the advisories that name these crates.
    #[must_use]
    pub fn of_crates(crate_ids: &[i32]) -> Select<Self> {
        Self::find()
            .join(JoinType::InnerJoin, Relation::Advisory.def())
            .filter(super::advisory::Column::CrateId.is_in(crate_ids.iter().copied()))
    }
}
