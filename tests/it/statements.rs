//! The number of SQL statements: the same for every crate, and zero for data in
//! memory.

use integration_tests::TestApp;

/// The status, whose revision must be the same, and the crate, its versions and
/// its advisories with their verdicts.
const STATEMENTS: u64 = 4;

async fn with_sample() -> TestApp {
    let app = TestApp::with_sample().await;
    app.look().await;
    app.take_statement_count();
    app
}

#[tokio::test]
async fn constant_however_many_advisories_and_versions() {
    let app = with_sample().await;
    for krate in ["openssl", "wasmtime", "sample-single-release", "arrayref"] {
        app.tab_data(krate, None).await;
        assert_eq!(app.take_statement_count(), STATEMENTS, "{krate}");
        app.tab_data(krate, Some("0.1.0")).await;
        assert_eq!(app.take_statement_count(), 0, "{krate} again");
    }
}

#[tokio::test]
async fn none_for_a_name_that_no_crate_has() {
    let app = with_sample().await;
    for krate in ["serde", "nobody-has-heard-of-it", "not a name", ""] {
        app.tab_data(krate, None).await;
        assert_eq!(app.take_statement_count(), 0, "{krate}");
    }
}

/// The name of a crate is in memory, as it was published.
#[tokio::test]
async fn none_for_a_name_alone() {
    let app = with_sample().await;
    let query =
        "{ crate(name: \"OpenSSL_src\") { ...f name __typename } } fragment f on Crate { name }";
    let answer = app.graphql(query, serde_json::Value::Null).await;
    assert_eq!(answer["data"]["crate"]["name"], "openssl-src", "{answer}");
    // One statement is the test's own check.
    assert_eq!(app.take_statement_count(), 1);
}

/// One statement follows the status, and the names of the crates are read again
/// only under a new revision.
#[tokio::test]
async fn one_to_follow_the_data() {
    let app = with_sample().await;
    app.look().await;
    assert_eq!(app.take_statement_count(), 1);
}

/// Simultaneous visitors of a new crate cause one read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_for_many_at_once() {
    let app = with_sample().await;
    let visits = (0..20).map(|_| app.tab_data("wasmtime", None));
    futures_util::future::join_all(visits).await;
    assert_eq!(app.take_statement_count(), STATEMENTS);
}
