//! Valid HTML, checked by an independent validator.

use integration_tests::html::Validator;
use integration_tests::{TestApp, get};
use ui_component::samples;

/// Invalid in a way that no browser shows.
const BAD: &str = "<p id=\"a\">Two of a name<p id=\"a\">and none closed";

#[tokio::test]
async fn every_page_and_fragment_is_valid() {
    let Some(validator) = Validator::installed("every_page_and_fragment_is_valid") else {
        return;
    };
    let app = TestApp::with_sample().await;
    let states = samples::all();
    let states = states
        .iter()
        .map(|state| format!("/gallery/{}", state.name));
    let others = [
        "/",
        "/gallery",
        "/crates/openssl/security?version=0.10.8",
        "/crates/nobody-has-heard-of-it/security",
        "/crates/openssl/security?version=one",
        "/embedded/openssl",
        "/routed/openssl",
        "/embedded/openssl/versions",
        "/embedded/harbour/dependencies",
        "/crates/openssl/security?req=%5E0.9",
        "/security-tab/openssl/0.10.8",
        "/security-tab/wasmtime",
        "/security-tab/sample-hostile-text",
        "/security-tab/sample-long-text",
        "/security-tab/serde",
        "/security-tab/openssl/one",
        "/security-tab/not%20a%20name",
        "/security-tab/openssl/0.10.8/badge",
        "/security-tab/serde/badge",
        "/security-tab/openssl/marks",
        "/security-tab/serde/marks",
        "/security-tab/-/marks?openssl=%5E0.9&rsa=%5E0.9",
    ];
    let mut pages = Vec::new();
    for path in states.chain(others.map(str::to_owned)) {
        let html = app.tab(&path).await.body;
        pages.push((path, html));
    }
    let app = app.and(&["--graphiql", "/no/such/folder"]).await;
    let offer = get(app.internal_door(), "/graphiql").await.body;
    pages.push(("/graphiql".to_owned(), offer));
    assert!(pages.len() > 50, "{}", pages.len());
    assert_eq!(validator.faults(&pages), [""; 0]);

    // The validator does report faults.
    let bad = [("bad".to_owned(), BAD.to_owned())];
    let found = validator.faults(&bad).join("\n");
    for rule in ["no-dup-id", "no-implicit-close"] {
        assert!(found.contains(rule), "{rule}: {found}");
    }
}
