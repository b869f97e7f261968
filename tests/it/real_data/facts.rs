//! The facts of every verdict and every advisory, recomputed by plain loops over the
//! files on disk.

use super::{folders, index_lines, text};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, real_data, skip};
use rustsec::advisory::{Advisory, Severity};
use semver::Version;
use serde_json::{Value, json};
use server::sync::Sources;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FACTS: &str = "
    query($name: String!, $after: String) { crate(name: $name) {
        advisories(includeWithdrawn: true) {
            id alert sourceUrl fixedRelease { num } twins { sourceUrl }
        }
        versions(first: 50, after: $after) {
            nodes {
                num affectingCount alert rustVersion platforms { os arch }
                counts { malicious vulnerabilities unsound unmaintained notices other }
                upgrade {
                    compatible { num } breaking { num } previous { num }
                    withoutNewerRust { num } improvement { num } yanked { num }
                }
            }
            pageInfo { hasNextPage endCursor }
        }
    } }";

#[tokio::test]
async fn every_fact_is_what_the_files_say() {
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data("every_fact_is_what_the_files_say");
    };
    let mut seen = compare(&advisory_db, &index).await;
    // Only the sample has crates whose only upgrade is yanked.
    seen.retain(|(fact, _)| *fact != "yanked");
    assert!(seen.iter().all(|(_, count)| *count > 0), "{seen:?}");
}

/// The same for the sample.
#[tokio::test]
async fn every_fact_of_the_sample_is_what_the_files_say() {
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../server/sample"));
    let mut seen = compare(&sample.join("advisory-db"), &sample.join("index")).await;
    seen.retain(|(fact, _)| ["improvement", "yanked", "fixedRelease"].contains(fact));
    assert!(seen.iter().all(|(_, count)| *count > 0), "{seen:?}");
}

/// Compares all facts, and counts the rarer ones.
async fn compare(advisory_db: &Path, index: &Path) -> Vec<(&'static str, usize)> {
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db.into(), Some(index.into()), false);
    database.sync(&sources).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let mut seen = [
        ("platforms", 0),
        ("withoutNewerRust", 0),
        ("improvement", 0),
        ("yanked", 0),
        ("fixedRelease", 0),
        ("twins", 0),
    ];
    for package in folders(&advisory_db.join("crates")) {
        let krate = Crate::read(&package, index);
        let mut after = Value::Null;
        loop {
            let variables = json!({ "name": krate.name, "after": after });
            let answer = app.graphql(FACTS, variables).await;
            let found = &answer["data"]["crate"];
            assert!(answer["errors"].is_null(), "{}: {answer}", krate.name);
            for node in found["versions"]["nodes"].as_array().expect("nodes") {
                let node = &with_plain_upgrade(node);
                let release = krate.release(text(&node["num"]));
                let expect = krate.verdict(release);
                assert_eq!(*node, expect, "{} {}", krate.name, release.version);
                for (fact, count) in &mut seen {
                    let is_set = |value: &Value| !value.is_null();
                    *count += usize::from(is_set(&node[*fact]) || is_set(&node["upgrade"][*fact]));
                }
            }
            if after.is_null() {
                for node in found["advisories"].as_array().expect("advisories") {
                    krate.check_advisory(node);
                    seen[4].1 += usize::from(!node["fixedRelease"].is_null());
                    seen[5].1 += usize::from(node["twins"] != json!([]));
                }
            }
            if found["versions"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = found["versions"]["pageInfo"]["endCursor"].clone();
        }
    }
    seen.to_vec()
}

/// Returns the version with `1.0.0` in place of each `{ "num": "1.0.0" }` of its upgrade.
pub(super) fn with_plain_upgrade(node: &Value) -> Value {
    let mut node = node.clone();
    for to in node["upgrade"].as_object_mut().into_iter().flatten() {
        *to.1 = to.1["num"].take();
    }
    node
}

pub(super) struct Crate {
    pub(super) name: String,
    /// Advisories with the names of their files.
    advisories: Vec<(String, Advisory)>,
    pub(super) releases: Vec<Release>,
}

pub(super) struct Release {
    pub(super) version: Version,
    pub(super) is_yanked: bool,
    pub(super) rust: Option<String>,
    published_at: Option<String>,
    /// The number of counted advisories that affect it.
    pub(super) counted: usize,
}

