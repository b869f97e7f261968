//! Faults outside the service: the network, its answers, the files. After any of
//! them, the last good revision stays, the problem has a name, and the next good
//! sync resolves it.

use gix::ObjectId;
use integration_tests::fixture::{Folders, advisory, index_file};
use integration_tests::git_server;
use integration_tests::host::{Fault, Host};
use integration_tests::repository::{Change, TestRepository};
use integration_tests::rows::rows;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};
use server::entity::sync_attempt::{self, Problem};
use server::sync::{AdvisoryDb, Git, Guard, Index, Report, Sources, SyncError};
use std::fs;
use std::path::Path;
use time::Duration;
use url::Url;

const REFS: &str = "/advisory-db/info/refs";
const PACK: &str = "/advisory-db/git-upload-pack";
const WIDGET: &str = "/index/wi/dg/widget";
const PORTAL: &str = "<!DOCTYPE html><title>Log in</title><h1>Welcome to the train</h1>";

/// An advisory-db and an index behind a network that a test disturbs.
struct World {
    database: TestDatabase,
    repository: TestRepository,
    host: Host,
    sources: Sources,
    folders: Folders,
}

impl World {
    async fn new() -> Self {
        Self::over(TestDatabase::sqlite().await).await
    }

    async fn over(database: TestDatabase) -> Self {
        let repository = TestRepository::new();
        let folders = Folders::new();
        let index = index_routes(folders.path("index"));
        let host = Host::over(git_server::routes(&repository).merge(index)).await;
        let url = Url::parse(&host.url("/advisory-db")).expect("an address");
        let clone = repository.clone_path();
        let sparse = format!("sparse+{}/", host.url("/index"));
        let sources = Sources {
            advisory_db: AdvisoryDb::Git(Git { url, clone }),
            index: Some(Index::parse(&sparse).expect("a sparse index")),
            all_crates: false,
        };
        let world = Self {
            database,
            repository,
            host,
            sources,
            folders,
        };
        world.publish("RUSTSEC-2024-0001", 0);
        world.sync().await.expect("the first sync");
        world
    }

    async fn sync(&self) -> Result<Report, SyncError> {
        self.database.sync(&self.sources).await
    }

    /// Publishes an advisory on widget, some days after the first one.
    fn publish(&self, id: &str, days: i64) -> ObjectId {
        let path = format!("crates/widget/{id}.md");
        let text = advisory(id, "widget", "patched = [\">= 1.1.0\"]");
        let at = SYNCED_AT - Duration::days(100 - days);
        let change = Change::Write(path, text.into_bytes());
        self.repository.commit(&[change], at)
    }

    async fn problem(&self) -> Option<Problem> {
        let last = sync_attempt::Entity::last().one(&self.database.db).await;
        last.expect("the database")?.problem
    }

    /// Asserts that a sync fails, keeps the known data and names the problem, and
    /// that the next one succeeds after the network is back.
    async fn assert_endures(&self, what: &str, problem: Problem) {
        let before = rows(&self.database).await;
        let failed = self.sync().await;
        let error = failed.expect_err(what);
        assert_eq!(error.problem(), Some(problem), "{what}: {error}");
        assert_eq!(rows(&self.database).await, before, "{what}");
        assert_eq!(self.problem().await, Some(problem), "{what}");
        for path in [REFS, PACK, WIDGET] {
            self.host.fault(path, None);
        }
        let report = self.sync().await.expect(what);
        assert!(report.is_changed, "{what}");
        assert_eq!(self.problem().await, None, "{what}");
    }
}

/// A sparse index over the files of a folder, with an `ETag` of their length.
fn index_routes(folder: std::path::PathBuf) -> axum::Router {
    use axum::http::{HeaderMap, StatusCode, header};
    use axum::response::IntoResponse;
    let answer = async move |axum::extract::Path(path): axum::extract::Path<String>,
                             headers: HeaderMap| {
        let Ok(text) = fs::read_to_string(folder.join(path)) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let etag = format!("\"{}\"", text.len());
        match headers.get(header::IF_NONE_MATCH) {
            Some(known) if *known == etag => StatusCode::NOT_MODIFIED.into_response(),
            _ => ([(header::ETAG, etag)], text).into_response(),
        }
    };
    axum::Router::new().route("/index/{*path}", axum::routing::get(answer))
}

