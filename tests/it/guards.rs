//! A change that is less plausible than a fault of its source is refused,
//! reported, and can be forced by hand. Hostile input is limited.

use integration_tests::fixture::{Folders, advisory};
use integration_tests::repository::{Change, TestRepository};
use integration_tests::rows::{rows, sync_as_from_empty};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::Value;
use server::sync::{self, AdvisoryDb, Guard, Report, Sources, SyncError};
use std::fmt::Write;
use std::fs;
use time::Duration;

const FORCED: Guard = Guard {
    max_loss: 5,
    is_forced: true,
};

/// Makes this number of advisories, each on its own crate with one version.
fn many(count: usize) -> Folders {
    let folders = Folders::new();
    for number in 0..count {
        put(&folders, number, "patched = []");
        let path = format!("cr/at/crate-{number}");
        folders.index(&path, &[("1.0.0", false)]);
    }
    folders
}

/// Syncs this number of advisories into a database.
async fn synced(count: usize) -> (TestDatabase, Folders) {
    let (database, folders) = (TestDatabase::sqlite().await, many(count));
    let first = database.sync(&folders.sources()).await;
    first.expect("the first sync");
    (database, folders)
}

fn path(number: usize) -> String {
    format!("crates/crate-{number}/RUSTSEC-2024-{:04}", number + 100)
}

fn put(folders: &Folders, number: usize, versions: &str) {
    folders.advisory(&path(number), versions);
}

/// Asserts that a sync is refused and changes nothing, and that it succeeds
/// when forced.
async fn assert_guarded(database: &TestDatabase, sources: &Sources, words: &str) -> Report {
    let before = rows(database).await;
    let refused = database.sync(sources).await.expect_err(words);
    assert_eq!(refused.to_string(), words);
    assert_eq!(rows(database).await, before, "{words}");
    let forced = sync::run(&database.db, sources, &FORCED, SYNCED_AT).await;
    let forced = forced.expect(words);
    assert_ne!(rows(database).await, before, "{words}");
    forced
}

#[tokio::test]
async fn too_many_removed() {
    for (database, _server) in TestDatabase::each("too many removed").await {
        let folders = many(100);
        database
            .sync(&folders.sources())
            .await
            .expect("the first sync");
        for number in 0..10 {
            folders.remove(&format!("advisory-db/{}.md", path(number)));
        }
        sync_as_from_empty(&database, &folders.sources()).await;
        for number in 10..21 {
            folders.remove(&format!("advisory-db/{}.md", path(number)));
        }
        let words = "11 of 91 advisories would be removed or withdrawn, more than --max-loss allows; \
            `sync --force` accepts it";
        let report = assert_guarded(&database, &folders.sources(), words).await;
        assert_eq!(report.advisories.removed.len(), 11);
    }
}

#[tokio::test]
async fn too_many_withdrawn() {
    let (database, folders) = synced(60).await;
    for number in 0..20 {
        let path = path(number);
        let (id, package) = (&path[path.len() - 17..], format!("crate-{number}"));
        let text = advisory(id, &package, "patched = []");
        let text = text.replace("date =", "withdrawn = \"2024-02-02\"\ndate =");
        folders.write(&format!("advisory-db/{path}.md"), &text);
    }
    let words = "20 of 61 advisories would be removed or withdrawn, more than --max-loss allows; \
        `sync --force` accepts it";
    assert_guarded(&database, &folders.sources(), words).await;
}

/// An advisory that moves to another crate is not lost.
#[tokio::test]
async fn many_moved_are_not_lost() {
    let (database, folders) = synced(40).await;
    for number in 0..20 {
        folders.remove(&format!("advisory-db/{}.md", path(number)));
        let path = path(number).replace("crate-", "other-");
        folders.advisory(&path, "patched = []");
    }
    let report = sync_as_from_empty(&database, &folders.sources()).await;
    assert_eq!(report.advisories.removed.len(), 20);
}

