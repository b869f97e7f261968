//! Counts release lines, and the dependencies that a host would mark, over a database:
//! best over RustSec's own data.
//!
//! ```sh
//! cargo run --release -p integration-tests --example requirements -- \
//!     ../advisory-db ../index
//! ```
//!
//! The dependencies are those of the newest release of each crate of the index. They are
//! requested as a host does: one request for each release, of at most 300 rows. A
//! dependency is marked if it is not for development and every release that its
//! requirement allows is vulnerable.

use anyhow::{Context, Result, ensure};
use clap::Parser;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use semver::Version;
use serde::Deserialize;
use serde_json::{Value, json};
use server::entity::krate;
use server::graphql::MAX_REQUIREMENTS;
use server::sync::Sources;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Counts release lines and the dependencies that a host would mark.
#[derive(Parser)]
struct Options {
    /// A checkout of RustSec's advisory-db
    advisory_db: PathBuf,
    /// A folder of crates.io's index
    index: PathBuf,
}

const LINES: &str = "query($name: String!) { crate(name: $name) { lines {
        matching affected newest { affectingCount }
    } } }";

const MARKS: &str = "query RequirementMarks($on: [RequirementInput!]!) {
        requirements(on: $on) { matching affected vulnerable }
        dataStatus { revision commit source isStale }
    }";

/// A line of an index file.
#[derive(Deserialize)]
struct Release {
    name: String,
    vers: Version,
    #[serde(default)]
    yanked: bool,
    deps: Vec<Dependency>,
}

/// A dependency, as the index writes it.
#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    optional: bool,
    kind: Option<String>,
    /// The name of the crate, if the dependency was renamed.
    package: Option<String>,
    /// The registry, if it is another one.
    registry: Option<String>,
}

impl Dependency {
    fn krate(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.name)
    }

    fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(
        options.advisory_db.clone(),
        Some(options.index.clone()),
        false,
    );
    database.sync(&sources).await?;
    let crates = krate::Entity::with_advisories().all(&database.db).await?;
    let names: Vec<String> = crates.into_iter().map(|krate| krate.name).collect();

    let app = TestApp::over(database, SYNCED_AT).await;
    dependencies(&app, &options.index).await?;
    // A new app, which has read nothing yet.
    let app = app.and(&[]).await;
    largest_page(&app, &names).await?;
    lines(&app, &names).await
}

async fn dependencies(app: &TestApp, index: &Path) -> Result<()> {
    let mut out = stdout();
    let (mut releases, mut of_dev, mut elsewhere, mut rows) = (0, 0, 0, 0);
    let mut marks: BTreeMap<String, bool> = BTreeMap::new();
    // By the rule that deps.rs has abandoned.
    let mut allow_vulnerable: BTreeMap<String, bool> = BTreeMap::new();
    let mut slowest = (Duration::ZERO, Duration::ZERO, String::new());
    for file in files(index)? {
        let Some(release) = newest(&file)? else {
            continue;
        };
        releases += 1;
        of_dev += release.deps.iter().filter(|it| it.is_dev()).count();
        elsewhere += release
            .deps
            .iter()
            .filter(|it| it.registry.is_some())
            .count();
        let deps = release.deps.iter();
        let deps: Vec<&Dependency> = deps
            .filter(|it| !it.is_dev() && it.registry.is_none())
            .collect();
        rows += deps.len();
        for deps in deps.chunks(MAX_REQUIREMENTS) {
            let on: Vec<Value> = deps
                .iter()
                .map(|it| json!({ "crate": it.krate(), "req": it.req }))
                .collect();
            let (first, found) = timed(app, &on).await?;
            let (second, again) = timed(app, &on).await?;
            ensure!(found == again, "the same answer");
            if first > slowest.0 {
                let page = format!("{} {}, {} rows", release.name, release.vers, deps.len());
                slowest = (first, second, page);
            }
            let found = found.as_array().context("a list")?;
            ensure!(found.len() == deps.len(), "an answer for each row");
            for (dependency, found) in deps.iter().zip(found) {
                let count = |name: &str| found[name].as_u64().context("a count");
                let (matching, vulnerable) = (count("matching")?, count("vulnerable")?);
                let text = format!(
                    "{} {}: {} {} ({vulnerable} of {matching})",
                    release.name,
                    release.vers,
                    dependency.krate(),
                    dependency.req,
                );
                // A dependency is listed again for each platform.
                if matching > 0 && vulnerable == matching {
                    let is_optional = marks.entry(text.clone()).or_insert(true);
                    *is_optional &= dependency.optional;
                }
                if vulnerable > 0 {
                    let is_optional = allow_vulnerable.entry(text).or_insert(true);
                    *is_optional &= dependency.optional;
                }
            }
        }
    }

    let optional = |of: &BTreeMap<String, bool>| of.values().filter(|it| **it).count();
    for (count, name) in [
        (releases, "newest releases of crates"),
        (of_dev, "dependencies for development: not asked for"),
        (
            elsewhere,
            "dependencies from other registries: not asked for",
        ),
        (rows, "other dependencies"),
        (marks.len() - optional(&marks), "  marked, mandatory"),
        (optional(&marks), "  marked, optional"),
        (
            allow_vulnerable.len() - optional(&allow_vulnerable),
            "  allow a vulnerable release, mandatory",
        ),
        (
            optional(&allow_vulnerable),
            "  allow a vulnerable release, optional",
        ),
    ] {
        writeln!(out, "{count:6} {name}")?;
    }
    for (mark, is_optional) in &marks {
        let kind = if *is_optional {
            "optional"
        } else {
            "mandatory"
        };
        writeln!(out, "       {kind}  {mark}")?;
    }
    let (first, second, page) = slowest;
    writeln!(
        out,
        "the slowest page ({page}): {first:.1?}, again {second:.1?}"
    )?;
    Ok(())
}

