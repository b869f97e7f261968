//! Walks through a history of the advisory-db. At each commit the database must
//! equal the result of a sync from empty at that commit.

use gix::ObjectId;
use integration_tests::fixture::{Folders, advisory};
use integration_tests::git_server;
use integration_tests::host::Host;
use integration_tests::repository::{Change, TestRepository};
use integration_tests::rows::{rows, sync_as_from_empty};
use integration_tests::{SYNCED_AT, TestDatabase};
use server::entity::data_status;
use server::sync::{AdvisoryDb, Git, Sources};
use time::{Duration, OffsetDateTime};
use url::Url;

/// The time of the first commit.
const BEGIN: OffsetDateTime = SYNCED_AT.saturating_sub(Duration::days(365));

fn write(path: &str, text: &str) -> Change {
    Change::Write(format!("{path}.md"), text.as_bytes().to_vec())
}

/// Writes an advisory in its own folder.
fn put(id: &str, package: &str, versions: &str) -> Change {
    write(
        &format!("crates/{package}/{id}"),
        &advisory(id, package, versions),
    )
}

/// Writes one of several advisories on a crate that wait for their numbers.
fn put_unnumbered(suffix: &str, package: &str, versions: &str) -> Change {
    let text = advisory("RUSTSEC-0000-0000", package, versions);
    write(
        &format!("crates/{package}/RUSTSEC-0000-0000.{suffix}"),
        &text,
    )
}

fn remove(id: &str, package: &str) -> Change {
    Change::Remove(format!("crates/{package}/{id}.md"))
}

/// Writes an advisory with more metadata in its front matter.
fn put_with(id: &str, package: &str, metadata: &str) -> Change {
    let text = advisory(id, package, "patched = []");
    let date = "date = \"2024-01-01\"\n";
    let text = text.replace(date, &format!("{date}{metadata}\n"));
    write(&format!("crates/{package}/{id}"), &text)
}