fn answers() -> Vec<(&'static str, Fault)> {
    let answer = |status, html: &str| Fault::Answer(status, html.to_owned());
    vec![
        ("404", answer(404, "not found")),
        ("429", answer(429, "too many requests")),
        ("500", answer(500, "internal server error")),
        ("a portal", answer(200, PORTAL)),
        ("nothing", answer(200, "")),
        ("garbage", answer(200, "\u{0}\u{1}\u{2}0008NAK\n")),
        ("half an answer", Fault::Break),
    ]
}

#[tokio::test]
async fn the_repository_answers_anything_but_git() {
    let world = World::new().await;
    let mut day = 0;
    for path in [REFS, PACK] {
        for (what, fault) in answers() {
            day += 1;
            world.publish(&format!("RUSTSEC-2024-{:04}", 100 + day), day);
            world.host.fault(path, fault);
            let what = format!("{what} for {path}");
            world
                .assert_endures(&what, Problem::SourceUnreachable)
                .await;
        }
    }
}

#[tokio::test]
async fn the_repository_is_nowhere() {
    let world = World::new().await;
    let mut sources = world.sources.clone();
    sources.advisory_db = AdvisoryDb::Git(Git {
        url: Url::parse("http://127.0.0.1:1/advisory-db").expect("an address"),
        clone: world.repository.clone_path(),
    });
    let before = rows(&world.database).await;
    let refused = world.database.sync(&sources).await;
    assert!(
        matches!(refused, Err(SyncError::Unreachable(_))),
        "{refused:?}"
    );
    assert_eq!(rows(&world.database).await, before);
}

type Damage = &'static dyn Fn(&Path);

/// Whatever damage a crash or a disk does to the clone, the next sync repairs it.
#[tokio::test]
async fn a_damaged_clone_is_made_anew() {
    let world = World::new().await;
    let clone = world.repository.clone_path();
    let damage: [(&str, Damage); 7] = [
        ("gone", &|clone| {
            fs::remove_dir_all(clone).expect("it was there")
        }),
        ("no HEAD", &|clone| {
            fs::remove_file(clone.join("HEAD")).expect("it was there")
        }),
        ("packs cut short", &|clone| {
            for pack in fs::read_dir(clone.join("objects/pack"))
                .expect("packs")
                .flatten()
            {
                let bytes = fs::read(pack.path()).expect("a pack");
                make_writable(&pack.path());
                fs::write(pack.path(), &bytes[..bytes.len() / 2]).expect("written");
            }
        }),
        ("packs overwritten", &|clone| {
            for pack in fs::read_dir(clone.join("objects/pack"))
                .expect("packs")
                .flatten()
            {
                make_writable(&pack.path());
                fs::write(pack.path(), b"no pack").expect("written");
            }
        }),
        ("packs gone", &|clone| {
            fs::remove_dir_all(clone.join("objects/pack")).expect("packs");
        }),
        ("a lock left behind", &|clone| {
            fs::write(clone.join("refs/heads/advisory-db.lock"), b"").expect("written");
        }),
        ("half a clone beside it", &|clone| {
            let mut half = clone.as_os_str().to_owned();
            half.push(".new");
            fs::create_dir_all(Path::new(&half).join("objects")).expect("made");
        }),
    ];
    for (number, (what, damage)) in damage.into_iter().enumerate() {
        damage(&clone);
        let day = i64::try_from(number).expect("few") + 1;
        world.publish(&format!("RUSTSEC-2024-{:04}", 200 + number), day);
        let report = world.sync().await.expect(what);
        assert_eq!(report.advisories.added.len(), 1, "{what}");
    }
}

