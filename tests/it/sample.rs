//! The bundled sample is shown only to the machine that it runs on.

use axum::Router;
use axum::http::StatusCode;
use integration_tests::{Reply, SYNCED_AT, TestApp, TestDatabase, get, remote_tab_door};
use server::app::{NoDataError, before_doors};
use server::sync::{Guard, Sources};
use server::tab::SamplePolicy;
use tokio::net::TcpListener;

const PATHS: [&str; 7] = [
    "/security-tab/openssl",
    "/security-tab/openssl/0.10.8",
    "/security-tab/openssl/0.10.8/badge",
    "/security-tab/serde",
    "/security-tab/not%20a%20name",
    "/security-tab/openssl/marks",
    "/security-tab/-/marks?rsa=%5E0.9",
];

async fn get_all(door: &Router) -> Vec<Reply> {
    let mut replies = Vec::new();
    for path in PATHS {
        replies.push(get(door.clone(), path).await);
    }
    replies
}

/// Every page and badge of a public door over the sample equals that over an empty
/// database, in process and over another process's GraphQL on loopback.
#[tokio::test]
async fn a_public_door_shows_no_sample() {
    const PUBLIC: [&str; 2] = ["--tab-addr", "0.0.0.0:4001"];
    let app = TestApp::with_sample().await.in_production().await;
    let empty = TestApp::with(TestDatabase::sqlite().await, SYNCED_AT, &[]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let door = app.internal_door();
    tokio::spawn(async move { axum::serve(listener, door).await });

    let url = format!("http://{addr}/graphql");
    let here = TestApp::with_sample().await.in_production().await;
    let here = here.and(&PUBLIC).await.tab_door();
    let there = remote_tab_door(&url, &PUBLIC).await;
    let nothing = get_all(&empty.tab_door()).await;
    for door in [here, there] {
        for (shown, nothing) in get_all(&door).await.iter().zip(&nothing) {
            assert_eq!((shown.status, &shown.body), (nothing.status, &nothing.body));
        }
    }
    let local = app.tab("/security-tab/openssl/0.10.8").await.body;
    assert!(local.contains("data-test-sample-data"), "{local}");
    let badge = app.tab("/security-tab/openssl/0.10.8/badge").await.body;
    assert!(badge.contains("of the bundled sample affect"), "{badge}");
}

/// A server with only the sample is ready for developers. Production waits for real
/// data, because the process cannot know whether a public server is in front of it.
#[tokio::test]
async fn ready() {
    let dev = TestApp::with_sample().await;
    let ready = get(dev.internal_door(), "/ready").await;
    assert_eq!(ready.status, StatusCode::OK);
    let production = dev.in_production().await;
    let ready = get(production.internal_door(), "/ready").await;
    let said = (ready.status.as_u16(), ready.body.as_str());
    assert_eq!(said, (503, "the database has only the sample"));
}

/// A public server does not write the sample, and rejects the option to do so.
#[tokio::test]
async fn a_public_server_writes_no_sample() {
    let database = TestDatabase::sqlite().await;
    let start = async |sources: Sources, sample| {
        before_doors(&database.db, &sources, &Guard::default(), sample, SYNCED_AT).await
    };
    let refused = start(Sources::sample(), SamplePolicy::Hide).await;
    assert!(
        matches!(refused, Err(NoDataError::SampleIsLocal)),
        "{refused:?}"
    );
    let shown = start(Sources::sample(), SamplePolicy::Show).await;
    let shown = shown.expect("the sample");
    assert!(shown.report.is_some() && !shown.has_tried, "{shown:?}");
    let refused = start(Sources::sample(), SamplePolicy::Hide).await;
    assert!(
        matches!(refused, Err(NoDataError::SampleIsLocal)),
        "{refused:?}"
    );
}
