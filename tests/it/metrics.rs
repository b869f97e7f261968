//! The metrics that monitoring reads.

use integration_tests::fixture::Folders;
use integration_tests::scrape::Scrape;
use integration_tests::{CONNECTIONS, SYNCED_AT, TestApp, TestDatabase, client, get, serve};
use sea_orm::DatabaseConnection;
use server::app::App;
use server::clock::Clock;
use server::http::{self, Connections};
use server::sync::{Guard, Sources};
use server::telemetry::metrics::DataState;
use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use time::Duration;
use tokio::net::TcpListener;

/// A sync that commits between two statements is never half visible: the data's
/// status and the outcome of the last attempt are from one state of the database.
#[tokio::test(flavor = "multi_thread")]
async fn one_state_of_the_database() {
    for (database, _server) in TestDatabase::each("one state for metrics").await {
        let folders = Folders::new();
        let sources = folders.sources();
        database.sync(&sources).await.expect("the sync");
        let mut db = database.db.clone();
        let is_first = Arc::new(AtomicBool::new(true));
        let (url, is_done) = (database.url.clone(), is_first.clone());
        db.set_metric_callback(move |_| {
            if is_done.swap(false, Ordering::Relaxed) {
                let (url, sources) = (url.clone(), sources.clone());
                let synced = std::thread::spawn(move || sync_an_hour_later(&url, &sources));
                synced.join().expect("the sync between two statements");
            }
        });
        assert_eq!(times(&db).await, (SYNCED_AT, SYNCED_AT));
        assert!(!is_first.load(Ordering::Relaxed), "something was read");
        let later = SYNCED_AT + Duration::HOUR;
        assert_eq!(times(&db).await, (later, later));
    }
}

/// Returns the times of the last good sync and of the last attempt.
async fn times(db: &DatabaseConnection) -> (time::OffsetDateTime, time::OffsetDateTime) {
    let state = DataState::read(db).await.expect("the database");
    (
        state.status.expect("a status").synced_at,
        state.attempt.expect("an attempt").tried_at,
    )
}

#[tokio::main(flavor = "current_thread")]
async fn sync_an_hour_later(url: &str, sources: &Sources) {
    let db = server::database::open(url, CONNECTIONS).await;
    let db = db.expect("the database opens");
    let later = SYNCED_AT + Duration::HOUR;
    let synced = server::sync::run(&db, sources, &Guard::default(), later).await;
    synced.expect("the sync");
}

/// A request is counted under the pattern of its route, for any spelling of its address, and
/// for cached answers too. Other applications in the process have separate metrics.
#[tokio::test]
async fn requests_by_route() {
    let (app, other) = (TestApp::with_sample().await, TestApp::with_sample().await);
    for path in [
        "/security-tab/openssl",
        "/security-tab/openssl",
        "/security-tab/%6Fpenssl?from=search",
        "/security-tab/rsa",
        "/security-tab/openssl/0.10.8",
        "/security-tab/openssl/badge",
        "/security-tab.js",
        "/nowhere/at/all",
        "/nowhere/either",
    ] {
        app.tab(path).await;
    }
    let scrape = Scrape::of(app.internal_door()).await;
    let count = |route: &str, status: u16| {
        scrape.value(&format!(
            "security_request_duration_seconds_count{{door=\"tab\",route=\"{route}\",status=\"{status}\"}}"
        ))
    };
    assert_eq!(count("/security-tab/{crate}", 200), Some(4.0));
    assert_eq!(count("/security-tab/{crate}/{version}", 200), Some(1.0));
    assert_eq!(count("/security-tab/{crate}/badge", 200), Some(1.0));
    assert_eq!(count("/{asset}", 200), Some(1.0));
    assert_eq!(count("none", 404), Some(2.0));
    // Two of the four pages were cached.
    let pages = |result: &str| {
        scrape.value(&format!(
            "security_cache_lookups_total{{cache=\"pages\",result=\"{result}\"}}"
        ))
    };
    assert_eq!((pages("hit"), pages("miss")), (Some(2.0), Some(4.0)));

    let scrape = Scrape::of(other.internal_door()).await;
    let routes: BTreeSet<&String> = scrape
        .0
        .iter()
        .filter_map(|series| series.labels.get("route"))
        .collect();
    assert!(routes.is_empty(), "{routes:?}");
}