impl Crate {
    pub(super) fn read(package: &Path, index: &Path) -> Self {
        let file_name = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.expect("a name").to_owned()
        };
        let name = file_name(package);
        let advisories = folders(package).into_iter().map(|file| {
            let text = fs::read_to_string(&file).expect("a file");
            (file_name(&file), text.parse().expect("an advisory"))
        });
        let releases = index_lines(index, &name).into_iter().map(|line| Release {
            version: text(&line["vers"]).parse().expect("semver"),
            is_yanked: line["yanked"] == true,
            rust: line["rust_version"].as_str().map(str::to_owned),
            published_at: line["pubtime"].as_str().map(str::to_owned),
            counted: 0,
        });
        let mut krate = Self {
            releases: releases.collect(),
            advisories: advisories.collect(),
            name,
        };
        for index in 0..krate.releases.len() {
            let affecting = krate.affecting(&krate.releases[index].version);
            let counted = affecting.into_iter().filter(|it| is_counted(it)).count();
            krate.releases[index].counted = counted;
        }
        krate
    }

    fn release(&self, num: &str) -> &Release {
        let mut releases = self.releases.iter();
        let release = releases.find(|release| release.version.to_string() == num);
        release.expect("a published version")
    }

    pub(super) fn affecting(&self, version: &Version) -> Vec<&Advisory> {
        let advisories = self.advisories.iter().map(|(_, advisory)| advisory);
        let live = advisories.filter(|it| it.metadata.withdrawn.is_none());
        live.filter(|it| it.versions.is_vulnerable(version))
            .collect()
    }

    fn verdict(&self, release: &Release) -> Value {
        let affecting = self.affecting(&release.version);
        let count = |wanted: &str| affecting.iter().filter(|it| kind(it) == wanted).count();
        let counts = json!({
            "malicious": count("malicious"),
            "vulnerabilities": count("vulnerability"),
            "unsound": count("unsound"),
            "unmaintained": count("unmaintained"),
            "notices": count("notice"),
            "other": count("other"),
        });
        let counted = count("malicious") + count("vulnerability") + count("unsound");
        assert_eq!(counted, release.counted);
        let alerts: BTreeSet<&str> = affecting.iter().map(|it| alert(it)).collect();
        let alert = ["ALARM", "WARNING"]
            .into_iter()
            .find(|alert| alerts.contains(alert));
        json!({
            "num": release.version.to_string(),
            "affectingCount": counted,
            "counts": counts,
            "alert": alert.unwrap_or("NONE"),
            "rustVersion": release.rust,
            "platforms": platforms(&affecting),
            "upgrade": match counted {
                0 => Value::Null,
                _ => self.upgrade(release),
            },
        })
    }

    pub(super) fn upgrade(&self, from: &Release) -> Value {
        // Nearest first, on each side.
        let mut sides: [Vec<&Release>; 3] = Default::default();
        for release in &self.releases {
            let is_allowed = release.version.pre.is_empty() || !from.version.pre.is_empty();
            match precedence(&release.version, &from.version) {
                Ordering::Greater if is_allowed => {
                    let is_compatible = leftmost(&release.version) == leftmost(&from.version);
                    sides[usize::from(!is_compatible)].push(release);
                }
                Ordering::Less if is_allowed => sides[2].push(release),
                _ => {}
            }
        }
        for side in &mut sides {
            side.sort_by(|a, b| a.version.cmp(&b.version));
        }
        sides[2].reverse();

        let is_free = |release: &Release| release.counted == 0;
        let is_offered = |release: &&&Release| !release.is_yanked && is_free(release);
        let [compatible, breaking, previous] = &sides;
        let first = |side: &[&Release]| {
            side.iter()
                .find(is_offered)
                .map(|it| it.version.to_string())
        };
        let (mut upgrade, mut chosen) = (Value::Null, None);
        for (index, (name, side)) in [
            ("compatible", compatible),
            ("breaking", breaking),
            ("previous", previous),
        ]
        .into_iter()
        .enumerate()
        {
            if chosen.is_none() {
                upgrade[name] = json!(first(side));
                chosen = first(side).map(|num| (index, num));
            } else {
                upgrade[name] = Value::Null;
            }
        }

        upgrade["withoutNewerRust"] = Value::Null;
        if let (Some((side @ (0 | 1), num)), Some(rust)) = (&chosen, &from.rust) {
            let needed = self.release(num).rust.as_deref();
            if needed.is_some_and(|needed| numbers(needed) > numbers(rust)) {
                let stays = |release: &&&Release| {
                    let needed = release.rust.as_deref();
                    is_offered(release)
                        && needed.is_some_and(|needed| numbers(needed) <= numbers(rust))
                };
                let found = sides[*side].iter().find(stays);
                upgrade["withoutNewerRust"] = json!(found.map(|it| it.version.to_string()));
            }
        }

        upgrade["improvement"] = Value::Null;
        if upgrade["compatible"].is_null() {
            let mut fewest = from.counted;
            for release in compatible.iter().filter(|release| !release.is_yanked) {
                if release.counted < fewest {
                    fewest = release.counted;
                    upgrade["improvement"] = json!(release.version.to_string());
                }
            }
        }

        let is_gone = |release: &&&Release| release.is_yanked && is_free(release);
        let gone = sides.iter().find_map(|side| side.iter().find(is_gone));
        let gone = gone.filter(|_| chosen.is_none());
        upgrade["yanked"] = json!(gone.map(|it| it.version.to_string()));
        upgrade
    }

    fn check_advisory(&self, node: &Value) {
        let file = text(&node["sourceUrl"]).rsplit('/').next().expect("a name");
        let mut advisories = self.advisories.iter();
        let advisory = advisories.find(|(name, _)| name == file);
        let (_, advisory) = advisory.expect("an advisory of the crate");
        let is_live = advisory.metadata.withdrawn.is_none();
        let expect = if is_live { alert(advisory) } else { "NONE" };
        assert_eq!(node["alert"], expect, "{file}");

        // Only stable versions are tested, which requirements match as `rustsec` does.
        let fixed = self.releases.iter().filter(|release| {
            let mut patched = advisory.versions.patched().iter();
            !release.is_yanked
                && release.version.pre.is_empty()
                && !advisory.versions.is_vulnerable(&release.version)
                && patched.any(|requirement| requirement.matches(&release.version))
        });
        let mut fixed: Vec<_> = fixed.collect();
        fixed.sort_by(|a, b| (&a.published_at, &a.version).cmp(&(&b.published_at, &b.version)));
        // Releases without a time sort first.
        let fixed = fixed.first().filter(|first| first.published_at.is_some());
        let fixed = fixed.map(|release| json!({ "num": release.version.to_string() }));
        assert_eq!(node["fixedRelease"], fixed.unwrap_or_default(), "{file}");

        let aliases: BTreeSet<&str> = advisory
            .metadata
            .aliases
            .iter()
            .map(|id| id.as_str())
            .collect();
        let twins = self.advisories.iter().filter(|(name, other)| {
            let mut others = other.metadata.aliases.iter();
            name != file
                && other.metadata.withdrawn.is_none()
                && others.any(|alias| aliases.contains(alias.as_str()))
        });
        let twins: BTreeSet<&str> = twins.map(|(name, _)| name.as_str()).collect();
        let found = node["twins"].as_array().expect("twins").iter();
        let found: BTreeSet<&str> = found
            .filter_map(|twin| text(&twin["sourceUrl"]).rsplit('/').next())
            .collect();
        assert_eq!(found, twins, "{file}");
    }
}