/// An index without its files, as behind a portal that answers 404.
#[tokio::test]
async fn an_index_gone_empty() {
    let (database, folders) = synced(30).await;
    fs::remove_dir_all(folders.path("index")).expect("it was there");
    fs::create_dir(folders.path("index")).expect("an empty index");
    let words = "32 of 32 versions would be removed or withdrawn, more than --max-loss allows; \
        `sync --force` accepts it";
    let report = assert_guarded(&database, &folders.sources(), words).await;
    assert_eq!(report.advisories.removed, [""; 0], "advisories stay");
}

#[tokio::test]
async fn mostly_unreadable() {
    let (database, folders) = synced(30).await;
    for number in 0..16 {
        folders.write(&format!("advisory-db/{}.md", path(number)), "<html>");
        put(&folders, number + 30, "patched = []");
        folders.remove(&format!("advisory-db/{}.md", path(number + 30)));
    }
    put(&folders, 29, "patched = [\">= 2.0.0\"]");
    let words = "16 of 31 files in the advisory-db are not readable advisories";
    let report = assert_guarded(&database, &folders.sources(), words).await;
    assert_eq!(report.advisories.removed, [""; 0], "what was known stays");
}

/// Unreadable files are skipped if they are at most ten, or at most half of all files.
#[tokio::test]
async fn some_are_unreadable() {
    for (unreadable, readable, is_refused) in [(10, 2, false), (11, 11, false), (11, 10, true)] {
        // The folder already contains one advisory.
        let folders = many(readable - 1);
        for number in readable..readable + unreadable {
            folders.write(&format!("advisory-db/{}.md", path(number)), "<html>");
        }
        let synced = TestDatabase::sqlite().await.sync(&folders.sources()).await;
        let is_as_expected = match &synced {
            Ok(report) => !is_refused && report.skipped.len() == unreadable,
            Err(error) => is_refused && matches!(error, SyncError::MostlyUnreadable { .. }),
        };
        assert!(is_as_expected, "{unreadable} and {readable}: {synced:?}");
    }
}

#[tokio::test]
async fn a_source_gone_backwards() {
    for (database, _server) in TestDatabase::each("gone backwards").await {
        let repository = TestRepository::new();
        let write = |number: usize| {
            let (id, path) = (format!("RUSTSEC-2024-000{number}"), "crates/widget");
            let text = advisory(&id, "widget", "patched = []");
            Change::Write(format!("{path}/{id}.md"), text.into_bytes())
        };
        let old = repository.commit(&[write(1)], SYNCED_AT - Duration::days(2));
        repository.commit(&[write(2)], SYNCED_AT - Duration::days(1));
        let sources = Sources {
            advisory_db: AdvisoryDb::Git(repository.in_place()),
            ..Folders::new().sources()
        };
        let sources = Sources {
            index: None,
            ..sources
        };
        database.sync(&sources).await.expect("the first sync");
        repository.reset_to(old);
        let words = "the advisory-db's newest commit (2026-11-21T08:40:00Z) is older than the \
            one last synced (2026-11-22T08:40:00Z); `sync --force` accepts it";
        assert_guarded(&database, &sources, words).await;
    }
}

/// Real data replaces the sample, however little they have in common.
#[tokio::test]
async fn the_sample_is_nothing_to_lose() {
    let database = TestDatabase::sqlite().await;
    database
        .sync(&Sources::sample())
        .await
        .expect("the sample syncs");
    sync_as_from_empty(&database, &Folders::new().sources()).await;
}

/// The status and the metrics report the refusal.
#[tokio::test]
async fn a_refusal_is_said() {
    let (database, folders) = synced(30).await;
    for number in 0..20 {
        folders.remove(&format!("advisory-db/{}.md", path(number)));
    }
    let refused = database.sync(&folders.sources()).await;
    assert!(
        matches!(refused, Err(SyncError::TooMuchLost { .. })),
        "{refused:?}"
    );
    let app = TestApp::over(database, SYNCED_AT).await;
    let answer = app
        .graphql("{ dataStatus { problem { kind } } }", Value::Null)
        .await;
    assert_eq!(
        answer["data"]["dataStatus"]["problem"]["kind"],
        "TOO_MUCH_LOST"
    );
    let metrics = integration_tests::get(app.internal_door(), "/metrics")
        .await
        .body;
    for line in [
        "security_sync_problem{kind=\"too_much_lost\"} 1",
        "security_sync_problem{kind=\"database\"} 0",
        "security_data_advisories 31",
    ] {
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}:\n{metrics}"
        );
    }
}

