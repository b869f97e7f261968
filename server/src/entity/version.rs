//! `versions`: the published versions of a crate, as the index lists them.

use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;

/// A published version.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "versions")]
pub struct Model {
    /// Handed out by the sync.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The crate it belongs to.
    pub crate_id: i32,
    /// The version, build metadata included. Unique within the crate.
    pub num: String,
    /// Whether it was yanked.
    pub is_yanked: bool,
    /// When it was published; older index lines do not say.
    pub published_at: Option<TimeDateTimeWithTimeZone>,
    /// The Rust version that it claims to need (the index's `rust_version`), as
    /// `domain/rust_version.rs` prints it.
    pub rust_version: Option<String>,
    /// The crate.
    #[sea_orm(belongs_to, from = "crate_id", to = "id")]
    pub krate: BelongsTo<super::krate::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The versions of these crates, in no order: semver order is not the
    /// database's.
    #[must_use]
    pub fn of_crates(crate_ids: &[i32]) -> Select<Self> {
        Self::find().filter(Column::CrateId.is_in(crate_ids.iter().copied()))
    }
}