pub(super) fn kind(advisory: &Advisory) -> &'static str {
    let informational = advisory.metadata.informational.as_ref();
    match informational.map(|kind| kind.as_str()) {
        None => {
            let mut categories = advisory.metadata.categories.iter();
            match categories.any(|category| category.name() == "malicious") {
                true => "malicious",
                false => "vulnerability",
            }
        }
        Some("unsound") => "unsound",
        Some("unmaintained") => "unmaintained",
        Some("notice") => "notice",
        Some(_) => "other",
    }
}

fn is_counted(advisory: &Advisory) -> bool {
    ["malicious", "vulnerability", "unsound"].contains(&kind(advisory))
}

fn alert(advisory: &Advisory) -> &'static str {
    match (kind(advisory), advisory.severity()) {
        ("malicious", _) => "ALARM",
        ("vulnerability", None | Some(Severity::High | Severity::Critical)) => "ALARM",
        ("vulnerability" | "unsound", _) => "WARNING",
        _ => "NONE",
    }
}

/// The operating systems and the architectures that an advisory is limited to.
fn limit(advisory: &Advisory) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let affected = advisory.affected.as_ref();
    let os = affected.map(|it| it.os.iter().map(|os| os.as_str()).collect());
    let arch = affected.map(|it| it.arch.iter().map(|arch| arch.as_str()).collect());
    (os.unwrap_or_default(), arch.unwrap_or_default())
}

fn platforms(affecting: &[&Advisory]) -> Value {
    let counted = affecting.iter().filter(|it| is_counted(it));
    let limits: BTreeSet<(BTreeSet<&str>, BTreeSet<&str>)> = counted.map(|it| limit(it)).collect();
    match limits.first() {
        Some((os, arch)) if limits.len() == 1 && os.len() + arch.len() > 0 => {
            json!({ "os": os, "arch": arch })
        }
        _ => Value::Null,
    }
}

fn precedence(a: &Version, b: &Version) -> Ordering {
    let order = |it: &Version| (it.major, it.minor, it.patch);
    order(a).cmp(&order(b)).then(a.pre.cmp(&b.pre))
}

/// Returns the position and the value of the first number that `^` keeps.
pub(super) fn leftmost(version: &Version) -> (u8, u64) {
    match (version.major, version.minor, version.patch) {
        (0, 0, patch) => (2, patch),
        (0, minor, _) => (1, minor),
        (major, _, _) => (0, major),
    }
}

fn numbers(rust: &str) -> [u64; 3] {
    let mut numbers = [0; 3];
    for (number, text) in numbers.iter_mut().zip(rust.split('.')) {
        *number = text.parse().expect("a number");
    }
    numbers
}
