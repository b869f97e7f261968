//! The tab as the tab door serves it.

use axum::http::StatusCode;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, get, remote_tab_door};
use time::Duration;
use tokio::net::TcpListener;

#[tokio::test]
async fn every_crate_has_a_tab() {
    let app = TestApp::with_sample().await;
    for (path, expect) in [
        (
            "/crates/openssl/security",
            "openssl 0.10.82 is not affected",
        ),
        (
            "/crates/OpenSSL/security?version=0.10.8",
            "openssl 0.10.8 is affected by",
        ),
        (
            "/crates/serde/security",
            "RustSec has no advisory about serde.",
        ),
        (
            "/crates/cargo/security",
            "RustSec has no advisory about cargo.",
        ),
        (
            "/crates/nobody-has-heard-of-it/security",
            "RustSec has no advisory about nobody-has-heard-of-it.",
        ),
        ("/crates/arrayref/security", "&gt; 0.3.9"),
        ("/security-tab/openssl", "openssl 0.10.82 is not affected"),
        (
            "/security-tab/openssl/0.10.8",
            "openssl 0.10.8 is affected by",
        ),
        (
            "/security-tab/openssl/0.10.8?version=0.10.82",
            "openssl 0.10.82 is not affected",
        ),
    ] {
        let reply = app.tab(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(
            plain(&reply.body).contains(expect),
            "{path}: {}",
            plain(&reply.body)
        );
    }
}

#[tokio::test]
async fn what_cannot_be_is_not_found() {
    let app = TestApp::with_sample().await;
    for path in [
        "/crates/not%20a%20name/security",
        "/crates/a%00b/security",
        "/crates/openssl/security?version=one",
        "/crates/openssl/security?version=1.0.0%00",
        "/security-tab/openssl/0.10",
        "/security-tab/not%20a%20name/marks",
        "/embedded/not%20a%20name/versions",
        "/gallery/no-such-state",
        "/graphql",
        "/graphiql",
        "/health",
        "/no-such-page",
    ] {
        assert_eq!(app.tab(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// The tab door alone, with its document sent to another process's internal
/// door, returns the same bytes.
#[tokio::test]
async fn in_process_and_over_http_are_the_same() {
    let app = TestApp::with_sample().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let door = app.internal_door();
    tokio::spawn(async move { axum::serve(listener, door).await });
    let remote = remote_tab_door(&format!("http://{addr}/graphql"), &["--dev"]).await;

    for path in [
        "/crates/openssl/security?version=0.10.8",
        "/crates/wasmtime/security",
        "/crates/serde/security",
        "/crates/sample-hostile-text/security",
        "/crates/not%20a%20name/security",
        "/security-tab/rustdecimal",
        "/security-tab/openssl?req=%5E0.9",
        "/security-tab/openssl/marks",
        "/security-tab/-/marks?openssl=%5E0.9&rsa=%5E0.9",
    ] {
        let (here, there) = (app.tab(path).await, get(remote.clone(), path).await);
        assert_eq!(
            (here.status, here.body),
            (there.status, there.body),
            "{path}"
        );
    }
}

/// Without GraphQL the tab says so, and the page around it is unaffected.
#[tokio::test]
async fn graphql_out_of_reach() {
    let door = remote_tab_door("http://127.0.0.1:1/graphql", &["--dev"]).await;
    for path in ["/crates/openssl/security", "/security-tab/openssl"] {
        let reply = get(door.clone(), path).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            reply.body.contains("data-test-security-unreachable"),
            "{}",
            reply.body
        );
    }
}

#[tokio::test]
async fn old_data_is_called_stale() {
    let database = TestDatabase::sqlite().await;
    database
        .sync(&server::sync::Sources::sample())
        .await
        .expect("the sync");
    let app = TestApp::over(database, SYNCED_AT + Duration::days(2)).await;
    assert!(
        app.tab("/security-tab/openssl")
            .await
            .body
            .contains("data-test-stale-data")
    );
    let app = TestApp::with_sample().await;
    assert!(
        !app.tab("/security-tab/openssl")
            .await
            .body
            .contains("data-test-stale-data")
    );
}

#[tokio::test]
async fn the_gallery_shows_every_state() {
    let app = TestApp::with_sample().await;
    let index = app.tab("/gallery").await.body;
    for sample in ui_component::samples::all() {
        let path = format!("/gallery/{}", sample.name);
        assert!(index.contains(&path), "{path}");
        assert_eq!(app.tab(&path).await.status, StatusCode::OK, "{path}");
    }
}

/// Returns the text of a page, without tags.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text
}