/// Measures a page with the maximum number of crates that have advisories.
async fn largest_page(app: &TestApp, names: &[String]) -> Result<()> {
    let names = names.iter().take(MAX_REQUIREMENTS);
    let on: Vec<Value> = names
        .map(|name| json!({ "crate": name, "req": "*" }))
        .collect();
    let (first, _) = timed(app, &on).await?;
    let (second, _) = timed(app, &on).await?;
    writeln!(
        stdout(),
        "a page of {} crates with advisories: {first:.1?}, again {second:.1?}",
        on.len()
    )?;
    Ok(())
}

async fn lines(app: &TestApp, names: &[String]) -> Result<()> {
    let (mut all, mut with_affected, mut newest_affected, mut only_affected) = (0, 0, 0, 0);
    let mut most = 0;
    for name in names {
        let answer = app.graphql(LINES, json!({ "name": name })).await;
        ensure!(answer["errors"].is_null(), "{answer}");
        let lines = answer["data"]["crate"]["lines"].as_array();
        let lines = lines.context("a list")?;
        all += lines.len();
        most = most.max(lines.len());
        for line in lines {
            with_affected += usize::from(line["affected"] != 0);
            newest_affected += usize::from(line["newest"]["affectingCount"] != 0);
            only_affected += usize::from(line["affected"] == line["matching"]);
        }
    }
    for (count, name) in [
        (names.len(), "crates with an advisory"),
        (all, "release lines of theirs"),
        (most, "  the most of one crate"),
        (with_affected, "  with an affected release"),
        (newest_affected, "  of which the newest release is affected"),
        (only_affected, "  of which every release is affected"),
    ] {
        writeln!(stdout(), "{count:6} {name}")?;
    }
    Ok(())
}

async fn timed(app: &TestApp, on: &[Value]) -> Result<(Duration, Value)> {
    let begin = Instant::now();
    let mut answer = app.graphql(MARKS, json!({ "on": on })).await;
    let time = begin.elapsed();
    ensure!(answer["errors"].is_null(), "{answer}");
    Ok((time, answer["data"]["requirements"].take()))
}

/// Returns the newest release in an index file: stable and not yanked, if there is one.
fn newest(file: &Path) -> Result<Option<Release>> {
    let text = fs::read_to_string(file)?;
    let mut releases = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let release: Release =
            serde_json::from_str(line).with_context(|| file.display().to_string())?;
        releases.push(release);
    }
    let rank = |it: &Release| (!it.yanked, it.vers.pre.is_empty(), it.vers.clone());
    Ok(releases.into_iter().max_by_key(rank))
}

/// Returns the index files in a folder and below it. A crate's name contains no dot.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.path() {
            _ if entry.file_name().to_string_lossy().contains('.') => {}
            path if path.is_dir() => files.extend(self::files(&path)?),
            path => files.push(path),
        }
    }
    files.sort();
    Ok(files)
}
