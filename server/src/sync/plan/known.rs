//! The content of the database before a sync, as far as the sync compares with it.

use crate::domain::crate_name::CrateName;
use crate::domain::identifier;
use crate::entity::{advisory, krate, version};
use crate::sync::parse::derivation::is_current;
use crate::sync::parse::index_file;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashMap;
use time::Date;

/// The number of crates that are loaded at a time: the driver's rows are far larger
/// than ours.
const CRATES: u64 = 10_000;

/// The columns of a crate, in the order of [`krate::Model`]'s fields.
type CrateRow = (i32, String, String, Option<String>, Option<String>);

/// Advisories by path, crates by lookup name after they are loaded, and the next free
/// keys.
#[derive(Debug)]
pub(in crate::sync) struct Known {
    pub(in crate::sync) crates: HashMap<String, krate::Model>,
    pub(in crate::sync) advisories: HashMap<String, KnownAdvisory>,
    next_crate_id: i32,
    next_version_id: i32,
    pub(in crate::sync) next_advisory_id: i32,
}

/// An advisory in the database.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::sync) struct KnownAdvisory {
    pub(in crate::sync) id: i32,
    pub(in crate::sync) source_path: String,
    pub(in crate::sync) source_hash: String,
    pub(in crate::sync) advisory_id: String,
    pub(in crate::sync) package: String,
    pub(in crate::sync) withdrawn: Option<Date>,
    pub(in crate::sync) crate_id: Option<i32>,
}

impl Known {
    /// Loads everything except the crates, which a sync that finds no change does not
    /// need.
    pub(in crate::sync) async fn load(db: &DatabaseTransaction) -> Result<Self, DbErr> {
        let advisories = advisory::Entity::find()
            .select_only()
            .column(advisory::Column::Id)
            .column(advisory::Column::SourcePath)
            .column(advisory::Column::SourceHash)
            .column(advisory::Column::AdvisoryId)
            .column(advisory::Column::Package)
            .column(advisory::Column::Withdrawn)
            .column(advisory::Column::CrateId)
            .into_model::<KnownAdvisory>()
            .all(db)
            .await?;
        let last_version_id: Option<Option<i32>> = version::Entity::find()
            .select_only()
            .column_as(version::Column::Id.max(), "id")
            .into_tuple()
            .one(db)
            .await?;
        Ok(Self {
            next_crate_id: 0,
            next_version_id: next(last_version_id.flatten().into_iter()),
            next_advisory_id: next(advisories.iter().map(|advisory| advisory.id)),
            crates: HashMap::new(),
            advisories: advisories
                .into_iter()
                .map(|advisory| (advisory.source_path.clone(), advisory))
                .collect(),
        })
    }

    /// Loads the crates.
    pub(in crate::sync) async fn load_crates(
        &mut self,
        db: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        let mut last = 0;
        loop {
            let crates = crates_after(db, last).await?;
            let Some(krate) = crates.last() else { break };
            last = krate.id;
            let by_name = crates.into_iter();
            self.crates
                .extend(by_name.map(|krate| (krate.lookup_name.clone(), krate)));
        }
        self.next_crate_id = last + 1;
        Ok(())
    }

    /// Takes a key for a new crate.
    pub(in crate::sync) fn take_crate_id(&mut self) -> i32 {
        let id = self.next_crate_id;
        self.next_crate_id += 1;
        id
    }

    /// Takes a key for a new version.
    pub(in crate::sync) fn take_version_id(&mut self) -> i32 {
        let id = self.next_version_id;
        self.next_version_id += 1;
        id
    }

    /// Returns the advisories, to compare files with.
    pub(in crate::sync) fn advisory_files(&self) -> HashMap<String, KnownAdvisory> {
        self.advisories.clone()
    }

    /// Returns the package of the advisory at this path of the collection `crates`.
    pub(in crate::sync) fn package_of(&self, path: &str) -> Option<&str> {
        let known = self.advisories.get(path)?;
        known.crate_id.map(|_| known.package.as_str())
    }

    /// Returns the ids of the numbered advisories that are not withdrawn. An advisory
    /// without a number is expected to disappear: it comes back under another id.
    pub(in crate::sync) fn live_advisories(&self) -> impl Iterator<Item = &str> {
        let live = self.advisories.values();
        let live = live.filter(|advisory| advisory.withdrawn.is_none());
        let ids = live.map(|advisory| advisory.advisory_id.as_str());
        ids.filter(|id| !identifier::is_placeholder(id))
    }

    /// Returns the id of the advisory at this path, if it is not withdrawn.
    pub(in crate::sync) fn live_advisory_at(&self, path: &str) -> Option<&str> {
        let known = self.advisories.get(path)?;
        let is_live = known.withdrawn.is_none();
        is_live.then_some(known.advisory_id.as_str())
    }

    /// Returns the known state of the index files of these crates, in their order.
    pub(in crate::sync) fn index_files(&self, names: &[CrateName]) -> Vec<index_file::KnownFile> {
        let known = |name: &CrateName| {
            let krate = self.crates.get(&name.lookup());
            krate.map_or_else(Default::default, |krate| {
                let is_current = krate.index_hash.as_deref().is_some_and(is_current);
                index_file::KnownFile {
                    hash: krate.index_hash.clone(),
                    etag: krate.index_etag.clone().filter(|_| is_current),
                }
            })
        };
        names.iter().map(known).collect()
    }
}

/// Loads the crates after this key, by key. They are read as tuples, whose fields are
/// found by position rather than by name, because there may be hundreds of thousands.
async fn crates_after(db: &DatabaseTransaction, id: i32) -> Result<Vec<krate::Model>, DbErr> {
    let rows: Vec<CrateRow> = krate::Entity::find()
        .select_only()
        .columns([
            krate::Column::Id,
            krate::Column::Name,
            krate::Column::LookupName,
            krate::Column::IndexHash,
            krate::Column::IndexEtag,
        ])
        .filter(krate::Column::Id.gt(id))
        .order_by_asc(krate::Column::Id)
        .limit(CRATES)
        .into_tuple()
        .all(db)
        .await?;
    let model = |(id, name, lookup_name, index_hash, index_etag)| krate::Model {
        id,
        name,
        lookup_name,
        index_hash,
        index_etag,
    };
    Ok(rows.into_iter().map(model).collect())
}

fn next(ids: impl Iterator<Item = i32>) -> i32 {
    ids.max().unwrap_or(0) + 1
}
