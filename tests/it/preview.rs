//! Tests of the preview's start page.

use axum::http::{StatusCode, header};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, get};
use ui_component::preview::STATES;

/// The bundled sample has an example of each state.
#[tokio::test]
async fn examples_of_each_state() {
    let app = TestApp::with_sample().await;
    let html = app.tab("/").await.body;
    let main = html.split("<main").nth(1).unwrap_or_default();
    let links = main.split("<li><a href=\"").skip(1);
    let examples: Vec<String> = links
        .filter_map(|link| {
            let (address, rest) = link.split_once('"')?;
            let (_, title) = rest.split("</li>").next()?.split_once("<p>")?;
            Some(format!("{}: {address}", title.trim_end_matches("</p>")))
        })
        .collect();
    insta::assert_snapshot!("preview-examples-of-the-sample", examples.join("\n"));
    assert_eq!(examples.len(), STATES.len());
    assert!(html.contains("Data: the bundled sample"), "{html}");
}

#[tokio::test]
async fn without_data_there_are_no_examples() {
    let app = TestApp::over(TestDatabase::sqlite().await, SYNCED_AT).await;
    let html = app.tab("/").await.body;
    assert!(html.contains("Data: none yet"), "{html}");
    assert!(!html.contains("host-examples"), "{html}");
}

/// The field opens a crate, a version, or a requirement.
#[tokio::test]
async fn opens_any_crate_and_version() {
    let app = TestApp::with_sample().await;
    for (asked, expect) in [
        ("?crate=openssl", "/crates/openssl/security"),
        ("?crate=+openssl+", "/crates/openssl/security"),
        ("?crate=openssl@", "/crates/openssl/security"),
        (
            "?crate=openssl@0.10.8",
            "/crates/openssl/security?version=0.10.8",
        ),
        (
            "?crate=openssl-src%40110.0.0%2B1.1.0f",
            "/crates/openssl-src/security?version=110.0.0%2B1.1.0f",
        ),
        (
            "?crate=openssl@%5E0.9",
            "/crates/openssl/security?req=%5E0.9",
        ),
        ("?crate=openssl@0.9", "/crates/openssl/security?req=0.9"),
        ("?crate=//a.b/c", "/crates/%2F%2Fa.b%2Fc/security"),
        ("?crate=", "/"),
        ("?crate=@1.0.0", "/"),
        ("", "/"),
    ] {
        let reply = get(app.tab_door(), &format!("/open{asked}")).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{asked}");
        assert_eq!(reply.headers[header::LOCATION], expect, "{asked}");
    }
}
