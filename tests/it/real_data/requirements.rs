//! Release lines and requirements, recomputed by plain loops over `semver`, `rustsec`
//! and the files on disk.

use super::facts::{Crate, Release, kind, leftmost, with_plain_upgrade};
use super::folders;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, real_data, skip};
use semver::VersionReq;
use serde_json::{Value, json};
use server::sync::Sources;
use std::cmp::Reverse;
use std::path::Path;

const LINES: &str = "query($crate: String!) { crate(name: $crate) { lines {
        req matching affected newest { num } newestUnaffected { num } rustVersion
    } } }";

const REQUIREMENTS: &str = "query($on: [RequirementInput!]!) { requirements(on: $on) {
        matching affected vulnerable chosen { num } newestUnaffected { num }
        upgrade {
            compatible { num } breaking { num } previous { num }
            withoutNewerRust { num } improvement { num } yanked { num }
        }
    } }";

#[tokio::test]
async fn every_line_and_requirement_is_what_the_files_say() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("every_line_and_requirement_is_what_the_files_say");
    };
    let seen = compare(&advisory_db, &index).await;
    assert!(
        seen.lines > 1000 && seen.requirements > 10_000 && seen.upgrades > 3000,
        "{seen:?}"
    );
    assert!(seen.prereleases > 500, "{seen:?}");
}

/// The same for the sample.
#[tokio::test]
async fn every_line_and_requirement_of_the_sample_is_what_the_files_say() {
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../server/sample"));
    let seen = compare(&sample.join("advisory-db"), &sample.join("index")).await;
    assert!(
        seen.lines > 100 && seen.upgrades > 50 && seen.prereleases > 10,
        "{seen:?}"
    );
}

/// The number of comparisons.
#[derive(Debug, Default)]
struct Seen {
    lines: usize,
    requirements: usize,
    /// Requirements for which Cargo would choose a pre-release.
    prereleases: usize,
    upgrades: usize,
}

async fn compare(advisory_db: &Path, index: &Path) -> Seen {
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db.into(), Some(index.into()), false);
    database.sync(&sources).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let mut seen = Seen::default();
    for package in folders(&advisory_db.join("crates")) {
        let krate = Crate::read(&package, index);
        let answer = app.graphql(LINES, json!({ "crate": krate.name })).await;
        let lines = lines(&krate);
        assert_eq!(
            answer["data"]["crate"]["lines"],
            json!(lines),
            "{}",
            krate.name
        );
        seen.lines += lines.len();

        let texts = requirements(&krate, &lines);
        for texts in texts.chunks(300) {
            let on = texts
                .iter()
                .map(|req| json!({ "crate": krate.name, "req": req }));
            let variables = json!({ "on": on.collect::<Vec<_>>() });
            let answer = app.graphql(REQUIREMENTS, variables).await;
            assert!(answer["errors"].is_null(), "{}: {answer}", krate.name);
            let found = answer["data"]["requirements"].as_array();
            for (req, found) in texts.iter().zip(found.expect("requirements")) {
                let expect = requirement(&krate, req);
                let found = with_plain_upgrade(found);
                assert_eq!(found, expect, "{} {req}", krate.name);
                seen.requirements += 1;
                seen.upgrades += usize::from(!found["upgrade"].is_null());
                let chosen = found["chosen"]["num"].as_str().unwrap_or_default();
                seen.prereleases += usize::from(chosen.contains('-'));
            }
        }
    }
    seen
}

fn num(release: Option<&&Release>) -> Value {
    release.map_or(Value::Null, |it| json!({ "num": it.version.to_string() }))
}

/// Returns the newest release, and the newest that is not affected.
fn newest<'a>(releases: &[&'a Release]) -> [Option<&'a Release>; 2] {
    let mut sorted = releases.to_vec();
    sorted.sort_by(|a, b| b.version.cmp(&a.version));
    let unaffected = sorted.iter().find(|release| release.counted == 0);
    [sorted.first().copied(), unaffected.copied()]
}

fn affected(releases: &[&Release]) -> usize {
    releases
        .iter()
        .filter(|release| release.counted > 0)
        .count()
}

fn lines(krate: &Crate) -> Vec<Value> {
    let releases = krate.releases.iter();
    let mut keys: Vec<_> = releases.map(|release| leftmost(&release.version)).collect();
    keys.sort_by_key(|(place, number)| (*place, Reverse(*number)));
    keys.dedup();
    let line = |key| {
        let releases = krate.releases.iter();
        let of_line = releases.filter(|release| {
            let version = &release.version;
            leftmost(version) == key && !release.is_yanked && version.pre.is_empty()
        });
        let of_line: Vec<&Release> = of_line.collect();
        let [newest, unaffected] = newest(&of_line);
        let (place, number) = key;
        Some(json!({
            "req": format!("^{}{number}", "0.".repeat(place.into())),
            "matching": of_line.len(),
            "affected": affected(&of_line),
            "newest": num(Some(&newest?)),
            "newestUnaffected": num(unaffected.as_ref()),
            "rustVersion": newest?.rust,
        }))
    };
    keys.into_iter().filter_map(line).collect()
}

/// Returns requirements at the bounds of each line and around each pre-release.
fn requirements(krate: &Crate, lines: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let mut requirements = vec!["*".to_owned(), ">=0".to_owned(), "^99999".to_owned()];
    for line in lines {
        requirements.push(text(&line["req"]));
        let newest = text(&line["newest"]["num"]);
        for op in ["^", "~", "=", "<", "<=", ">", ">="] {
            requirements.push(format!("{op}{newest}"));
        }
        let unaffected = line["newestUnaffected"]["num"].as_str();
        requirements.extend(unaffected.map(|num| format!(">{num}, <={newest}")));
    }
    let releases = krate.releases.iter();
    for release in releases.filter(|release| !release.version.pre.is_empty()) {
        for op in ["^", "=", "<"] {
            requirements.push(format!("{op}{}", release.version));
        }
    }
    requirements
}

fn requirement(krate: &Crate, req: &str) -> Value {
    let req: VersionReq = req.parse().expect("a requirement");
    let releases = krate.releases.iter();
    let allowed = releases.filter(|release| !release.is_yanked && req.matches(&release.version));
    let allowed: Vec<&Release> = allowed.collect();
    let is_vulnerable = |release: &&&Release| {
        let affecting = krate.affecting(&release.version);
        let mut kinds = affecting.into_iter().map(kind);
        kinds.any(|kind| ["vulnerability", "malicious"].contains(&kind))
    };
    let [chosen, unaffected] = newest(&allowed);
    json!({
        "matching": allowed.len(),
        "affected": affected(&allowed),
        "vulnerable": allowed.iter().filter(is_vulnerable).count(),
        "chosen": num(chosen.as_ref()),
        "newestUnaffected": num(unaffected.as_ref()),
        "upgrade": match (chosen, unaffected) {
            (Some(chosen), None) => krate.upgrade(chosen),
            _ => Value::Null,
        },
    })
}
