//! Writes the difference between the sources and the database.

use crate::domain::crate_name::CrateName;
use crate::domain::rust_version::RustVersion;
use crate::entity::{advisory, krate, version};
use crate::sync::apply::bulk::{put_crates, put_versions};
use crate::sync::apply::judge::judge_crates;
use crate::sync::apply::rows::{MAX_BINDS, delete_all, insert_all};
use crate::sync::parse::advisory_file;
use crate::sync::parse::index_file;
use crate::sync::plan::known::{Known, KnownAdvisory};
use crate::sync::report::{Report, Skipped};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, IntoActiveModel};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Writes within the sync's transaction and records the changes in the report.
pub(in crate::sync) struct Writer<'a> {
    db: &'a DatabaseTransaction,
    pub(in crate::sync) known: &'a mut Known,
    pub(in crate::sync) report: &'a mut Report,
    /// Crates whose versions or advisories have changed since they were judged.
    touched_crates: BTreeSet<i32>,
    /// Crates that an advisory names, known after the advisories are written.
    named_crates: BTreeSet<i32>,
}

/// The versions of a crate that the index lists.
struct Published {
    crate_id: i32,
    name: String,
    /// True if the database may have versions of it.
    has_rows: bool,
    versions: BTreeMap<String, index_file::IndexVersion>,
}

impl<'a> Writer<'a> {
    pub(in crate::sync) fn new(
        db: &'a DatabaseTransaction,
        known: &'a mut Known,
        report: &'a mut Report,
    ) -> Self {
        Self {
            db,
            known,
            report,
            touched_crates: BTreeSet::new(),
            named_crates: BTreeSet::new(),
        }
    }

    /// Brings a batch of crates and their versions up to date. Without `read`, only the
    /// crates' own rows are made.
    pub(in crate::sync) async fn write_crates(
        &mut self,
        names: &[CrateName],
        read: Option<Vec<index_file::FileState>>,
    ) -> Result<(), DbErr> {
        let mut rows = Vec::new();
        let mut files = Vec::new();
        let mut reads = read.unwrap_or_default().into_iter();
        for name in names {
            let lookup = name.lookup();
            let known = self.known.crates.get(&lookup);
            let read = reads.next();
            if known.is_some_and(|known| is_as_known(known, read.as_ref())) {
                continue;
            }
            let known = known.cloned();
            let hash = known.as_ref().and_then(|known| known.index_hash.clone());
            let mut row = known.clone().unwrap_or_else(|| self.new_crate(name));
            match read {
                Some(index_file::FileState::Parsed(file)) => {
                    row.name = file.name.as_str().to_owned();
                    row.index_hash = Some(file.hash);
                    row.index_etag = file.etag;
                    files.push(Published {
                        crate_id: row.id,
                        name: row.name.clone(),
                        has_rows: hash.is_some(),
                        versions: file.versions,
                    });
                }
                Some(index_file::FileState::Missing) => {
                    row.index_etag = None;
                    if row.index_hash.take().is_some() {
                        files.push(Published {
                            crate_id: row.id,
                            name: row.name.clone(),
                            has_rows: true,
                            versions: BTreeMap::new(),
                        });
                    }
                }
                Some(index_file::FileState::Skipped(reason)) => {
                    let path = index_file::path(name);
                    self.report.skipped.push(Skipped { path, reason });
                }
                Some(index_file::FileState::Unchanged(etag)) => row.index_etag = etag,
                None => {}
            }
            if known.as_ref() == Some(&row) {
                continue;
            }
            if known.is_none() {
                self.report.crates.added.push(|| row.name.clone());
            // A new `ETag` or stamp alone is not a change of the data.
            } else if hash != row.index_hash {
                self.report.crates.changed.push(|| row.name.clone());
            }
            self.known.crates.insert(lookup, row.clone());
            rows.push(row);
        }
        put_crates(self.db, rows).await?;
        self.write_versions(files).await
    }

    fn new_crate(&mut self, name: &CrateName) -> krate::Model {
        krate::Model {
            id: self.known.take_crate_id(),
            name: name.as_str().to_owned(),
            lookup_name: name.lookup(),
            index_hash: None,
            index_etag: None,
        }
    }