/// One process at a time may use the clone. A short wait is not a problem; a long
/// one is (`schedule::a_clone_that_stays_in_use_is_a_problem`).
#[tokio::test]
async fn a_clone_in_use_is_left_alone() {
    let world = World::new().await;
    let mut lock = world.repository.clone_path().into_os_string();
    lock.push(".lock");
    let lock = fs::File::create(lock).expect("the lock");
    lock.lock().expect("ours");
    world.publish("RUSTSEC-2024-0002", 1);
    let refused = world.sync().await;
    assert!(
        matches!(refused, Err(SyncError::CloneInUse(_))),
        "{refused:?}"
    );
    assert_eq!(world.problem().await, None, "nothing is wrong");
    drop(lock);
    let report = world.sync().await.expect("the sync");
    assert_eq!(report.advisories.added, ["RUSTSEC-2024-0002"]);
}

fn make_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("ours");
}

/// A sync that is dropped while it waits leaves nothing behind.
#[tokio::test]
async fn a_repository_that_hangs_is_given_up_by_who_waits() {
    let world = World::new().await;
    world.host.fault(REFS, Fault::Hold);
    let before = rows(&world.database).await;
    let patience = std::time::Duration::from_secs(1);
    let waited = tokio::time::timeout(patience, world.sync()).await;
    assert!(waited.is_err(), "it hangs");
    // Readers continue meanwhile and afterwards.
    assert_eq!(rows(&world.database).await, before);
    world.host.fault(REFS, None);
}

/// Advisories are updated; the version lists stay; the data is as old as before.
#[tokio::test]
async fn the_index_answers_anything_but_an_index() {
    let world = World::new().await;
    for (number, (what, fault)) in answers().into_iter().enumerate() {
        if what == "404" {
            continue;
        }
        let day = i64::try_from(number).expect("few") + 1;
        let id = format!("RUSTSEC-2024-{:04}", 300 + number);
        world.publish(&id, day);
        world.folders.index(
            "wi/dg/widget",
            &[("1.0.0", false), ("1.1.0", number % 2 == 1)],
        );
        world.host.fault(WIDGET, fault);
        let report = world.sync().await.expect(what);
        assert_eq!(report.problem, Some(Problem::IndexUnreachable), "{what}");
        assert_eq!(report.advisories.added, [id], "{what}");
        assert!(report.versions.is_empty(), "{what}: {report}");
        assert_eq!(
            world.problem().await,
            Some(Problem::IndexUnreachable),
            "{what}"
        );

        world.host.fault(WIDGET, None);
        let report = world.sync().await.expect(what);
        assert_eq!(report.problem, None, "{what}");
        assert_eq!(report.versions.changed, ["widget@1.1.0"], "{what}");
    }
}

/// An unchanged file is requested but not sent, unless its rows were derived by
/// another version of this program.
#[tokio::test]
async fn an_index_file_is_sent_once() {
    use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, IntoActiveModel};
    use server::entity::krate;
    let world = World::new().await;
    let db = &world.database.db;
    let widget = async || {
        let krate = krate::Entity::find().one(db).await;
        krate.expect("the database").expect("widget")
    };
    let etag = async || widget().await.index_etag;
    let length = index_file("widget", &[("1.0.0", false), ("1.1.0", false)]).len();
    assert_eq!(etag().await, Some(format!("\"{length}\"")));
    let report = world.sync().await.expect("the sync");
    assert!(!report.is_changed && report.problem.is_none(), "{report}");
    // Another file of the same length is not noticed, because it is not sent.
    let other = index_file("widget", &[("9.0.0", false), ("1.1.0", false)]);
    world.folders.write("index/wi/dg/widget", &other);
    let report = world.sync().await.expect("the sync");
    assert!(!report.is_changed, "{report}");

    let mut row = widget().await.into_active_model();
    row.index_hash = ActiveValue::Set(Some("1:of-an-older-version".to_owned()));
    row.update(db).await.expect("the database");
    let report = world.sync().await.expect("the sync");
    assert_eq!(report.versions.added, ["widget@9.0.0"]);
}

