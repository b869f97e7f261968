//! A sync makes the database agree with the sources, whatever it had before.

use integration_tests::fixture::{Folders, advisory};
use integration_tests::rows::{rows, sync_as_from_empty};
use integration_tests::{SYNCED_AT, TestDatabase};
use sea_orm::EntityTrait;
use server::entity::{data_status, version};
use server::sync::{self, Guard, SkipReason, Sources, SyncError};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use time::Duration;

#[tokio::test]
async fn a_second_run_changes_nothing_and_says_so() {
    for (database, _server) in TestDatabase::each("a second run").await {
        let first = database
            .sync(&Sources::sample())
            .await
            .expect("the first sync");
        assert!(first.is_changed && first.skipped.is_empty());
        let before = rows(&database).await;

        let later = SYNCED_AT + Duration::HOUR;
        let second = sync::run(&database.db, &Sources::sample(), &Guard::default(), later)
            .await
            .expect("the second sync");
        assert!(!second.is_changed);
        insta::assert_snapshot!("nothing-has-changed", second);
        assert_eq!(rows(&database).await, before);
        let status = data_status::Entity::current()
            .one(&database.db)
            .await
            .expect("a row")
            .expect("a status");
        assert_eq!((status.revision, status.synced_at), (1, later));
    }
}

#[tokio::test]
async fn the_first_report_in_words() {
    let database = TestDatabase::sqlite().await;
    let report = database.sync(&Sources::sample()).await.expect("the sync");
    insta::assert_snapshot!("first-report", report);
}

/// Files in a folder that have been unchanged for long enough are not read again. A
/// change of them is still noticed, even if it keeps the size.
#[tokio::test]
async fn follows_a_change_of_files_at_rest() {
    for (database, _server) in TestDatabase::each("files at rest").await {
        let folders = Folders::new();
        let (sources, guard) = (folders.sources(), Guard::default());
        // Whenever the test runs, its files are old enough by then.
        let later = SYNCED_AT + Duration::weeks(5000);
        let sync = async || sync::run(&database.db, &sources, &guard, later).await;
        assert_eq!(
            sync().await.expect("the first sync").versions.added.len(),
            2
        );
        assert!(!sync().await.expect("the second sync").is_changed);

        folders.index("wi/dg/widget", &[("1.0.0", false), ("1.2.0", false)]);
        let report = sync().await.expect("the third sync");
        assert_eq!(report.versions.added, ["widget@1.2.0"]);
        assert_eq!(report.versions.removed, ["widget@1.1.0"]);
        folders.remove("index/wi/dg/widget");
        let report = sync().await.expect("the fourth sync");
        assert_eq!(report.versions.removed.len(), 2);
    }
}

/// A verdict disappears with its version, because the version's key is used again.
#[tokio::test]
async fn a_version_that_is_gone_leaves_no_verdict() {
    for (database, _server) in TestDatabase::each("a version that is gone").await {
        let folders = Folders::new();
        let sync = async || sync_as_from_empty(&database, &folders.sources()).await;
        folders.index("wi/dg/widget", &[("1.0.0", false), ("1.0.5", false)]);
        assert_eq!(sync().await.affected_versions, Some(2));
        folders.index("wi/dg/widget", &[("1.0.0", false)]);
        assert_eq!(sync().await.affected_versions, Some(1));
        folders.index("wi/dg/widget", &[("1.0.0", false), ("1.1.0", false)]);
        assert_eq!(sync().await.affected_versions, Some(1));
    }
}

