//! The content of a database, to compare it with another.

use crate::TestDatabase;
use sea_orm::{EntityTrait, QueryOrder};
use server::entity::{advisory, krate, list::KeyList, skipped_file, version};
use server::sync::{Report, Sources};
use std::collections::BTreeMap;

/// Returns every row of every table, with names in place of keys, so that
/// databases with different keys can be compared.
#[must_use = "it only reads"]
pub async fn rows(database: &TestDatabase) -> Vec<String> {
    let db = &database.db;
    let crates = krate::Entity::find().all(db).await.expect("crates");
    let crate_names: BTreeMap<i32, String> = crates
        .iter()
        .map(|row| (row.id, row.name.clone()))
        .collect();
    let versions = version::Entity::find().all(db).await.expect("versions");
    let version_names: BTreeMap<i32, String> = versions
        .iter()
        .map(|row| {
            (
                row.id,
                format!("{}@{}", crate_names[&row.crate_id], row.num),
            )
        })
        .collect();
    let advisories = advisory::Entity::find()
        .order_by_asc(advisory::Column::Id)
        .all(db)
        .await
        .expect("advisories");
    let skipped = skipped_file::Entity::find()
        .all(db)
        .await
        .expect("skipped files");

    let mut rows = Vec::new();
    rows.extend(crates.into_iter().map(|row| {
        // Without the index file's validator, which is not part of the data.
        let row = krate::Model {
            id: 0,
            index_etag: None,
            ..row
        };
        format!("{row:?}")
    }));
    rows.extend(versions.into_iter().map(|row| {
        format!(
            "{} {} {:?} {:?}",
            version_names[&row.id], row.is_yanked, row.published_at, row.rust_version
        )
    }));
    for row in &advisories {
        let affected = row.affected_versions.0.iter();
        rows.extend(
            affected.map(|id| format!("{} affects {}", row.source_path, version_names[id])),
        );
    }
    rows.extend(advisories.into_iter().map(|row| {
        let krate = row.crate_id.map(|id| crate_names[&id].clone());
        format!(
            "{krate:?} {:?}",
            advisory::Model {
                id: 0,
                crate_id: None,
                affected_versions: KeyList::default(),
                ..row
            }
        )
    }));
    rows.extend(skipped.into_iter().map(|row| format!("{row:?}")));
    rows.sort();
    rows
}

/// Syncs, and compares with a new database that is synced from empty.
///
/// # Panics
/// Panics with both if they differ.
pub async fn sync_as_from_empty(database: &TestDatabase, sources: &Sources) -> Report {
    let report = database.sync(sources).await.expect("the sync");
    let fresh = TestDatabase::sqlite().await;
    fresh.sync(sources).await.expect("the sync from empty");
    assert_eq!(rows(database).await, rows(&fresh).await);
    report
}
