//! The documents that the internal door runs.

use axum::http::StatusCode;
use integration_tests::{TestApp, get, serve};
use serde_json::json;
use server::app;
use server::engine::Document;
use server::mode::Mode;
use tempfile::TempDir;

/// A document that is not registered.
const OTHER: &str = "{ dataStatus { revision } }";

#[tokio::test]
async fn the_tabs_document_by_id_and_in_full() {
    let app = TestApp::with_sample().await.in_production().await;
    let variables = json!({ "crate": "openssl", "version": "0.10.8" });
    let id = Document::id_of(ui_component::DOCUMENT);
    let by_id = json!({ "documentId": id, "variables": variables });
    let in_full = json!({ "query": ui_component::DOCUMENT, "variables": variables });
    for body in [by_id, in_full] {
        let reply = app.post(&body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        assert!(reply.body.contains("RUSTSEC-2018-0010"));
    }
}

/// Any other document is refused, even one that is not GraphQL, because it is not
/// parsed.
#[tokio::test]
async fn any_other_document_is_not_known() {
    let app = TestApp::with_sample().await.in_production().await;
    let commented = format!("{}#", ui_component::DOCUMENT);
    let bare = Document::id_of(ui_component::DOCUMENT).replace("sha256:", "");
    for body in [
        json!({ "query": OTHER }),
        json!({ "query": "{ __schema { types { name } } }" }),
        json!({ "query": "mutation { __typename }" }),
        json!({ "query": commented }),
        json!({ "query": "{" }),
        json!({ "query": "" }),
        json!({ "documentId": Document::id_of(OTHER) }),
        json!({ "documentId": bare }),
        json!({ "documentId": "" }),
    ] {
        let reply = app.post(&body).await;
        let seen = (reply.status, reply.code());
        let expected = (StatusCode::BAD_REQUEST, "DOCUMENT_NOT_KNOWN".to_owned());
        assert_eq!(seen, expected, "{body}");
    }
}

/// A GET runs a registered query and nothing else; with `--dev` any query, but no
/// mutation.
#[tokio::test]
async fn a_get_runs_queries_only() {
    let app = TestApp::with_sample().await;
    let id = Document::id_of(ui_component::DOCUMENT);
    let variables = "variables=%7B%22crate%22%3A%22serde%22%7D";
    let known = format!("/graphql?documentId={id}&{variables}");
    let (other, mutation) = (
        "/graphql?query=%7B__typename%7D",
        "/graphql?query=mutation%7B__typename%7D",
    );
    for path in [known.as_str(), other] {
        let reply = get(app.internal_door(), path).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    }
    let reply = get(app.internal_door(), mutation).await;
    let seen = (reply.status, reply.code());
    assert_eq!(
        seen,
        (StatusCode::METHOD_NOT_ALLOWED, "NOT_A_QUERY".to_owned())
    );

    let app = app.in_production().await;
    let reply = get(app.internal_door(), &known).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    for path in [other, mutation] {
        let reply = get(app.internal_door(), path).await;
        let seen = (reply.status, reply.code());
        assert_eq!(
            seen,
            (StatusCode::BAD_REQUEST, "DOCUMENT_NOT_KNOWN".to_owned())
        );
    }
}

#[tokio::test]
async fn a_request_names_one_document() {
    let app = TestApp::with_sample().await;
    let id = Document::id_of(ui_component::DOCUMENT);
    for body in [json!({}), json!({ "query": OTHER, "documentId": id })] {
        let reply = app.post(&body).await;
        let seen = (reply.status, reply.code());
        assert_eq!(seen, (StatusCode::BAD_REQUEST, "BAD_REQUEST".to_owned()));
    }
}

/// Documents in the operator's folder are registered.
#[tokio::test]
async fn a_folder_registers_more() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("the file is written");
    };
    file("status.graphql", OTHER);
    file("README.md", "no document");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let app = TestApp::with_sample_and(&option)
        .await
        .in_production()
        .await;
    let reply = app.post(&json!({ "query": OTHER })).await;
    assert_eq!(reply.body, r#"{"data":{"dataStatus":{"revision":1}}}"#);
    let path = folder.path().join("status.graphql");
    let other = Document::id_of(OTHER);
    let mut lines = vec![format!("{other}  {}\n", path.display())];
    for (name, document) in ui_component::DOCUMENTS {
        let id = Document::id_of(document);
        lines.push(format!("{id}  {name} (the tab's own)\n"));
    }
    lines.sort();
    assert_eq!(app.engine().documents().manifest(), lines.concat());
}