    /// Brings the versions of these crates up to date, and removes those that no file has any
    /// more.
    async fn write_versions(&mut self, files: Vec<Published>) -> Result<(), DbErr> {
        let with_rows = files.iter().filter(|file| file.has_rows);
        let with_rows: Vec<i32> = with_rows.map(|file| file.crate_id).collect();
        let mut known: HashMap<i32, HashMap<String, version::Model>> = HashMap::new();
        if !with_rows.is_empty() {
            for row in version::Entity::of_crates(&with_rows).all(self.db).await? {
                let known = known.entry(row.crate_id).or_default();
                known.insert(row.num.clone(), row);
            }
        }

        let mut rows = Vec::new();
        let mut removed = Vec::new();
        let mut labels = Vec::new();
        for Published {
            crate_id,
            name,
            versions,
            ..
        } in files
        {
            let mut known = known.remove(&crate_id).unwrap_or_default();
            for (num, read) in versions {
                let known = known.remove(&num);
                if known.as_ref().is_some_and(|known| is_same(known, &read)) {
                    continue;
                }
                let label = || format!("{name}@{num}");
                let id = match known {
                    Some(known) => {
                        self.report.versions.changed.push(label);
                        known.id
                    }
                    None => {
                        self.report.versions.added.push(label);
                        self.touched_crates.insert(crate_id);
                        self.known.take_version_id()
                    }
                };
                rows.push(version::Model {
                    id,
                    crate_id,
                    num,
                    is_yanked: read.is_yanked,
                    published_at: read.published_at,
                    rust_version: read.rust_version.map(|version| version.to_string()),
                });
            }
            for row in known.into_values() {
                // A verdict must not name a removed version, because its key is used again.
                self.touched_crates.insert(crate_id);
                labels.push(format!("{name}@{}", row.num));
                removed.push(row.id);
            }
        }
        put_versions(self.db, rows).await?;
        self.report.versions.removed.extend_sorted(labels);
        delete_all::<version::Entity>(self.db, version::Column::Id, &removed).await
    }

    /// Brings the advisories up to date. An advisory whose file was skipped stays.
    pub(in crate::sync) async fn write_advisories(
        &mut self,
        read: advisory_file::Advisories,
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

        let kept = self.known.advisories.values();
        self.named_crates = kept.filter_map(|advisory| advisory.crate_id).collect();
        let mut new = Vec::new();
        for mut row in read.parsed {
            if row.collection == advisory::CRATES {
                let name = CrateName::parse(&row.package).map(|name| name.lookup());
                let krate = name.and_then(|name| self.known.crates.get(&name));
                row.crate_id = krate.map(|krate| krate.id);
            }
            self.touched_crates.extend(row.crate_id);
            self.named_crates.extend(row.crate_id);
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

    /// Removes the crates that neither an advisory names nor, if the whole index is kept, the
    /// index lists.
    pub(in crate::sync) async fn remove_crates_except(
        &mut self,
        names: &[CrateName],
    ) -> Result<(), DbErr> {
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
        delete_all::<krate::Entity>(self.db, krate::Column::Id, &ids).await
    }

    /// Judges every version of the touched crates by every advisory on them.
    pub(in crate::sync) async fn judge_versions(&mut self) -> Result<(), DbErr> {
        // Most crates of the index have nothing to judge.
        let judged: Vec<i32> = self
            .touched_crates
            .intersection(&self.named_crates)
            .copied()
            .collect();
        for crate_ids in judged.chunks(MAX_BINDS) {
            judge_crates(self.db, crate_ids).await?;
        }
        Ok(())
    }
}

/// Returns true if an index line leaves the row of its version unchanged.
fn is_same(known: &version::Model, read: &index_file::IndexVersion) -> bool {
    let rust_version = known.rust_version.as_deref().and_then(RustVersion::parse);
    known.is_yanked == read.is_yanked
        && known.published_at == read.published_at
        && rust_version == read.rust_version
}

/// Returns true if an index file leaves the row of its crate unchanged.
fn is_as_known(known: &krate::Model, read: Option<&index_file::FileState>) -> bool {
    match read {
        None => true,
        Some(index_file::FileState::Unchanged(etag)) => known.index_etag == *etag,
        Some(_) => false,
    }
}
