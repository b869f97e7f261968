//! The difference between what was read and what is known, into the database.

use super::known::{Known, KnownAdvisory};
use super::report::{Report, Skipped};
use super::sources::Opened;
use super::{SyncError, advisory_file, index_file};
use crate::domain::crate_name::CrateName;
use crate::domain::verdict::Ranges;
use crate::entity::data_status;
use crate::entity::{advisory, affected_version, krate, skipped_file, version};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    Iterable, PaginatorTrait, QueryFilter,
};
use std::collections::{BTreeSet, HashMap, HashSet};
use time::OffsetDateTime;

/// How many values one statement binds at most: SQLite takes 32,766.
const MAX_BINDS: usize = 30_000;

/// How many rows a statement inserts, largest first. Few sizes are few
/// statements, which both databases prepare once and keep.
const INSERTS: [usize; 4] = [1000, 100, 10, 1];

/// Writes within the sync's transaction and notes what it did.
pub(super) struct Writer<'a> {
    db: &'a DatabaseTransaction,
    pub(super) known: &'a mut Known,
    pub(super) report: &'a mut Report,
    /// Crates whose links to advisories have to be made anew.
    touched_crates: BTreeSet<i32>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        db: &'a DatabaseTransaction,
        known: &'a mut Known,
        report: &'a mut Report,
    ) -> Self {
        Self {
            db,
            known,
            report,
            touched_crates: BTreeSet::new(),
        }
    }

    /// Brings a batch of crates and their versions up to date. Without `read`
    /// only the crates' own rows are made.
    pub(super) async fn write_crates(
        &mut self,
        names: &[CrateName],
        read: Option<Vec<index_file::Read>>,
    ) -> Result<(), DbErr> {
        let mut new = Vec::new();
        let mut files = Vec::new();
        let mut gone = Vec::new();
        let mut reads = read.unwrap_or_default().into_iter();
        for name in names {
            let known = self.known.crates.get(&name.lookup()).cloned();
            let mut row = known.clone().unwrap_or_else(|| self.new_crate(name));
            match reads.next() {
                Some(index_file::Read::Parsed(file)) => {
                    row.name = file.name.as_str().to_owned();
                    row.index_hash = Some(file.hash.clone());
                    row.index_etag.clone_from(&file.etag);
                    files.push((row.id, row.name.clone(), file));
                }
                Some(index_file::Read::Missing) => {
                    row.index_etag = None;
                    if row.index_hash.take().is_some() {
                        gone.push((row.id, row.name.clone()));
                    }
                }
                Some(index_file::Read::Skipped(reason)) => {
                    let path = index_file::path(name);
                    self.report.skipped.push(Skipped { path, reason });
                }
                Some(index_file::Read::Unchanged(etag)) => row.index_etag = etag,
                None => {}
            }
            if known.as_ref() == Some(&row) {
                continue;
            }
            if known.is_none() {
                self.report.crates.added.push(|| row.name.clone());
                new.push(row.clone().into_active_model());
            } else {
                // How a file is asked for is no change of what is known.
                if known.is_some_and(|known| known.index_hash != row.index_hash) {
                    self.report.crates.changed.push(|| row.name.clone());
                }
                row.clone()
                    .into_active_model()
                    .reset_all()
                    .update(self.db)
                    .await?;
            }
            self.known.crates.insert(name.lookup(), row);
        }
        insert_all::<krate::Entity>(self.db, new).await?;
        self.write_versions(files, gone).await
    }

    fn new_crate(&mut self, name: &CrateName) -> krate::Model {
        let id = self.known.next_crate_id;
        self.known.next_crate_id += 1;
        krate::Model {
            id,
            name: name.as_str().to_owned(),
            lookup_name: name.lookup(),
            index_hash: None,
            index_etag: None,
        }
    }

    /// Brings the versions of crates whose index file is new or changed up to
    /// date, and removes those of crates that are gone from the index.
    async fn write_versions(
        &mut self,
        files: Vec<(i32, String, index_file::IndexFile)>,
        gone: Vec<(i32, String)>,
    ) -> Result<(), DbErr> {
        let mut names: HashMap<i32, String> = gone.into_iter().collect();
        names.extend(files.iter().map(|(id, name, _)| (*id, name.clone())));
        let crate_ids: Vec<i32> = names.keys().copied().collect();
        let mut known: HashMap<(i32, String), version::Model> = HashMap::new();
        for row in version::Entity::of_crates(&crate_ids).all(self.db).await? {
            known.insert((row.crate_id, row.num.clone()), row);
        }

        let mut new = Vec::new();
        for (crate_id, name, file) in files {
            for (num, read) in file.versions {
                let label = format!("{name}@{num}");
                let known = known.remove(&(crate_id, num.clone()));
                let row = version::Model {
                    id: known
                        .as_ref()
                        .map_or(self.known.next_version_id, |known| known.id),
                    crate_id,
                    num,
                    is_yanked: read.is_yanked,
                    published_at: read.published_at,
                };
                match known {
                    None => {
                        self.known.next_version_id += 1;
                        self.touched_crates.insert(crate_id);
                        self.report.versions.added.push(|| label);
                        new.push(row.into_active_model());
                    }
                    Some(known) if known != row => {
                        self.report.versions.changed.push(|| label);
                        row.into_active_model().reset_all().update(self.db).await?;
                    }
                    Some(_) => {}
                }
            }
        }
        insert_all::<version::Entity>(self.db, new).await?;

        // What is left is in no file any more.
        let ids: Vec<i32> = known.values().map(|row| row.id).collect();
        let label = |row: &version::Model| format!("{}@{}", names[&row.crate_id], row.num);
        let removed = known.values().map(label);
        self.report.versions.removed.extend_sorted(removed);
        delete_all::<version::Entity>(self.db, version::Column::Id, &ids).await
    }

    /// Brings the advisories up to date. One whose file was skipped stays.
    pub(super) async fn write_advisories(
        &mut self,
        read: advisory_file::Read,
    ) -> Result<(), DbErr> {
        let parsed = read.parsed.iter().map(|row| row.source_path.clone());
        let kept = read.kept(self.known).into_iter().map(str::to_owned);
        let kept: HashSet<String> = kept.chain(parsed).collect();
        let removed: Vec<KnownAdvisory> = self
            .known
            .advisories
            .extract_if(|path, _| !kept.contains(path))
            .map(|(_, advisory)| advisory)
            .collect();
        for advisory in &removed {
            self.touched_crates.extend(advisory.crate_id);
        }
        let names = removed.iter().map(|advisory| advisory.advisory_id.clone());
        self.report.advisories.removed.extend_sorted(names);
        let removed: Vec<i32> = removed.iter().map(|advisory| advisory.id).collect();
        delete_all::<advisory::Entity>(self.db, advisory::Column::Id, &removed).await?;

        let mut new = Vec::new();
        for mut row in read.parsed {
            if row.collection == advisory::CRATES {
                let name = CrateName::parse(&row.package).map(|name| name.lookup());
                let krate = name.and_then(|name| self.known.crates.get(&name));
                row.crate_id = krate.map(|krate| krate.id);
            }
            self.touched_crates.extend(row.crate_id);
            if let Some(known) = self.known.advisories.get(&row.source_path) {
                row.id = known.id;
                self.report
                    .advisories
                    .changed
                    .push(|| row.advisory_id.clone());
                row.into_active_model().reset_all().update(self.db).await?;
            } else {
                row.id = self.known.next_advisory_id;
                self.known.next_advisory_id += 1;
                self.report
                    .advisories
                    .added
                    .push(|| row.advisory_id.clone());
                new.push(row.into_active_model());
            }
        }
        insert_all::<advisory::Entity>(self.db, new).await
    }

    /// Removes the crates that no advisory names any more and the index, if
    /// all of it is kept, does not list.
    pub(super) async fn remove_crates_except(&mut self, names: &[CrateName]) -> Result<(), DbErr> {
        let kept: HashSet<String> = names.iter().map(CrateName::lookup).collect();
        let removed: Vec<krate::Model> = self
            .known
            .crates
            .extract_if(|lookup, _| !kept.contains(lookup))
            .map(|(_, krate)| krate)
            .collect();
        let ids: Vec<i32> = removed.iter().map(|krate| krate.id).collect();
        let names = removed.into_iter().map(|krate| krate.name);
        self.report.crates.removed.extend_sorted(names);
        self.touched_crates.retain(|id| !ids.contains(id));
        delete_all::<krate::Entity>(self.db, krate::Column::Id, &ids).await
    }

    /// Judges every version of the touched crates by every advisory on them.
    pub(super) async fn link_affected_versions(&mut self) -> Result<(), SyncError> {
        let crate_ids: Vec<i32> = self.touched_crates.iter().copied().collect();
        for crate_ids in crate_ids.chunks(MAX_BINDS) {
            let advisories = advisory::Entity::of_crates(crate_ids).all(self.db).await?;
            // Of most crates of the index there is nothing to judge.
            let named: BTreeSet<i32> = advisories.iter().filter_map(|row| row.crate_id).collect();
            let named: Vec<i32> = named.into_iter().collect();
            let versions = version::Entity::of_crates(&named).all(self.db).await?;
            let links = judge(&advisories, versions);
            let ids: Vec<i32> = advisories.iter().map(|advisory| advisory.id).collect();
            let column = affected_version::Column::AdvisoryId;
            delete_all::<affected_version::Entity>(self.db, column, &ids).await?;
            let links = links
                .into_iter()
                .map(IntoActiveModel::into_active_model)
                .collect();
            insert_all::<affected_version::Entity>(self.db, links).await?;
        }
        Ok(())
    }

    /// Notes what was read and when, under a new revision if anything differs
    /// from the status that is known.
    pub(super) async fn write_status(
        &mut self,
        known: Option<data_status::Model>,
        opened: Opened,
        now: OffsetDateTime,
    ) -> Result<(), DbErr> {
        let report = &mut *self.report;
        let source = opened.source;
        let (commit, committed_at) = opened.commit.unzip();
        let skipped_known = skipped_file::Entity::by_path().all(self.db).await?;
        let mut skipped: Vec<skipped_file::Model> = report
            .skipped
            .iter()
            .map(|Skipped { path, reason }| skipped_file::Model {
                path: path.clone(),
                reason: reason.to_string(),
            })
            .collect();
        skipped.sort_by(|a, b| a.path.cmp(&b.path));

        report.is_changed = !report.advisories.is_empty()
            || !report.crates.is_empty()
            || !report.versions.is_empty()
            || skipped != skipped_known
            || known.as_ref().is_none_or(|known| known.source != source);
        let packages = packages(self.db).await?;
        report.packages = packages.try_into().unwrap_or_default();
        report.revision = known.as_ref().map_or(0, |known| known.revision);
        let mut status = data_status::Model {
            id: data_status::ONLY_ROW,
            revision: report.revision,
            source,
            commit,
            committed_at,
            // Not all was read: what is known is as old as it was.
            synced_at: match (&known, report.problem) {
                (Some(known), Some(_)) => known.synced_at,
                _ => now,
            },
            advisories: 0,
            packages,
            versions: 0,
        };
        if report.is_changed {
            report.revision += 1;
            status.revision = report.revision;
            status.advisories = count::<advisory::Entity>(self.db).await?;
            status.versions = count::<version::Entity>(self.db).await?;
            let pairs = affected_version::Entity::find().count(self.db).await?;
            report.affected_versions = Some(pairs);
            skipped_file::Entity::delete_many().exec(self.db).await?;
            let skipped = skipped
                .into_iter()
                .map(IntoActiveModel::into_active_model)
                .collect();
            insert_all::<skipped_file::Entity>(self.db, skipped).await?;
        } else if let Some(known) = &known {
            status.advisories = known.advisories;
            status.versions = known.versions;
        }
        let status = status.into_active_model();
        match known {
            Some(_) => status.reset_all().update(self.db).await.map(drop),
            None => status.insert(self.db).await.map(drop),
        }
    }
}