/// If a file is not a document of this schema, the service does not start; the error
/// has the file, the problem and its position.
#[tokio::test]
async fn a_file_that_cannot_be_run() {
    let folder = TempDir::new().expect("a temporary folder");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let path = folder.path().join("broken.graphql");
    let mut errors = Vec::new();
    for text in [
        "{",
        "{ dataStatus {\n  revision\n  license\n} }",
        "{ dataStatus }",
        "{ crate(name: 1) { name } }",
        "{ crate { name } }",
        "query($name: Int!) { crate(name: $name) { name } }",
        "query($name: [String!]!) { crate(name: $name) { name } }",
        "query($name: String) { crate(name: $name) { name } }",
        "query($first: Int!) { ...F } fragment F on Query { crate(name: \"a\") { versions(first: $first) { totalCount } version(num: $first) { num } } }",
        "query($on: [RequirementInput]!) { requirements(on: $on) { req } }",
        "query($req: String) { requirements(on: [{ crate: \"a\", req: $req }]) { req } }",
        "query($row: RequirementInput) { requirements(on: [$row]) { req } }",
        "query($row: RequirementInput!) { crate(name: $row) { name } }",
        "{ requirements(on: { crate: \"a\" }) { req } }",
        "query($yes: String!) { dataStatus @include(if: $yes) { revision } }",
        "query A($a: String!) { crate(name: $a) { name } } query B($a: Boolean!) { crate(name: $a) { name } }",
        "query($name: Nothing) { crate(name: $name) { name } }",
        "query($name: String! = 1) { crate(name: $name) { name } }",
        "query($name: String!) { dataStatus { revision } }",
        "{ crate(name: $name) { name } }",
        "query A { dataStatus { revision } } query B { nothing }",
        "mutation { dataStatus { revision } }",
        "subscription { dataStatus { revision } }",
        "{ ...F } fragment F on Query { ...F }",
        "{ a: dataStatus { revision } a: crate(name: \"a\") { name } }",
    ] {
        std::fs::write(&path, text).expect("the file is written");
        let documents = app::documents(&serve(&option).documents, Mode::Production).await;
        let error = documents.expect_err(text).to_string();
        let fault = error.strip_prefix(&format!("{}: ", path.display()));
        errors.push(format!("{text}\n  {}", fault.expect("the file is named")));
    }
    insta::assert_snapshot!("documents-that-cannot-be-run", errors.join("\n"));
}

