//! GraphQL over HTTP, judged by the working group's own audits (the npm package
//! `graphql-http`).

use integration_tests::{TestApp, skip};
use std::path::Path;
use std::process::Command;
use tokio::net::TcpListener;

/// Runs all audits; the snapshot lists those that passed.
#[tokio::test(flavor = "multi_thread")]
async fn graphql_over_http() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_installed = folder.join("node_modules/graphql-http").is_dir();
    let has_node = Command::new("node").arg("--version").output().is_ok();
    if !is_installed || !has_node {
        let needs = "Node with graphql-http (`npm ci --prefix tests`)";
        skip::without_program("graphql_over_http", needs);
        return;
    }
    let app = TestApp::with_sample().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/graphql",
        listener.local_addr().expect("its address")
    );
    let door = app.internal_door();
    tokio::spawn(async move { axum::serve(listener, door).await });

    let audits = Command::new("node")
        .arg(folder.join("it/audits.mjs"))
        .arg(url)
        .output()
        .expect("node runs");
    let said = String::from_utf8_lossy(&audits.stderr);
    assert!(audits.status.success(), "{said}");
    let results = String::from_utf8(audits.stdout).expect("UTF-8");
    insta::assert_snapshot!("graphql-over-http-audits", results);
    let failed: Vec<&str> = results
        .lines()
        .filter(|it| !it.starts_with("pass "))
        .collect();
    assert_eq!(failed, [""; 0]);
}