/// The metrics report the same number of statements as the test harness, and each crate is
/// read once.
#[tokio::test]
async fn statements_and_caches() {
    let app = TestApp::with_sample().await;
    app.tab("/security-tab/openssl").await;
    app.tab("/security-tab/openssl/badge").await;
    let all = app.app.statements();
    let scrape = Scrape::of(app.internal_door()).await;
    // The scrape includes its own two statements.
    let counted = scrape.value("security_sql_statement_duration_seconds_count{outcome=\"ok\"}");
    assert_eq!(counted, Some(all as f64 + 2.0));
    let crates = |result: &str| {
        scrape.value(&format!(
            "security_cache_lookups_total{{cache=\"crates\",result=\"{result}\"}}"
        ))
    };
    assert_eq!(crates("miss"), Some(1.0));
    assert!(crates("hit") > Some(0.0), "{:?}", crates("hit"));
    let connections = ["idle", "used"].map(|state| {
        let connections = format!("security_database_connections{{state=\"{state}\"}}");
        scrape.value(&connections).expect(state)
    });
    let most = scrape.value("security_database_max_connections");
    let all = connections.iter().sum::<f64>();
    assert!((1.0..=most.expect("a most")).contains(&all), "{all}");
    assert_eq!(scrape.value("security_served_revision"), Some(1.0));
}

/// Connections are counted at their door while they are open. A request that is refused
/// before it reaches a route is counted without a route.
#[tokio::test]
async fn connections_by_door() {
    let app = TestApp::with_sample().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let door = http::serve(
        listener,
        app.app.tab_door(),
        Connections::DEFAULT,
        pending(),
    );
    tokio::spawn(door);
    let client = client().build().expect("a client");
    let page = client.get(format!("http://{addr}/security-tab/openssl"));
    let answer = page.send().await.expect("an answer");
    let page = answer.text().await.expect("a page");
    assert!(page.contains("openssl"), "{page}");
    let open = async |door: &str| {
        let scrape = Scrape::of(app.internal_door()).await;
        scrape.value(&format!("security_connections{{door=\"{door}\"}}"))
    };
    assert_eq!(open("tab").await, Some(1.0));
    // A scrape of the router itself is in flight, but has no connection.
    assert_eq!(open("internal").await, Some(0.0));
    let scrape = Scrape::of(app.internal_door()).await;
    for (door, requests) in [("internal", 1.0), ("tab", 0.0)] {
        let in_flight = format!("security_requests_in_flight{{door=\"{door}\"}}");
        assert_eq!(scrape.value(&in_flight), Some(requests), "{door}");
    }
}

/// Metrics are available during an outage of the database. Those of the data keep their last
/// values.
#[tokio::test]
async fn without_the_database() {
    let app = TestApp::with_sample().await;
    let before = Scrape::of(app.internal_door()).await;
    assert_eq!(before.value("security_database_up"), Some(1.0));
    let db = app.app.db().expect("a database").clone();
    db.close().await.expect("closed");
    let during = Scrape::of(app.internal_door()).await;
    assert_eq!(during.value("security_database_up"), Some(0.0));
    for kept in [
        "security_data_revision",
        "security_data_synced_timestamp_seconds",
    ] {
        assert!(before.value(kept).is_some(), "{kept}");
        assert_eq!(during.value(kept), before.value(kept), "{kept}");
    }
}

/// A server with only a tab door does not show its metrics to visitors.
#[tokio::test]
async fn none_at_a_door_alone() {
    let options = ["--graphql-url", "http://127.0.0.1:9/graphql"];
    let app = App::new(&serve(&options), Clock::new(|| SYNCED_AT)).await;
    let app = app.expect("the service starts");
    assert!(app.internal_door().is_none());
    let reply = get(app.tab_door().into(), "/metrics").await;
    assert_eq!(reply.status, 404);
}

/// The sync at the start is counted, whether it succeeds or fails.
#[tokio::test]
async fn syncs_at_the_start() {
    let folders = Folders::new();
    let database = TestDatabase::sqlite().await;
    let (advisory_db, index) = (folders.path("advisory-db"), folders.path("index"));
    let options = [
        "--advisory-db",
        advisory_db.to_str().expect("UTF-8"),
        "--index",
        index.to_str().expect("UTF-8"),
    ];
    let start = async |database| {
        let mut app = TestApp::with(database, SYNCED_AT, &options).await;
        app.app.start().await.expect("data");
        let scrape = Scrape::of(app.internal_door()).await;
        let count = ["ok", "not_a_source"].map(|outcome| {
            scrape.value(&format!(
                "security_syncs_total{{outcome=\"{outcome}\",source=\"folder\"}}"
            ))
        });
        (app.database, count)
    };
    let (database, count) = start(database).await;
    assert_eq!(count, [Some(1.0), Some(0.0)]);
    std::fs::rename(&advisory_db, folders.path("elsewhere")).expect("moved");
    let (_, count) = start(database).await;
    assert_eq!(count, [Some(0.0), Some(1.0)]);
}