/// Documents that fit the schema but are difficult for the check: several operations,
/// and introspection.
#[tokio::test]
async fn files_that_can_be_run() {
    let folder = TempDir::new().expect("a temporary folder");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    for (number, text) in [
        "query A($a: String!) { crate(name: $a) { name } } query B { dataStatus { revision } }",
        "query($name: String!) { __type(name: $name) { name } }",
        "query($no: Boolean!) { __typename dataStatus @skip(if: $no) { revision } }",
        "query($on: [RequirementInput!]!) { requirements(on: $on) { req } }",
        "query($row: RequirementInput!, $req: String = \"1\") {
            requirements(on: [$row, { crate: \"a\", req: $req }]) { req } }",
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{number}.graphql"));
        std::fs::write(path, text).expect("the file is written");
    }
    let documents = app::documents(&serve(&option).documents, Mode::Production).await;
    let manifest = documents.expect("registered").manifest();
    assert_eq!(manifest.lines().count(), ui_component::DOCUMENTS.len() + 5);
}

/// Even a registered document learns nothing of the schema by introspection.
#[tokio::test]
async fn introspection_is_for_developers() {
    let query = "{ __schema { queryType { name } } }";
    let folder = TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("schema.graphql"), query).expect("the file is written");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let app = TestApp::with_sample_and(&option)
        .await
        .in_production()
        .await;
    let reply = app.post(&json!({ "query": query })).await;
    assert!(!reply.body.contains("queryType"), "{}", reply.body);

    let app = TestApp::with_sample().await;
    let reply = app.post(&json!({ "query": query })).await;
    assert!(reply.body.contains(r#"{"name":"Query"}"#), "{}", reply.body);
}

/// The parts for developers do not exist in production.
#[tokio::test]
async fn production_has_no_preview_and_no_graphiql() {
    let app = TestApp::with_sample().await.in_production().await;
    let graphiql = get(app.internal_door(), "/graphiql").await;
    assert_eq!(graphiql.status, StatusCode::NOT_FOUND);
    for path in [
        "/",
        "/open?crate=openssl",
        "/crates/openssl/security",
        "/embedded/openssl",
        "/gallery",
        "/gallery/many",
    ] {
        assert_eq!(app.tab(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let fragment = app.tab("/security-tab/openssl").await;
    assert_eq!(fragment.status, StatusCode::OK);
}

/// The answer to a registered document is cached for as long as the data stays the
/// same, and has a tag. A client that has it gets no body for a GET.
#[tokio::test]
async fn answers_to_registered_documents_are_kept() {
    let app = TestApp::with_sample().await.in_production().await;
    let id = Document::id_of(ui_component::DOCUMENT);
    let variables = |krate: &str| json!({ "crate": krate, "version": "0.10.8" });
    let ask = async |krate: &str| {
        let body = json!({ "documentId": id, "variables": variables(krate) });
        app.post(&body).await
    };
    let first = ask("openssl").await;
    assert_eq!(first.headers["cache-control"], "private, no-cache");
    app.take_statement_count();
    let turns = app.engine().turns();
    let mut taken = Vec::new();
    tokio::time::pause();
    while let Ok(turn) = turns.tab().await {
        taken.push(turn);
    }
    tokio::time::resume();
    // The second request needs neither a turn nor the database, except for the test's
    // own check.
    let again = ask("openssl").await;
    assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
    assert_eq!(again.headers["etag"], first.headers["etag"]);
    assert_eq!(app.take_statement_count(), 1);
    drop(taken);
    let other = ask("rsa").await;
    assert_ne!(other.headers["etag"], first.headers["etag"]);

    let variables = "variables=%7B%22crate%22%3A%22openssl%22%2C%22version%22%3A%220.10.8%22%7D";
    let request = axum::http::Request::get(format!("/graphql?documentId={id}&{variables}"))
        .header("if-none-match", &first.headers["etag"])
        .body(axum::body::Body::empty())
        .expect("a request");
    let unchanged = integration_tests::send(app.internal_door(), request).await;
    assert_eq!(
        (unchanged.status.as_u16(), unchanged.body.as_str()),
        (304, "")
    );
}

/// An answer that every check of the source changes is not cached, and neither is one
/// with errors.
#[tokio::test]
async fn answers_that_change_are_not_kept() {
    let folder = TempDir::new().expect("a temporary folder");
    let checked = "{ dataStatus { ...f } } fragment f on DataStatus { revision syncedAt }";
    let wrong = "{ crate(name: \"\") { name } }";
    for (name, text) in [("checked.graphql", checked), ("wrong.graphql", wrong)] {
        std::fs::write(folder.path().join(name), text).expect("the file is written");
    }
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let app = TestApp::with_sample_and(&option)
        .await
        .in_production()
        .await;
    for text in [checked, wrong] {
        let reply = app.post(&json!({ "query": text })).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(!reply.headers.contains_key("etag"), "{text}");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
}
