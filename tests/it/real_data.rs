//! Properties of RustSec's whole database. Runs if it is beside the project.

mod facts;
mod pages;
mod requirements;

use integration_tests::{SYNCED_AT, TestApp, TestDatabase, real_data, skip};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use server::entity::{data_status, krate, version};
use server::sync::Sources;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

/// The database commit of 2026-08-21, for which the design gives the counts.
#[tokio::test]
async fn counts_of_the_whole_database() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("counts_of_the_whole_database");
    };
    let database = TestDatabase::sqlite().await;
    let report = database
        .sync(&Sources::folders(advisory_db, Some(index), false))
        .await
        .expect("the sync");
    assert_eq!(
        (
            report.advisories.read,
            report.skipped.len(),
            report.packages
        ),
        (1225, 0, 908)
    );
    let status = data_status::Entity::current()
        .one(&database.db)
        .await
        .expect("a row")
        .expect("a status");
    assert_eq!((status.advisories, status.packages), (1225, 908));
}

/// Every verdict, positive or negative, is what `rustsec` says of the file and
/// the version on disk.
#[tokio::test]
async fn every_verdict_is_rustsecs() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("every_verdict_is_rustsecs");
    };
    let seen = compare_verdicts(&advisory_db, &index).await;
    assert!(
        seen.affected > 10_000 && seen.prereleases > 1000,
        "{seen:?}"
    );
}

/// The same for the sample, which has build metadata too.
#[tokio::test]
async fn every_verdict_on_the_sample_is_rustsecs() {
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../server/sample"));
    let seen = compare_verdicts(&sample.join("advisory-db"), &sample.join("index")).await;
    assert!(
        seen.affected > 500 && seen.prereleases > 10 && seen.with_build > 100,
        "{seen:?}"
    );
}

/// The number of pairs of an advisory and a version that were compared.
#[derive(Debug, Default)]
struct Seen {
    pairs: usize,
    affected: usize,
    prereleases: usize,
    with_build: usize,
}

async fn compare_verdicts(advisory_db: &Path, index: &Path) -> Seen {
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db.into(), Some(index.into()), false);
    database.sync(&sources).await.expect("the sync");

    let mut seen = Seen::default();
    for package in folders(&advisory_db.join("crates")) {
        let name = package
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let known = known_verdicts(&database, &name).await;
        let versions = published(index, &name);
        for file in folders(&package) {
            let text = fs::read_to_string(&file).expect("a file");
            let advisory: rustsec::Advisory = text.parse().expect("an advisory");
            for version in &versions {
                let is_affected = advisory.versions.is_vulnerable(version);
                let link = (advisory.id().as_str().to_owned(), version.to_string());
                assert_eq!(known.contains(&link), is_affected, "{link:?}");
                seen.pairs += 1;
                seen.affected += usize::from(is_affected);
                seen.prereleases += usize::from(!version.pre.is_empty());
                seen.with_build += usize::from(!version.build.is_empty());
            }
        }
    }
    seen
}

/// For every published version, GraphQL agrees with the files and `rustsec`,
/// and the texts of every advisory agree with its verdicts.
#[tokio::test]
async fn graphql_says_the_same_of_every_version() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("graphql_says_the_same_of_every_version");
    };
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db.clone(), Some(index.clone()), false);
    database.sync(&sources).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    for package in folders(&advisory_db.join("crates")) {
        let name = package
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name")
            .to_owned();
        let versions = published(&index, &name);
        if versions.is_empty() {
            continue;
        }
        let advisories: Vec<rustsec::Advisory> = folders(&package)
            .iter()
            .map(|file| {
                fs::read_to_string(file)
                    .expect("a file")
                    .parse()
                    .expect("an advisory")
            })
            .collect();
        let nodes = every_version(&app, &name).await;
        assert_eq!(nodes.len(), versions.len(), "{name}");
        for node in &nodes {
            let version: semver::Version = text(&node["num"]).parse().expect("a version");
            let ids: HashSet<&str> = node["advisories"]
                .as_array()
                .expect("advisories")
                .iter()
                .map(|a| text(&a["id"]))
                .collect();
            let live = advisories.iter().filter(|advisory| !advisory.withdrawn());
            let expect: HashSet<&str> = live
                .filter(|advisory| advisory.versions.is_vulnerable(&version))
                .map(|advisory| advisory.id().as_str())
                .collect();
            assert_eq!(ids, expect, "{name} {version}");
            if node["affectingCount"] == 0 {
                assert_eq!(node["upgrade"], Value::Null);
                continue;
            }
            for to in node["upgrade"]
                .as_object()
                .expect("a way out")
                .values()
                .filter(|to| !to.is_null())
            {
                assert_eq!(
                    (&to["affectingCount"], &to["isYanked"]),
                    (&Value::from(0), &Value::from(false))
                );
            }
        }
    }
}

/// Returns every version of a crate with its verdict, page by page, because all
/// at once exceed the limit of an answer.
async fn every_version(app: &TestApp, name: &str) -> Vec<Value> {
    let query = "query($name: String!, $after: String) { crate(name: $name) {
        versions(first: 50, after: $after) {
            nodes { num advisories { id } affectingCount upgrade { compatible { ...To } breaking { ...To } previous { ...To } } }
            pageInfo { hasNextPage endCursor }
        } } }
        fragment To on Version { num affectingCount isYanked }";
    let mut nodes = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = serde_json::json!({ "name": name, "after": after });
        let mut answer = app.graphql(query, variables).await;
        let page = answer["data"]["crate"]["versions"].take();
        let found = page["nodes"].as_array();
        let found = found.unwrap_or_else(|| panic!("{name}: {answer}"));
        nodes.extend(found.iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// Returns the verdicts on a crate as the sync wrote them: advisory id and
/// version.
async fn known_verdicts(database: &TestDatabase, name: &str) -> HashSet<(String, String)> {
    use server::entity::advisory;
    let db = &database.db;
    let krate = krate::Entity::find()
        .filter(krate::Column::LookupName.eq(name.to_lowercase().replace('-', "_")))
        .one(db)
        .await
        .expect("crates");
    let ids = [krate.expect("every package is a crate").id];
    let advisories = advisory::Entity::of_crates(&ids)
        .all(db)
        .await
        .expect("advisories");
    let versions = version::Entity::of_crates(&ids)
        .all(db)
        .await
        .expect("versions");
    let versions: BTreeMap<i32, String> =
        versions.into_iter().map(|row| (row.id, row.num)).collect();
    let mut verdicts = HashSet::new();
    for row in advisories {
        let affected = row.affected_versions.0.iter();
        verdicts.extend(affected.map(|id| (row.advisory_id.clone(), versions[id].clone())));
    }
    verdicts
}

/// Returns the versions in a crate's index file.
fn published(index: &Path, name: &str) -> Vec<semver::Version> {
    let lines = index_lines(index, name).into_iter();
    let version = |line: Value| text(&line["vers"]).parse().expect("semver");
    lines.map(version).collect()
}

/// Returns the lines of a crate's index file, parsed without the project's
/// code.
fn index_lines(index: &Path, name: &str) -> Vec<Value> {
    let name = name.to_lowercase();
    let path = match name.len() {
        1 => format!("1/{name}"),
        2 => format!("2/{name}"),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    };
    let text = fs::read_to_string(index.join(path)).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty());
    let line = |line: &str| serde_json::from_str(line).expect("JSON");
    lines.map(line).collect()
}

fn folders(path: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(path).expect("a folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}
