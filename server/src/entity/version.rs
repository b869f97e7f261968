//! `versions`: the published versions of a crate, as the index lists them.

use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;

/// A published version.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "versions")]
pub struct Model {
    /// The key, assigned by the sync.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The crate to which it belongs.
    pub crate_id: i32,
    /// The version, including build metadata. Unique within the crate.
    pub num: String,
    /// True if it was yanked.
    pub is_yanked: bool,
    /// The time of publication; older index lines do not have it.
    pub published_at: Option<TimeDateTimeWithTimeZone>,
    /// The Rust version that it says it needs (the index's `rust_version`), as
    /// `domain/rust_version.rs` prints it.
    pub rust_version: Option<String>,
    /// The crate.
    #[sea_orm(belongs_to, from = "crate_id", to = "id")]
    pub krate: BelongsTo<super::krate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Selects the versions of these crates, unordered, because the database
    /// cannot sort by semver.
    #[must_use]
    pub fn of_crates(crate_ids: &[i32]) -> Select<Self> {
        Self::find().filter(Column::CrateId.is_in(crate_ids.iter().copied()))
    }
}