/// A version that the index does not have yet is judged nevertheless.
#[tokio::test]
async fn a_version_newer_than_the_index() {
    let world = World::new().await;
    let app = TestApp::over(world.database, SYNCED_AT).await;
    let versions = "query ($a: String!, $b: String!) { crate(name: \"widget\") {
        a: version(num: $a) { isPublished advisories { id } }
        b: version(num: $b) { isPublished advisories { id } } } }";
    let answer = app
        .graphql(versions, json!({ "a": "1.0.5", "b": "9.9.9" }))
        .await;
    let krate = &answer["data"]["crate"];
    assert_eq!(krate["a"]["isPublished"], false);
    assert_eq!(
        krate["a"]["advisories"],
        json!([{ "id": "RUSTSEC-2024-0001" }])
    );
    assert_eq!(krate["b"]["advisories"], json!([]));
}

/// A kind that RustSec has not invented yet is shown as such. A CVSS vector of an
/// unknown version makes its file a skipped one.
#[tokio::test]
async fn values_that_are_not_known_yet() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    let put = |id: &str, field: &str| {
        let text = advisory(id, "widget", "patched = []");
        let text = text.replace("date =", &format!("{field}\ndate ="));
        folders.write(&format!("advisory-db/crates/widget/{id}.md"), &text);
    };
    put("RUSTSEC-2024-0002", "informational = \"haunted\"");
    put("RUSTSEC-2024-0003", "cvss = \"CVSS:9.0/AV:N\"");
    let report = database.sync(&folders.sources()).await.expect("the sync");
    let skipped: Vec<&str> = report.skipped.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(skipped, ["crates/widget/RUSTSEC-2024-0003.md"]);
    let app = TestApp::over(database, SYNCED_AT).await;
    let document = "{ advisory(id: \"RUSTSEC-2024-0002\") { kind } }";
    let answer = app.graphql(document, Value::Null).await;
    assert_eq!(answer["data"]["advisory"]["kind"], "OTHER");
}

/// The status has the start and the reason of the problem, and the tab says that its
/// data is stale.
#[tokio::test]
async fn since_when_and_why() {
    let world = World::new().await;
    world.host.fault(REFS, Fault::Break);
    let at = |hours: i64| SYNCED_AT + Duration::hours(hours);
    for hours in [1, 2, 30] {
        let guard = Guard::default();
        let failed = server::sync::run(&world.database.db, &world.sources, &guard, at(hours)).await;
        failed.expect_err("the network is gone");
    }
    let app = TestApp::over(world.database, at(30)).await;
    let status = "{ dataStatus { isStale syncedAt triedAt problem { kind since } advisories } }";
    let answer = app.graphql(status, Value::Null).await;
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!("status-of-a-source-out-of-reach", answer["data"]);
    });
    let tab = app.tab("/security-tab/widget").await.body;
    assert!(tab.contains("data-test-stale-data"), "{tab}");
}

/// After a sync with a clock that was ahead and is right again, the data is not
/// fresh for ever and the next sync is not late.
#[tokio::test]
async fn a_clock_that_jumps() {
    let world = World::new().await;
    let guard = Guard::default();
    let ahead = SYNCED_AT + Duration::days(365);
    let db = &world.database.db;
    server::sync::run(db, &world.sources, &guard, ahead)
        .await
        .expect("the sync");
    let every = std::time::Duration::from_secs(300);
    let report = server::sync::run_if_due(db, &world.sources, &guard, every, SYNCED_AT).await;
    assert!(
        report.expect("the sync").is_some(),
        "due, although the last one was in a year"
    );
    let again = SYNCED_AT + Duration::minutes(1);
    let report = server::sync::run_if_due(db, &world.sources, &guard, every, again).await;
    assert!(report.expect("no sync").is_none(), "not due");

    server::sync::run(db, &world.sources, &guard, ahead)
        .await
        .expect("the sync");
    let app = TestApp::over(world.database, SYNCED_AT).await;
    let answer = app.graphql("{ dataStatus { isStale } }", Value::Null).await;
    assert_eq!(answer["data"]["dataStatus"]["isStale"], true);
}
