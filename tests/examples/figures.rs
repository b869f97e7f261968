//! Counts the facts of the verdicts over a database: best over RustSec's own data.
//!
//! ```sh
//! cargo run -p integration-tests --example figures -- ../advisory-db ../index
//! ```

use anyhow::{Context, Result, ensure};
use clap::Parser;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};
use server::domain::rust_version::RustVersion;
use server::entity::krate;
use server::sync::Sources;
use std::io::{Write, stdout};
use std::path::PathBuf;

/// Counts the facts of the verdicts.
#[derive(Parser)]
struct Options {
    /// A checkout of RustSec's advisory-db
    advisory_db: PathBuf,
    /// A folder of crates.io's index
    index: PathBuf,
}

const VERSIONS: &str = "
    query($name: String!, $after: String) { crate(name: $name) {
        versions(first: 100, after: $after) {
            nodes {
                affectingCount alert rustVersion platforms { os }
                counts { unsound }
                upgrade {
                    compatible { rustVersion } breaking { rustVersion } previous { num }
                    withoutNewerRust { num } improvement { num } yanked { num }
                }
            }
            pageInfo { hasNextPage endCursor }
        }
    } }";

const ADVISORIES: &str = "
    query($name: String!) { crate(name: $name) {
        advisories(includeWithdrawn: true) { fixedRelease { num } twins { id } }
    } }";

#[derive(Default)]
struct Figures {
    versions: usize,
    affected: usize,
    alarms: usize,
    unsound_only: usize,
    on_some_platform: usize,
    compatible: usize,
    breaking: usize,
    previous: usize,
    rust_known: usize,
    rust_rises: usize,
    without_newer_rust: usize,
    improvements: usize,
    only_yanked: usize,
    advisories: usize,
    fixed_releases: usize,
    with_twins: usize,
    most_twins: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(options.advisory_db, Some(options.index), false);
    database.sync(&sources).await?;
    let crates = krate::Entity::with_advisories().all(&database.db).await?;
    let app = TestApp::over(database, SYNCED_AT).await;

    let mut figures = Figures::default();
    for krate in &crates {
        let mut after = Value::Null;
        loop {
            let variables = json!({ "name": krate.name, "after": after });
            let page = ask(&app, VERSIONS, variables).await?["versions"].take();
            for version in list(&page["nodes"])? {
                figures.count_version(version);
            }
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        let found = ask(&app, ADVISORIES, json!({ "name": krate.name })).await?;
        for advisory in list(&found["advisories"])? {
            figures.advisories += 1;
            figures.fixed_releases += usize::from(!advisory["fixedRelease"].is_null());
            let twins = list(&advisory["twins"])?.len();
            figures.with_twins += usize::from(twins > 0);
            figures.most_twins = figures.most_twins.max(twins);
        }
    }
    figures.print(crates.len())
}

async fn ask(app: &TestApp, query: &str, variables: Value) -> Result<Value> {
    let mut answer = app.graphql(query, variables).await;
    ensure!(answer["errors"].is_null(), "{answer}");
    Ok(answer["data"]["crate"].take())
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("a list")
}

impl Figures {
    fn count_version(&mut self, version: &Value) {
        self.versions += 1;
        let upgrade = &version["upgrade"];
        if upgrade.is_null() {
            return;
        }
        let is_set = |value: &Value| usize::from(!value.is_null());
        self.affected += 1;
        self.alarms += usize::from(version["alert"] == "ALARM");
        let is_unsound_only = version["counts"]["unsound"] == version["affectingCount"];
        self.unsound_only += usize::from(is_unsound_only);
        self.on_some_platform += is_set(&version["platforms"]);
        self.compatible += is_set(&upgrade["compatible"]);
        self.breaking += is_set(&upgrade["breaking"]);
        self.previous += is_set(&upgrade["previous"]);
        let rust = |version: &Value| version["rustVersion"].as_str().and_then(RustVersion::parse);
        let needed = rust(&upgrade["compatible"]).or_else(|| rust(&upgrade["breaking"]));
        if let (Some(now), Some(needed)) = (rust(version), needed) {
            self.rust_known += 1;
            self.rust_rises += usize::from(needed.is_newer_than(now));
        }
        self.without_newer_rust += is_set(&upgrade["withoutNewerRust"]);
        self.improvements += is_set(&upgrade["improvement"]);
        self.only_yanked += is_set(&upgrade["yanked"]);
    }

    fn print(&self, crates: usize) -> Result<()> {
        let mut out = stdout().lock();
        for (count, name) in [
            (crates, "crates with an advisory"),
            (self.versions, "published versions of theirs"),
            (self.affected, "affected versions; of these:"),
            (self.alarms, "  an alarm"),
            (self.unsound_only, "  affected by unsoundness only"),
            (self.on_some_platform, "  affected on some platforms only"),
            (self.compatible, "  a compatible upgrade"),
            (self.breaking, "  a breaking upgrade"),
            (self.previous, "  an older release only"),
            (self.rust_known, "  an upgrade, both Rust versions known"),
            (self.rust_rises, "    that needs a newer Rust"),
            (self.without_newer_rust, "    and another that does not"),
            (self.improvements, "  a compatible improvement only"),
            (self.only_yanked, "  only a yanked release is free"),
            (self.advisories, "advisories on crates; of these:"),
            (self.fixed_releases, "  with a fixed release"),
            (self.with_twins, "  with a twin"),
            (self.most_twins, "  the most twins of one"),
        ] {
            writeln!(out, "{count:6} {name}")?;
        }
        Ok(())
    }
}
