//! The tab's document costs the same number of SQL statements for every crate.

use integration_tests::TestApp;

/// Crate, versions, advisories, links; and the data status.
const STATEMENTS: usize = 5;

#[tokio::test]
async fn constant_however_many_advisories_and_versions() {
    let app = TestApp::with_sample().await;
    for krate in ["openssl", "wasmtime", "sample-single-release", "arrayref"] {
        app.take_statement_count();
        let answer = app.tab_answer(krate, None).await;
        let advisories = answer["data"]["crate"]["advisories"]
            .as_array()
            .map(Vec::len);
        let count = app.take_statement_count();
        assert_eq!(count, STATEMENTS, "{krate} with {advisories:?} advisories");
    }
}

#[tokio::test]
async fn fewer_for_a_crate_that_no_advisory_names() {
    let app = TestApp::with_sample().await;
    app.take_statement_count();
    app.tab_answer("serde", None).await;
    assert_eq!(app.take_statement_count(), 2);
}

#[tokio::test]
async fn crates_asked_for_together_are_read_together() {
    let app = TestApp::with_sample().await;
    app.take_statement_count();
    let query = r#"{
        a: crate(name: "openssl") { advisories { id affectedVersions { totalCount } } }
        b: crate(name: "wasmtime") { versions { nodes { num advisories { id } } } }
        c: crate(name: "rsa") { defaultVersion { upgrade { breaking { num } } } }
    }"#;
    let answer = app.graphql(query, serde_json::Value::Null).await;
    assert!(answer["errors"].is_null(), "{answer}");
    assert_eq!(app.take_statement_count(), 4);
}
