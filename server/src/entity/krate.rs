//! `crates`: every crate that an advisory names, or with `--all-crates` every crate of the
//! index.

#[cfg(doc)]
use crate::domain::crate_name::CrateName;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, QueryTrait};

/// A crate.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "crates")]
pub struct Model {
    /// The key, assigned by the sync.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The canonical name: as the index writes it, or else as RustSec does.
    #[sea_orm(unique)]
    pub name: String,
    /// [`CrateName::lookup`] of the name.
    #[sea_orm(unique)]
    pub lookup_name: String,
    /// The fingerprint (`sync/parse/derivation.rs`) of the index file with the `versions`.
    /// `None` if the crate's list of versions is not known.
    pub index_hash: Option<String>,
    /// Identifies the state of the index file, so that an unchanged file need not be read:
    /// its `ETag` over HTTP, or its stamp (`sync/source/stamp.rs`) in a folder.
    pub index_etag: Option<String>,
    /// Its published versions.
    #[sea_orm(has_many)]
    pub versions: HasMany<super::version::Entity>,
    /// The advisories on it.
    #[sea_orm(has_many)]
    pub advisories: HasMany<super::advisory::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Selects the crates with an advisory.
    #[must_use]
    pub fn with_advisories() -> Select<Self> {
        let named = super::advisory::Entity::find()
            .select_only()
            .column(super::advisory::Column::CrateId)
            .filter(super::advisory::Column::CrateId.is_not_null());
        Self::find().filter(Column::Id.in_subquery(named.into_query()))
    }

    /// Selects the crates with these lookup names ([`CrateName::lookup`]).
    #[must_use]
    pub fn with_lookup_names<'a>(names: impl Iterator<Item = &'a str>) -> Select<Self> {
        Self::find().filter(Column::LookupName.is_in(names))
    }

    /// Selects the crates with this key or a greater one, by key.
    #[must_use]
    pub fn from_id(id: i32) -> Select<Self> {
        Self::find()
            .filter(Column::Id.gte(id))
            .order_by_asc(Column::Id)
    }

    /// Selects the crates by key, the greatest first.
    #[must_use]
    pub fn last() -> Select<Self> {
        Self::find().order_by_desc(Column::Id)
    }
}