/// The Rust version of a published release may be corrected.
#[tokio::test]
async fn a_rust_version_that_changes() {
    for (database, _server) in TestDatabase::each("a rust version").await {
        let folders = Folders::new();
        let sync = async |rust_version: &str| {
            let line =
                format!(r#"{{"name":"widget","vers":"1.0.0","rust_version":{rust_version}}}"#);
            folders.write("index/wi/dg/widget", &line);
            let report = sync_as_from_empty(&database, &folders.sources()).await;
            let row = version::Entity::find().one(&database.db).await;
            let row = row.expect("versions").expect("a version");
            (row.rust_version, report.versions.changed.len())
        };
        assert_eq!(sync(r#""1.63""#).await, (Some("1.63".to_owned()), 0));
        assert_eq!(sync(r#""1.63.0""#).await, (Some("1.63.0".to_owned()), 1));
        // An invalid Rust version does not affect the version itself.
        assert_eq!(sync(r#"">=1.63""#).await, (None, 1));
        assert_eq!(sync("[1]").await, (None, 0));
        assert_eq!(sync(r#""1.71""#).await, (Some("1.71".to_owned()), 1));
        assert_eq!(sync("null").await, (None, 1));
    }
}

/// After any change, the database equals one that was synced from empty.
#[tokio::test]
async fn follows_every_kind_of_change() {
    for (database, _server) in TestDatabase::each("kinds of change").await {
        let folders = Folders::new();
        let sync = async || sync_as_from_empty(&database, &folders.sources()).await;
        assert_eq!(sync().await.advisories.added, ["RUSTSEC-2024-0001"]);

        // An advisory on a new crate arrives, without its number yet.
        folders.advisory("crates/gadget/RUSTSEC-0000-0000", r#"patched = []"#);
        folders.index("ga/dg/gadget", &[("0.1.0", false)]);
        assert_eq!(sync().await.crates.added, ["gadget"]);
        // It is numbered.
        folders.remove("advisory-db/crates/gadget/RUSTSEC-0000-0000.md");
        folders.advisory("crates/gadget/RUSTSEC-2024-0002", r#"patched = []"#);
        let report = sync().await;
        assert_eq!(report.advisories.added, ["RUSTSEC-2024-0002"]);
        assert_eq!(report.advisories.removed, ["RUSTSEC-0000-0000"]);
        // Its range is corrected.
        folders.advisory(
            "crates/gadget/RUSTSEC-2024-0002",
            "patched = []\nunaffected = [\"< 0.2.0\"]",
        );
        assert_eq!(sync().await.advisories.changed, ["RUSTSEC-2024-0002"]);
        // It moves to another crate, and no advisory names the old one any more.
        folders.remove("advisory-db/crates/gadget/RUSTSEC-2024-0002.md");
        folders.advisory("crates/gizmo/RUSTSEC-2024-0002", r#"patched = []"#);
        let report = sync().await;
        assert_eq!(report.crates.added, ["gizmo"]);
        assert_eq!(report.crates.removed, ["gadget"]);
        // A version is published, one is yanked, one is removed.
        folders.index("wi/dg/widget", &[("1.0.0", true), ("1.2.0", false)]);
        let report = sync().await;
        assert_eq!(report.versions.added, ["widget@1.2.0"]);
        assert_eq!(report.versions.changed, ["widget@1.0.0"]);
        assert_eq!(report.versions.removed, ["widget@1.1.0"]);
        // A crate leaves the index and keeps its advisory.
        folders.remove("index/wi/dg/widget");
        let report = sync().await;
        assert_eq!(
            (
                report.versions.removed.len(),
                report.advisories.removed.len()
            ),
            (2, 0)
        );
        // It comes back.
        folders.index("wi/dg/widget", &[("1.0.0", false)]);
        assert_eq!(sync().await.versions.added, ["widget@1.0.0"]);
    }
}

/// A bad file is skipped, named and counted, and the data read from it earlier stays.
#[tokio::test]
async fn a_file_that_turns_bad_keeps_what_was_known() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    database
        .sync(&folders.sources())
        .await
        .expect("the first sync");
    let before = rows(&database).await;

    folders.write(
        "advisory-db/crates/widget/RUSTSEC-2024-0001.md",
        "no advisory",
    );
    folders.write(
        "index/wi/dg/widget",
        "{\"name\":\"widget\",\"vers\":\"one\"}",
    );
    folders.advisory("crates/gizmo/RUSTSEC-2024-0003", "patched = []");
    let report = database
        .sync(&folders.sources())
        .await
        .expect("the second sync");

    let skipped: Vec<_> = report
        .skipped
        .iter()
        .map(|s| (s.path.as_str(), s.reason.clone()))
        .collect();
    assert_eq!(
        skipped,
        [
            (
                "crates/widget/RUSTSEC-2024-0001.md",
                SkipReason::NotAnAdvisory
            ),
            ("wi/dg/widget", SkipReason::NotAnIndexLine(1)),
        ]
    );
    let after = rows(&database).await;
    let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
    assert_eq!(lost, Vec::<&String>::new());
}

#[tokio::test]
async fn every_reason_to_skip_a_file_is_named() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    let good = advisory("RUSTSEC-2024-0004", "gizmo", "patched = []");
    folders.write("advisory-db/crates/README.md", "stray");
    folders.write("advisory-db/crates/gizmo/notes.txt", "stray");
    folders.write("advisory-db/crates/gizmo/RUSTSEC-2024-0005.md", &good);
    folders.write("advisory-db/crates/gadget/RUSTSEC-2024-0004.md", &good);
    folders.write("advisory-db/crates/gizmo/RUSTSEC-2024-0004.md", &good);
    folders.advisory("crates/zebra/RUSTSEC-2024-0004", "patched = []");
    folders.advisory("crates/not a name/RUSTSEC-2024-0006", "patched = []");
    folders.advisory(
        "crates/gizmo/RUSTSEC-2024-0007",
        "patched = [\">= 1.0\"]\nunaffected = [\">= 0.9\"]",
    );
    folders.advisory(
        "crates/gizmo/RUSTSEC-2024-0008",
        "patched = [\"^0.0.18446744073709551615\"]",
    );
    folders.write(
        "advisory-db/crates/gizmo/RUSTSEC-2024-0009.md",
        &good.replace("2024-01-01", "2024-13-01"),
    );
    fs::write(
        folders.path("advisory-db/crates/gizmo/RUSTSEC-2024-0010.md"),
        [0xff, 0xfe],
    )
    .expect("a file");
    let report = database.sync(&folders.sources()).await.expect("the sync");
    let lines: Vec<String> = report
        .skipped
        .iter()
        .map(|s| format!("{}: {}", s.path, s.reason))
        .collect();
    insta::assert_snapshot!("skipped-files", lines.join("\n"));
    assert_eq!(
        report.advisories.added,
        ["RUSTSEC-2024-0004", "RUSTSEC-2024-0001"]
    );
}

/// A source that is not an advisory-db is refused, and the database stays unchanged.
#[tokio::test]
async fn a_source_that_is_none_changes_nothing() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    database
        .sync(&folders.sources())
        .await
        .expect("the first sync");
    let before = rows(&database).await;

    let nowhere = Sources::folders(Path::new("/nowhere").into(), None, false);
    let refused = database.sync(&nowhere).await;
    assert!(
        matches!(refused, Err(SyncError::NotAnAdvisoryDb(_))),
        "{refused:?}"
    );

    folders.write(
        "advisory-db/crates/widget/RUSTSEC-2024-0001.md",
        "<html>sign in</html>",
    );
    let garbage = TempDir::new().expect("a temporary folder");
    fs::create_dir_all(garbage.path().join("crates/widget")).expect("a folder");
    fs::write(
        garbage.path().join("crates/widget/RUSTSEC-2024-0001.md"),
        "<html>",
    )
    .expect("a file");
    let refused = database
        .sync(&Sources::folders(garbage.path().into(), None, false))
        .await;
    assert!(
        matches!(
            refused,
            Err(SyncError::MostlyUnreadable {
                unreadable: 1,
                of: 1
            })
        ),
        "{refused:?}"
    );
    assert_eq!(rows(&database).await, before);
}

/// Without an index the version lists stay. With `--all-crates` every crate of the
/// index is kept, under the index's spelling of its name.
#[tokio::test]
async fn how_much_of_the_index_is_kept() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    folders.index("zz/to/zztop", &[("1.0.0", false)]);
    folders.write("index/config.json", "{}");
    let text = "{\"name\":\"Inflector\",\"vers\":\"0.1.0\"}";
    folders.write("index/in/fl/inflector", text);

    let all = Sources {
        all_crates: true,
        ..folders.sources()
    };
    let report = sync_as_from_empty(&database, &all).await;
    assert_eq!(report.crates.added, ["Inflector", "widget", "zztop"]);

    let report = database
        .sync(&Sources {
            index: None,
            all_crates: false,
            ..all.clone()
        })
        .await
        .expect("the sync");
    assert!(!report.is_changed, "{report}");

    let report = sync_as_from_empty(&database, &folders.sources()).await;
    assert_eq!(report.crates.removed, ["Inflector", "zztop"]);
}
