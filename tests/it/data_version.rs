//! The version of the data: the events that change it, those that do not, and its
//! followers.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use integration_tests::fixture::{Folders, advisory, index_file};
use integration_tests::host::Host;
use integration_tests::{Reply, SYNCED_AT, TestApp, TestDatabase, get, remote_tab_door};
use migrations::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use server::app::App;
use server::catalog::DataVersion;
use server::clock::Clock;
use server::sync::{self, Guard};
use server::tab::{Accepted, Address, Source};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tower::ServiceExt;

const TAB: &str = "/security-tab/widget";

/// Makes an advisory on one release of a crate.
fn world() -> Folders {
    let folders = Folders::new();
    let index = index_file("widget", &[("1.0.0", false)]);
    folders.write("index/wi/dg/widget", &index);
    publish(&folders, "patched = []");
    folders
}

fn publish(folders: &Folders, patched: &str) {
    let text = advisory("RUSTSEC-2024-0001", "widget", patched);
    folders.write("advisory-db/crates/widget/RUSTSEC-2024-0001.md", &text);
}

fn version(app: &TestApp) -> Option<Arc<DataVersion>> {
    app.engine().catalog().version()
}

/// Repeats a request until its answer is good.
async fn until(ask: impl AsyncFn() -> Reply, is_good: impl Fn(&Reply) -> bool) -> Reply {
    let begin = Instant::now();
    loop {
        let reply = ask().await;
        if is_good(&reply) {
            return reply;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", reply.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A sync that finds nothing new changes no byte and no tag at any time; neither does
/// the passing of time.
#[tokio::test]
async fn a_sync_without_news_changes_nothing() {
    let folders = world();
    let database = TestDatabase::sqlite().await;
    database.sync(&folders.sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let before = app.tab(TAB).await;
    let known = version(&app);

    let later = SYNCED_AT + time::Duration::hours(5);
    let (db, sources) = (&app.database.db, folders.sources());
    let synced = sync::run(db, &sources, &Guard::default(), later).await;
    assert!(!synced.expect("the sync").is_changed);
    let app = TestApp::over(app.database, later).await;
    let after = app.tab(TAB).await;
    assert_eq!(version(&app), known);
    assert_eq!(after.body, before.body);
    for name in [header::ETAG, header::CACHE_CONTROL, header::VARY] {
        assert_eq!(after.headers[&name], before.headers[&name]);
    }

    // The time of the check is still in the answer to a query for it.
    let query = "{ dataStatus { syncedAt triedAt } }";
    let status = app.graphql(query, Value::Null).await;
    let synced_at = &status["data"]["dataStatus"]["syncedAt"];
    assert_eq!(synced_at, "2026-11-23T13:40:00Z", "{status}");
}

/// Data that becomes stale is another version, even for a page that was shown before,
/// and while the database is away.
#[tokio::test]
async fn stale_data_is_another_version() {
    let database = TestDatabase::sqlite().await;
    let sources = world();
    database.sync(&sources.sources()).await.expect("the sync");
    let hours = Arc::new(AtomicI64::new(0));
    let passed = hours.clone();
    let clock =
        Clock::new(move || SYNCED_AT + time::Duration::hours(passed.load(Ordering::Relaxed)));
    let options = integration_tests::serve(&["--database-url", &database.url]);
    let app = App::new(&options, clock).await.expect("the service starts");
    let catalog = app.engine().expect("an engine").catalog().clone();
    let fresh = get(app.tab_door().into(), TAB).await;
    assert!(!fresh.body.contains("data-test-stale-data"));

    let rename = "ALTER TABLE data_status RENAME TO away";
    let renamed = database.db.execute_unprepared(rename).await;
    renamed.expect("the table is away");
    hours.store(25, Ordering::Relaxed);
    drop(catalog.look().await);
    assert!(catalog.version().expect("a version").is_stale);
    assert!(catalog.problem().is_some());
    let rename = "ALTER TABLE away RENAME TO data_status";
    let renamed = database.db.execute_unprepared(rename).await;
    renamed.expect("the table is back");
    drop(catalog.look().await);
    let stale = get(app.tab_door().into(), TAB).await;
    assert!(
        stale.body.contains("data-test-stale-data"),
        "{}",
        stale.body
    );
    assert_ne!(stale.headers[header::ETAG], fresh.headers[header::ETAG]);
}

/// A tab door with `--graphql-url` may load data from a sync that it has not noticed yet. The
/// page then has the version of that data.
#[tokio::test]
async fn data_that_is_loaded_before_it_is_noticed() {
    let (database, folders) = (TestDatabase::sqlite().await, world());
    database.sync(&folders.sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let host = Host::over(app.internal_door()).await;
    let elsewhere = in_front_of(&host).await;
    let (tab, address) = (elsewhere.tab(), Address::tab("widget", None));
    let before = next_version(tab.source()).await;

    publish(&folders, "patched = [\">= 2.0.0\"]");
    let synced = app.database.sync(&folders.sources()).await;
    synced.expect("the sync");
    app.look().await;
    let shown = tab.page(address, Accepted::of(None)).await;
    let version = shown.expect("a page").page.version.clone();
    assert_ne!(version, before);
    assert_eq!(next_version(tab.source()).await, version);
    let kept = tab.kept(&address, Accepted::of(None));
    assert!(kept.is_some(), "the page need not be made again");
}

/// A database before its first sync has not lost its data.
#[tokio::test]
async fn a_database_that_never_had_data() {
    let empty = TestApp::over(TestDatabase::sqlite().await, SYNCED_AT).await;
    let host = Host::over(empty.internal_door()).await;
    let elsewhere = in_front_of(&host).await;
    let tab = elsewhere.tab();
    next_version(tab.source()).await;
    let shown = tab.page(Address::tab("widget", None), Accepted::of(None));
    assert!(!shown.await.expect("a page").is_old);
}

/// Starts a service whose tab door is in front of another server's GraphQL.
async fn in_front_of(host: &Host) -> App {
    let options = integration_tests::serve(&["--graphql-url", &host.url("/graphql")]);
    let app = App::new(&options, Clock::new(|| SYNCED_AT)).await;
    app.expect("the service starts")
}

/// Follows the data until its version changes, and returns the new version.
async fn next_version(source: &Source) -> Arc<DataVersion> {
    let last = source.version();
    let changed = async {
        while source.version() == last {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = changed => source.version().expect("a version"),
        () = source.follow() => unreachable!("it has no end"),
    }
}

/// Another server's sync is followed, here and by a tab door in front of this server.
#[tokio::test]
async fn another_servers_sync_is_followed() {
    for (database, _server) in TestDatabase::each("another server's sync is followed").await {
        let folders = world();
        database.sync(&folders.sources()).await.expect("the sync");
        let app = TestApp::over(database, SYNCED_AT).await;
        let source = app.app.tab().source().clone();
        tokio::spawn(async move { source.follow().await });
        let host = Host::over(app.internal_door()).await;
        let remote = remote_tab_door(&host.url("/graphql"), &[]).await;
        let here = app.tab_door();
        for door in [&here, &remote] {
            let is_affected = |reply: &Reply| reply.body.contains("data-affected=\"1\"");
            until(async || get(door.clone(), TAB).await, is_affected).await;
        }

        publish(&folders, "patched = [\">= 1.0.0\"]");
        let synced = app.database.sync(&folders.sources()).await;
        assert!(synced.expect("the sync").is_changed);
        for door in [&here, &remote] {
            let is_clear = |reply: &Reply| reply.body.contains("data-affected=\"0\"");
            let clear = until(async || get(door.clone(), TAB).await, is_clear).await;
            assert_eq!(clear.status, StatusCode::OK);
        }
    }
}

/// A watch without its database has a problem with a name, and the data that was read
/// stays.
#[tokio::test]
async fn a_watch_that_lost_its_database_has_a_problem() {
    let app = TestApp::with_sample().await;
    let page = app.tab("/security-tab/openssl").await;
    let rename = "ALTER TABLE data_status RENAME TO away";
    let renamed = app.database.db.execute_unprepared(rename).await;
    renamed.expect("the table is away");

    let query = "{ dataStatus { revision problem { kind } } }";
    let status = app.graphql(query, Value::Null).await;
    let expect = serde_json::json!({ "revision": 1, "problem": { "kind": "DATABASE" } });
    assert_eq!(status["data"]["dataStatus"], expect, "{status}");
    let kept = app.tab("/security-tab/openssl").await;
    assert_eq!((kept.status, &kept.body), (StatusCode::OK, &page.body));
    assert!(kept.headers.contains_key("x-security-stale"));
    // A page that is made from older data is marked as well.
    let made = app.tab("/security-tab/openssl/0.10.8").await;
    assert_eq!(made.status, StatusCode::OK);
    assert!(made.headers.contains_key("x-security-stale"));

    let rename = "ALTER TABLE away RENAME TO data_status";
    let renamed = app.database.db.execute_unprepared(rename).await;
    renamed.expect("the table is back");
    let status = app.graphql(query, Value::Null).await;
    let problem = &status["data"]["dataStatus"]["problem"];
    assert_eq!(problem, &Value::Null, "{status}");
    let again = app.tab("/security-tab/openssl").await;
    assert!(!again.headers.contains_key("x-security-stale"));
}

/// Replaces this database by an empty one, on its own connections.
async fn empty(database: &TestDatabase) {
    let db = server::database::open(&database.url, 1).await;
    let db = db.expect("a connection");
    Migrator::down(&db, None).await.expect("the tables go");
    Migrator::up(&db, None).await.expect("the tables are back");
}

/// Another database in place of the one that was read is noticed although both are at
/// the first revision: no page, no crate and no answer of the old one appears as the new
/// one's, here or at a tab door in front of this server.
#[tokio::test]
async fn another_database_with_the_same_revision() {
    for (database, _server) in TestDatabase::each("another database").await {
        let folders = world();
        let index = index_file("gadget", &[("1.0.0", false)]);
        folders.write("index/ga/dg/gadget", &index);
        folders.advisory("crates/gadget/RUSTSEC-2024-0002", "patched = []");
        database.sync(&folders.sources()).await.expect("the sync");
        let app = TestApp::over(database, SYNCED_AT).await;
        let host = Host::over(app.internal_door()).await;
        let remote = remote_tab_door(&host.url("/graphql"), &[]).await;
        let is_affected = |reply: &Reply| reply.body.contains("data-affected=\"1\"");
        let is_clear = |reply: &Reply| reply.body.contains("data-affected=\"0\"");
        assert!(is_affected(&app.tab(TAB).await));
        until(async || get(remote.clone(), TAB).await, is_affected).await;
        let known = version(&app);

        for package in ["widget", "gadget"] {
            let number = if package == "widget" { 1 } else { 2 };
            let path = format!("crates/{package}/RUSTSEC-2024-000{number}");
            folders.advisory(&path, "patched = [\">= 1.0.0\"]");
        }
        empty(&app.database).await;
        let synced = app.database.sync(&folders.sources()).await;
        assert_eq!(synced.expect("the sync").revision, 1);

        // Reading a crate that was not read before shows that the data has moved.
        let gadget = get(app.tab_door(), "/security-tab/gadget").await;
        assert!(is_clear(&gadget), "{}", gadget.body);
        assert_ne!(version(&app), known);
        let widget = app.tab(TAB).await;
        assert!(is_clear(&widget), "{}", widget.body);
        until(async || get(remote.clone(), TAB).await, is_clear).await;
    }
}

/// A database that is emptied counts as away until it has data again: older pages are
/// shown, marked, and no page says that there are no advisories.
#[tokio::test]
async fn an_emptied_database_is_away() {
    for (database, _server) in TestDatabase::each("an emptied database").await {
        let folders = world();
        folders.advisory("crates/gadget/RUSTSEC-2024-0002", "patched = []");
        database.sync(&folders.sources()).await.expect("the sync");
        let app = TestApp::over(database, SYNCED_AT).await;
        let page = app.tab(TAB).await;
        empty(&app.database).await;

        let kept = app.tab(TAB).await;
        assert_eq!((kept.status, &kept.body), (StatusCode::OK, &page.body));
        assert!(kept.headers.contains_key("x-security-stale"));
        let unread = app.tab("/security-tab/gadget").await;
        let status = StatusCode::SERVICE_UNAVAILABLE;
        assert_eq!(unread.status, status, "{}", unread.body);
        let query = "{ dataStatus { revision problem { kind } } }";
        let answer = app.graphql(query, Value::Null).await;
        let expect = serde_json::json!({ "revision": 1, "problem": { "kind": "DATABASE" } });
        assert_eq!(answer["data"]["dataStatus"], expect, "{answer}");

        let synced = app.database.sync(&folders.sources()).await;
        synced.expect("the sync");
        for path in [TAB, "/security-tab/gadget"] {
            let back = app.tab(path).await;
            assert_eq!(back.status, StatusCode::OK, "{path}");
            assert!(!back.headers.contains_key("x-security-stale"), "{path}");
        }
    }
}

/// A tab door in front of a server that was restarted over an empty database continues
/// to show its pages.
#[tokio::test]
async fn an_empty_database_elsewhere() {
    let database = TestDatabase::sqlite().await;
    database.sync(&world().sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let empty = TestApp::over(TestDatabase::sqlite().await, SYNCED_AT).await;
    let now = Arc::new(Mutex::new(app.internal_door()));
    let door = now.clone();
    let routes = Router::new().fallback(move |request: Request<Body>| {
        let door = door.lock().expect("the door").clone();
        door.oneshot(request)
    });
    let host = Host::over(routes).await;
    let remote = remote_tab_door(&host.url("/graphql"), &[]).await;
    let is_fresh = |reply: &Reply| {
        let is_marked = reply.headers.contains_key("x-security-stale");
        reply.status == StatusCode::OK && !is_marked
    };
    let page = until(async || get(remote.clone(), TAB).await, is_fresh).await;

    *now.lock().expect("the door") = empty.internal_door();
    let is_marked = |reply: &Reply| {
        assert_eq!((reply.status, &reply.body), (StatusCode::OK, &page.body));
        reply.headers.contains_key("x-security-stale")
    };
    until(async || get(remote.clone(), TAB).await, is_marked).await;
    let unread = get(remote.clone(), "/security-tab/gadget").await;
    assert_eq!(unread.status, StatusCode::SERVICE_UNAVAILABLE);

    *now.lock().expect("the door") = app.internal_door();
    until(async || get(remote.clone(), TAB).await, is_fresh).await;
}