/// Returns the changes of each commit, oldest first.
fn steps() -> Vec<(&'static str, Vec<Change>)> {
    const ONE: &str = "RUSTSEC-2024-0001";
    const TWO: &str = "RUSTSEC-2024-0002";
    const THREE: &str = "RUSTSEC-2024-0003";
    const FOUR: &str = "RUSTSEC-2024-0004";
    const FIVE: &str = "RUSTSEC-2024-0005";
    const NEW: &str = "RUSTSEC-0000-0000";
    vec![
        (
            "the first advisory",
            vec![put(ONE, "widget", "patched = [\">= 1.1.0\"]")],
        ),
        (
            "one more on the crate",
            vec![put(TWO, "widget", "patched = [\">= 1.2.0\"]")],
        ),
        (
            "on a crate not known yet",
            vec![put(THREE, "gadget", "patched = []")],
        ),
        (
            "a range corrected",
            vec![put(THREE, "gadget", "patched = [\">= 0.2.0\"]")],
        ),
        ("a range widened", vec![put(ONE, "widget", "patched = []")]),
        (
            "a range that leaves all unaffected",
            vec![put(
                ONE,
                "widget",
                "patched = []\nunaffected = [\">= 0.1.0\"]",
            )],
        ),
        (
            "and back",
            vec![put(ONE, "widget", "patched = [\">= 1.1.0\"]")],
        ),
        (
            "without a number yet",
            vec![put(NEW, "gizmo", "patched = []")],
        ),
        (
            "two without a number",
            vec![put(NEW, "gadget", "patched = []")],
        ),
        (
            "numbered",
            vec![remove(NEW, "gizmo"), put(FOUR, "gizmo", "patched = []")],
        ),
        (
            "numbered, and corrected at once",
            vec![
                remove(NEW, "gadget"),
                put(FIVE, "gadget", "patched = [\">= 0.1.1\"]"),
            ],
        ),
        (
            "moved to another crate",
            vec![remove(FOUR, "gizmo"), put(FOUR, "widget", "patched = []")],
        ),
        (
            "moved to a crate not known yet",
            vec![remove(FOUR, "widget"), put(FOUR, "doodad", "patched = []")],
        ),
        (
            "moved and corrected at once",
            vec![
                remove(FOUR, "doodad"),
                put(FOUR, "gizmo", "patched = [\">= 2.0.0\"]"),
            ],
        ),
        (
            "withdrawn",
            vec![put_with(TWO, "widget", "withdrawn = \"2024-02-01\"")],
        ),
        (
            "withdrawn, the day corrected",
            vec![put_with(TWO, "widget", "withdrawn = \"2024-02-02\"")],
        ),
        (
            "no longer withdrawn",
            vec![put(TWO, "widget", "patched = [\">= 1.2.0\"]")],
        ),
        (
            "the last one of a crate withdrawn",
            vec![put_with(FOUR, "gizmo", "withdrawn = \"2024-03-01\"")],
        ),
        ("removed, a withdrawn one", vec![remove(FOUR, "gizmo")]),
        ("removed, one of several", vec![remove(ONE, "widget")]),
        (
            "removed, the last of its crate",
            vec![remove(TWO, "widget")],
        ),
        (
            "back again",
            vec![put(ONE, "widget", "patched = [\">= 1.1.0\"]")],
        ),
        (
            "informational",
            vec![put_with(
                THREE,
                "gadget",
                "informational = \"unmaintained\"",
            )],
        ),
        (
            "informational of another kind",
            vec![put_with(THREE, "gadget", "informational = \"unsound\"")],
        ),
        (
            "scored",
            vec![put_with(
                THREE,
                "gadget",
                "cvss = \"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"",
            )],
        ),
        (
            "a score of CVSS 4.0",
            vec![put_with(
                THREE,
                "gadget",
                "cvss = \"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\"",
            )],
        ),
        (
            "an alias",
            vec![put_with(THREE, "gadget", "aliases = [\"CVE-2024-0003\"]")],
        ),
        (
            "on the toolchain",
            vec![write(
                "rust/std/CVE-2024-1111",
                &advisory("CVE-2024-1111", "std", "patched = [\">= 1.77.0\"]"),
            )],
        ),
        (
            "beside a stray file",
            vec![Change::Write(
                "crates/README.txt".to_owned(),
                b"stray".to_vec(),
            )],
        ),
        (
            "what lies elsewhere",
            vec![Change::Write("README.md".to_owned(), b"read me".to_vec())],
        ),
        (
            "the stray file is gone",
            vec![Change::Remove("crates/README.txt".to_owned())],
        ),
        (
            "a link",
            vec![Change::Link(
                "crates/widget/RUSTSEC-2024-0009.md".to_owned(),
                "/etc/passwd".to_owned(),
            )],
        ),
        (
            "the link is gone",
            vec![Change::Remove(
                "crates/widget/RUSTSEC-2024-0009.md".to_owned(),
            )],
        ),
        (
            "several on one crate without a number yet",
            vec![
                put_unnumbered("0", "widget", "patched = []"),
                put_unnumbered("1", "widget", "patched = [\">= 1.1.0\"]"),
                put_unnumbered("unmaintained", "widget", "patched = []"),
            ],
        ),
        (
            "one of several numbered",
            vec![
                remove("RUSTSEC-0000-0000.0", "widget"),
                put("RUSTSEC-2024-0010", "widget", "patched = []"),
            ],
        ),
        (
            "one of several corrected",
            vec![put_unnumbered("1", "widget", "patched = [\">= 1.2.0\"]")],
        ),
        (
            "the others numbered",
            vec![
                remove("RUSTSEC-0000-0000.1", "widget"),
                remove("RUSTSEC-0000-0000.unmaintained", "widget"),
                put("RUSTSEC-2024-0011", "widget", "patched = [\">= 1.2.0\"]"),
                put("RUSTSEC-2024-0012", "widget", "patched = []"),
            ],
        ),
        ("a commit of nothing", vec![]),
        (
            "everything at once",
            vec![
                remove(ONE, "widget"),
                put(ONE, "gizmo", "patched = []"),
                put_with(FIVE, "gadget", "withdrawn = \"2024-05-05\""),
                put(FOUR, "doodad", "patched = [\">= 9.0.0\"]"),
                put(TWO, "widget", "patched = [\">= 1.1.0\"]"),
            ],
        ),
    ]
}

/// Returns the repository with its whole history, and the commits, oldest
/// first.
fn history() -> (TestRepository, Vec<ObjectId>) {
    let repository = TestRepository::new();
    let mut at = BEGIN;
    let commits = steps().into_iter().map(|(_, changes)| {
        at += Duration::DAY;
        repository.commit(&changes, at)
    });
    let commits: Vec<ObjectId> = commits.collect();
    assert!(commits.len() >= 30, "{}", commits.len());
    (repository, commits)
}