/// Every pair of an advisory and a version of its crate that it affects.
/// Withdrawn advisories are judged too: the reader leaves them out, and can
/// still say what they claimed.
pub(super) fn judge(
    advisories: &[advisory::Model],
    versions: Vec<version::Model>,
) -> Vec<affected_version::Model> {
    let mut versions_of: HashMap<i32, Vec<(i32, semver::Version)>> = HashMap::new();
    for row in versions {
        // The index reader parsed it before.
        if let Ok(version) = semver::Version::parse(&row.num) {
            versions_of
                .entry(row.crate_id)
                .or_default()
                .push((row.id, version));
        }
    }
    let mut links = Vec::new();
    for advisory in advisories {
        let versions = advisory.crate_id.and_then(|id| versions_of.get(&id));
        // The file's own requirements: `rustsec` took them before.
        let ranges = Ranges::parse(&advisory.patched.0, &advisory.unaffected.0);
        let (Some(versions), Ok(ranges)) = (versions, ranges) else {
            continue;
        };
        let affected = versions
            .iter()
            .filter(|(_, version)| ranges.affects(version));
        links.extend(affected.map(|(version_id, _)| affected_version::Model {
            advisory_id: advisory.id,
            version_id: *version_id,
        }));
    }
    links
}

/// Inserts rows in as few statements as the databases' limits allow.
async fn insert_all<E>(db: &DatabaseTransaction, mut rows: Vec<E::ActiveModel>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::ActiveModel: Send,
{
    let most = MAX_BINDS / E::Column::iter().count();
    for size in INSERTS.into_iter().filter(|size| *size <= most) {
        while rows.len() >= size {
            let rest = rows.split_off(size);
            E::insert_many(rows).exec_without_returning(db).await?;
            rows = rest;
        }
    }
    Ok(())
}

/// Deletes the rows whose column has one of these values.
async fn delete_all<E: EntityTrait>(
    db: &DatabaseTransaction,
    column: E::Column,
    values: &[i32],
) -> Result<(), DbErr> {
    for values in values.chunks(MAX_BINDS) {
        let is_one = column.is_in(values.iter().copied());
        E::delete_many().filter(is_one).exec(db).await?;
    }
    Ok(())
}

async fn count<E>(db: &DatabaseTransaction) -> Result<i32, DbErr>
where
    E: EntityTrait,
    E::Model: Sync,
{
    let count = E::find().count(db).await?;
    Ok(count.try_into().unwrap_or(i32::MAX))
}

/// How many packages of the collection `crates` an advisory names.
async fn packages(db: &DatabaseTransaction) -> Result<i32, DbErr> {
    use sea_orm::QuerySelect;
    let count = advisory::Entity::find()
        .select_only()
        .column(advisory::Column::CrateId)
        .filter(advisory::Column::CrateId.is_not_null())
        .distinct()
        .count(db)
        .await?;
    Ok(count.try_into().unwrap_or(i32::MAX))
}