/// A commit with more files than any advisory-db has.
#[tokio::test]
async fn too_many_files() {
    let repository = TestRepository::new();
    let file = |number: usize| Change::Write(format!("other/{number}"), Vec::new());
    let changes: Vec<Change> = (0..100_001).map(file).collect();
    repository.commit(&changes, SYNCED_AT);
    let sources = Sources {
        advisory_db: AdvisoryDb::Git(repository.in_place()),
        index: None,
        all_crates: false,
    };
    let refused = TestDatabase::sqlite().await.sync(&sources).await;
    assert!(
        matches!(refused, Err(SyncError::TooManyFiles)),
        "{refused:?}"
    );
}

/// Each hostile file is skipped with its own reason, and the rest is read.
#[tokio::test]
async fn hostile_files_are_bounded() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    let put = |number: usize, edit: &dyn Fn(&str) -> String| {
        let id = format!("RUSTSEC-2024-{:04}", number + 10);
        let text = edit(&advisory(&id, "gizmo", "patched = [\">= 1.0.0\"]"));
        folders.write(&format!("advisory-db/crates/gizmo/{id}.md"), &text);
    };
    let list = |of: &str, count: usize| {
        let mut items = String::new();
        for number in 0..count {
            write!(items, "\"{}\",", of.replace('#', &number.to_string())).expect("memory");
        }
        items
    };
    let long = "x".repeat(5000);
    let with = |field: &str| {
        let field = field.to_owned();
        move |text: &str| text.replace("date =", &format!("{field}\ndate ="))
    };
    put(0, &|text| format!("{text}{}", "x".repeat(300 * 1024)));
    put(1, &|text| text.replace("A fault", &long));
    put(2, &with(&format!("url = \"https://example.org/{long}\"")));
    put(
        3,
        &with(&format!("aliases = [{}]", list("CVE-2024-1#", 501))),
    );
    put(
        4,
        &with(&format!(
            "references = [{}]",
            list("https://example.org/#", 501)
        )),
    );
    put(5, &|text| {
        text.replace("[\">= 1.0.0\"]", &format!("[{}]", list("^#.0.0", 501)))
    });
    put(6, &|text| {
        text.replace(
            "[versions]",
            &format!("[affected.functions]\n\"gizmo::{long}\" = [\"*\"]\n\n[versions]"),
        )
    });
    put(7, &|text| {
        text.replace(">= 1.0.0", ">= 99999999999999999999.0.0")
    });
    put(8, &|text| {
        text.replace(">= 1.0.0", &">= 1.0.0, ".repeat(5000))
    });
    put(9, &|text| {
        text.replace(">= 1.0.0", "^0.0.18446744073709551615")
    });
    put(10, &|text| text.replace("It breaks.", &"x".repeat(70_000)));
    std::os::unix::fs::symlink(
        "/etc/passwd",
        folders.path("advisory-db/crates/gizmo/link.md"),
    )
    .expect("a link");
    std::os::unix::fs::symlink("/etc", folders.path("advisory-db/crates/etc")).expect("a link");
    let report = database.sync(&folders.sources()).await;
    // Thirteen of fourteen files are hostile, so the sync is forced.
    assert!(
        matches!(report, Err(SyncError::MostlyUnreadable { .. })),
        "{report:?}"
    );
    let report = sync::run(&database.db, &folders.sources(), &FORCED, SYNCED_AT).await;
    let report = report.expect("the sync");
    let lines: Vec<String> = report
        .skipped
        .iter()
        .map(|skipped| format!("{}: {}", skipped.path, skipped.reason))
        .collect();
    insta::assert_snapshot!("hostile-files", lines.join("\n"));
    assert_eq!(report.advisories.added, ["RUSTSEC-2024-0001"]);
}