/// Returns the versions of all crates that the history names.
fn index() -> Folders {
    let folders = Folders::new();
    let versions = [
        ("1.0.0", false),
        ("1.1.0", true),
        ("1.2.0-rc.1", false),
        ("1.2.0", false),
    ];
    folders.index("wi/dg/widget", &versions);
    folders.index(
        "ga/dg/gadget",
        &[("0.1.0", false), ("0.1.1", false), ("0.2.0", false)],
    );
    folders.index("gi/zm/gizmo", &[("1.0.0", false), ("2.0.0", false)]);
    folders
}

fn sources(git: Git, index: &Folders) -> Sources {
    Sources {
        advisory_db: AdvisoryDb::Git(git),
        ..index.sources()
    }
}

/// Syncs at a commit, and compares with a sync from empty.
async fn at(
    database: &TestDatabase,
    repository: &TestRepository,
    sources: &Sources,
    commit: ObjectId,
) {
    repository.reset_to(commit);
    sync_as_from_empty(database, sources).await;
    let status = data_status::Entity::current().one(&database.db).await;
    let status = status.expect("the database").expect("a status");
    assert_eq!(status.commit, Some(commit.to_string()));
}

#[tokio::test]
async fn commit_by_commit() {
    for (database, _server) in TestDatabase::each("commit by commit").await {
        let (repository, commits) = history();
        let index = index();
        let sources = sources(repository.in_place(), &index);
        let mut seen = Vec::new();
        for commit in &commits {
            at(&database, &repository, &sources, *commit).await;
            seen.push(rows(&database).await);
        }
        // Every commit that is not empty changes something.
        seen.dedup();
        assert_eq!(seen.len(), commits.len() - 2);
    }
}

/// From each of some commits to each of some later ones.
#[tokio::test]
async fn in_jumps() {
    let (repository, commits) = history();
    let index = index();
    let sources = sources(repository.in_place(), &index);
    for from in (0..commits.len()).step_by(5) {
        let database = TestDatabase::sqlite().await;
        let jumps = commits.iter().skip(from).step_by(from + 2);
        for commit in jumps {
            at(&database, &repository, &sources, *commit).await;
        }
    }
}

/// The branch's former commit is no longer in its history.
#[tokio::test]
async fn after_a_rewrite() {
    for (database, _server) in TestDatabase::each("after a rewrite").await {
        let (repository, commits) = history();
        let index = index();
        let sources = sources(repository.in_place(), &index);
        let last = commits[commits.len() - 1];
        at(&database, &repository, &sources, last).await;

        // Another history from the middle on, made later.
        let middle = commits[commits.len() / 2];
        let mut tip = middle;
        for (number, (_, changes)) in steps().into_iter().enumerate().skip(20) {
            repository.reset_to(tip);
            let made_at = SYNCED_AT + Duration::minutes(i64::try_from(number).expect("small"));
            // A file that the other history removes may not exist in this one.
            let changes: Vec<Change> = changes
                .into_iter()
                .filter(|change| !matches!(change, Change::Remove(_)))
                .collect();
            tip = repository.commit(&changes, made_at);
            at(&database, &repository, &sources, tip).await;
        }
    }
}

/// Fetches each commit into a clone.
#[tokio::test]
async fn fetch_by_fetch() {
    let database = TestDatabase::sqlite().await;
    let (repository, commits) = history();
    let host = Host::over(git_server::routes(&repository)).await;
    let index = index();
    let url = Url::parse(&host.url("/advisory-db")).expect("an address");
    let clone = repository.clone_path();
    let sources = sources(Git { url, clone }, &index);
    for commit in commits {
        at(&database, &repository, &sources, commit).await;
    }
}

/// A repository at `http://localhost/…` is fetched: its path is not a path of
/// this machine.
#[tokio::test(flavor = "multi_thread")]
async fn a_repository_on_localhost() {
    let repository = TestRepository::new();
    let advisory = put("RUSTSEC-2024-0001", "widget", "patched = []");
    repository.commit(&[advisory], BEGIN);
    let host = Host::over(git_server::routes(&repository)).await;
    let mut url = Url::parse(&host.url("/advisory-db")).expect("an address");
    url.set_host(Some("localhost")).expect("a host");
    let clone = repository.clone_path();
    let sources = Sources {
        advisory_db: AdvisoryDb::Git(Git { url, clone }),
        ..Folders::new().sources()
    };
    let sources = Sources {
        index: None,
        ..sources
    };
    let synced = TestDatabase::sqlite().await.sync(&sources).await;
    assert_eq!(synced.expect("the sync").advisories.read, 1);
}
