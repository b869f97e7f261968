//! Checks our own dependencies against RustSec's database. Runs if the
//! advisory-db is beside the project.

use integration_tests::{real_data, skip};
use rustsec::advisory::{Id, Informational};
use rustsec::report::Settings;
use rustsec::{Database, Lockfile, Report};
use std::path::Path;

#[test]
fn no_advisory_affects_our_own_lock_files() {
    let Some((advisory_db, _)) = real_data() else {
        return skip::without_real_data("no_advisory_affects_our_own_lock_files");
    };
    let database = Database::open(&advisory_db).expect("the advisory-db");
    for lock in ["../Cargo.lock", "fuzz/Cargo.lock"] {
        assert_eq!(affected(&database, lock), [""; 0], "{lock}");
    }
}

/// Returns the advisories that affect a lock file.
fn affected(database: &Database, lock: &str) -> Vec<String> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join(lock);
    let lock = Lockfile::load(lock).expect("our lock file");
    assert!(lock.packages.len() > 200, "all that it is built from");
    let settings = Settings {
        ignore: exceptions(),
        informational_warnings: vec![Informational::Unsound],
        ..Settings::default()
    };
    let report = Report::generate(database, &lock, &settings);

    let vulnerable = report.vulnerabilities.list.iter().map(|found| {
        let (id, package) = (&found.advisory.id, &found.package);
        format!("{id}: {} {}", package.name, package.version)
    });
    let unsound = report.warnings.values().flatten().map(|warning| {
        let id = warning
            .advisory
            .as_ref()
            .map(|advisory| advisory.id.as_str());
        let package = &warning.package;
        format!(
            "{}: {} {}",
            id.unwrap_or("yanked"),
            package.name,
            package.version
        )
    });
    vulnerable.chain(unsound).collect()
}

/// Returns the exceptions in `deny.toml`, each of which has its reason there.
fn exceptions() -> Vec<Id> {
    let lines = include_str!("../../deny.toml").lines();
    let ids = lines.filter_map(|line| line.trim().strip_prefix("{ id = \"")?.split('"').next());
    ids.map(|id| id.parse().expect("an advisory's id"))
        .collect()
}
