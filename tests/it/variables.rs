//! The variables of registered documents: each value is checked against the type
//! that the document declares, before anything runs ("Coercing Variable Values" in
//! GraphQL's specification).

use axum::body::Body;
use axum::http::Request;
use integration_tests::{Reply, TestApp, send};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A registered document with a variable of each type among the schema's
/// arguments.
const DOCUMENT: &str = "query($name: String!, $first: Int, $num: String, $withdrawn: Boolean! = false, $full: Boolean = true) {
    crate(name: $name) {
        name @include(if: $full)
        versions(first: $first) { totalCount }
        version(num: $num) { num }
        advisories(includeWithdrawn: $withdrawn) { id @skip(if: $full) }
    }
}";

/// Runs the service outside `--dev`, with [`DOCUMENT`] registered.
async fn app() -> (TestApp, TempDir) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("variables.graphql");
    std::fs::write(path, DOCUMENT).expect("the file is written");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let app = TestApp::with_sample_and(&option).await;
    (app.in_production().await, folder)
}

async fn ask(app: &TestApp, accept: &str, document: &str, variables: &Value) -> Reply {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept", accept)
        .body(Body::from(body))
        .expect("a request");
    app.look().await;
    send(app.internal_door(), request).await
}

/// A value that does not fit is refused for any crate, even if no field that uses
/// it would be reached.
#[tokio::test]
async fn values_that_do_not_fit() {
    let (app, _folder) = app().await;
    let mut answers = Vec::new();
    for variables in [
        json!({}),
        Value::Null,
        json!({ "name": null }),
        json!({ "name": 1 }),
        json!({ "name": true }),
        json!({ "name": ["rsa"] }),
        json!({ "name": { "text": "rsa" } }),
        json!({ "name": "rsa", "first": "1" }),
        json!({ "name": "rsa", "first": 1.5 }),
        json!({ "name": "rsa", "first": true }),
        json!({ "name": "rsa", "first": [1] }),
        json!({ "name": "rsa", "first": 2_147_483_648_u64 }),
        json!({ "name": "rsa", "first": -2_147_483_649_i64 }),
        json!({ "name": "rsa", "num": 1 }),
        json!({ "name": "rsa", "withdrawn": "true" }),
        json!({ "name": "rsa", "withdrawn": null }),
        json!({ "name": "rsa", "full": 0 }),
        // Its type allows null, but `@include` does not.
        json!({ "name": "rsa", "full": null }),
        // No field that uses it is reached.
        json!({ "name": "", "first": 2_147_483_648_u64 }),
        json!({ "name": "", "full": "false" }),
    ] {
        let graphql = ask(
            &app,
            "application/graphql-response+json",
            DOCUMENT,
            &variables,
        )
        .await;
        let json = ask(&app, "application/json", DOCUMENT, &variables).await;
        assert_eq!(graphql.body, json.body);
        let statuses = format!("{} {}", graphql.status.as_u16(), json.status.as_u16());
        answers.push(format!("{variables}\n  {statuses} {}", json.body));
    }
    insta::assert_snapshot!("variables-that-do-not-fit", answers.join("\n"));
}

/// An omitted variable has its default, and is null if that is allowed. Variables
/// that the document does not declare are ignored.
#[tokio::test]
async fn values_that_fit() {
    let (app, _folder) = app().await;
    let mut answers = Vec::new();
    for variables in [
        json!({ "name": "rsa" }),
        json!({ "name": "rsa", "first": null, "num": null, "full": false }),
        json!({ "name": "rsa", "first": 2_147_483_647, "other": {} }),
        json!({ "name": "markdown", "first": 0, "withdrawn": true, "full": false }),
    ] {
        let reply = ask(&app, "application/json", DOCUMENT, &variables).await;
        answers.push(format!("{variables}\n  {}", reply.body));
    }
    insta::assert_snapshot!("variables-that-fit", answers.join("\n"));
}

/// The same for the tab's own document.
#[tokio::test]
async fn the_tabs_variables() {
    let (app, _folder) = app().await;
    for variables in [
        json!({}),
        json!({ "crate": 1 }),
        json!({ "crate": "", "version": 1 }),
    ] {
        let accept = "application/graphql-response+json";
        let reply = ask(&app, accept, ui_component::DOCUMENT, &variables).await;
        let seen = (reply.status.as_u16(), reply.code());
        assert_eq!(
            seen,
            (400, "BAD_DOCUMENT".to_owned()),
            "{variables}: {}",
            reply.body
        );
    }
}
