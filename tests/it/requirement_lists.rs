//! Lists of requirements, such as the dependencies of a crate: their order, their
//! reads, and their maximum length.

use super::requirements::{app, widget};
use async_graphql::Variables;
use axum::http::StatusCode;
use integration_tests::{Reply, TestApp};
use serde_json::{Value, json};
use server::engine::{Document, Limits};

/// The query with which a host marks its list of a crate's dependencies.
const REQUIREMENT_MARKS: &str = "query RequirementMarks($on: [RequirementInput!]!) {
    requirements(on: $on) { matching vulnerable }
    dataStatus { revision commit source isStale }
}";

/// The query with which a host marks its list of a crate's versions.
const VERSION_MARKS: &str = "query VersionMarks($crate: String!) {
    crate(name: $crate) { versions(first: 1000) { nodes { num affectingCount alert } } }
    dataStatus { revision commit source isStale }
}";

fn row(krate: &str, req: &str) -> Value {
    json!({ "crate": krate, "req": req })
}

/// Returns the longest name, and a requirement longer than those in use, numbered.
fn long_row(number: usize) -> Value {
    let name = format!("{}{number:03}", "a".repeat(61));
    row(&name, ">=1.234.567-alpha.1, <1.234.678, <1.234.789-beta.1")
}

#[tokio::test]
async fn rows_in_their_order() {
    let ranges = r#"patched = [">= 0.2.0"]"#;
    let app = app(&widget("0.1.0 0.1.1 0.2.0", ranges)).await;
    let on = json!([
        row("widget", "^0.1"),
        row("not a name", "^0.1"),
        row("serde", "^1"),
        row("WIDGET", "^0.2"),
        row("widget", "^^1"),
        row("", ""),
        row("widget", "^0.1"),
    ]);
    let answer = app.graphql(REQUIREMENT_MARKS, json!({ "on": on })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let marked = json!({ "matching": 2, "vulnerable": 2 });
    let expect = json!([
        marked,
        null,
        { "matching": 0, "vulnerable": 0 },
        { "matching": 1, "vulnerable": 0 },
        null,
        null,
        marked,
    ]);
    assert_eq!(answer["data"]["requirements"], expect);
    let answer = app.graphql(REQUIREMENT_MARKS, json!({ "on": [] })).await;
    assert_eq!(answer["data"]["requirements"], json!([]));
}

/// A crate is read once, for any spelling. A crate without a row is not read.
#[tokio::test]
async fn statements() {
    const EACH: u64 = 4;
    let app = TestApp::with_sample().await;
    app.look().await;
    app.take_statement_count();
    let on = json!([
        row("openssl-src", "^111"),
        row("OpenSSL_src", "^300"),
        row("serde", "^1"),
        row("wasmtime", "*"),
        row("nobody-has-heard-of-it", "*"),
        row("openssl-src", "*"),
        row("rsa", "^^1"),
    ]);
    // One statement is the test's own check.
    for expect in [2 * EACH + 1, 1] {
        app.graphql(REQUIREMENT_MARKS, json!({ "on": on })).await;
        assert_eq!(app.take_statement_count(), expect);
    }
}

/// The documents of the marks, with the maximum number of rows, are within the limits:
/// at the internal door, in full and by id, and in process.
#[tokio::test]
async fn the_documents_of_the_marks_are_within_the_limits() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let documents = [
        (
            REQUIREMENT_MARKS,
            json!({ "on": (0..300).map(long_row).collect::<Vec<_>>() }),
        ),
        (VERSION_MARKS, json!({ "crate": "openssl" })),
    ];
    let dev = TestApp::with_sample().await;
    for (index, (document, variables)) in documents.iter().enumerate() {
        let file = folder.path().join(format!("{index}.graphql"));
        std::fs::write(file, document).expect("the file is written");
        let reply = dev
            .post(&json!({ "query": document, "variables": variables }))
            .await;
        assert_eq!(reply.code(), "none", "{}", reply.body);

        let parsed = dev.engine().documents().parse(document).expect("within");
        let priced = parsed.check(&Variables::from_json(variables.clone()), &Limits::DEFAULT);
        assert_eq!(priced, Ok(()), "{document}");
    }
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let production = dev.and(&option).await.in_production().await;
    for (document, variables) in &documents {
        let id = Document::id_of(document);
        let body = json!({ "documentId": id, "variables": variables });
        let reply = production.post(&body).await;
        let seen = (reply.status, reply.code());
        assert_eq!(seen, (StatusCode::OK, "none".to_owned()), "{}", reply.body);
    }
}

#[tokio::test]
async fn more_than_300() {
    let app = TestApp::with_sample().await;
    let ask = async |count: usize| {
        let on: Vec<Value> = (0..count).map(|_| row("a", "1")).collect();
        let variables = json!({ "on": on });
        app.post(&json!({ "query": REQUIREMENT_MARKS, "variables": variables }))
            .await
    };
    assert_eq!(ask(300).await.code(), "none");
    let reply = ask(301).await;
    assert_eq!(reply.code(), "TOO_MANY_REQUIREMENTS");
    let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
    let message = "a list holds at most 300 requirements";
    assert_eq!(answer["errors"][0]["message"], message);
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(ask(1000).await.code(), "TOO_COMPLEX");
}

/// A list is priced by its length, wherever it is in the document.
#[tokio::test]
async fn a_list_is_priced_by_its_length() {
    let app = TestApp::with_sample().await;
    let post = async |query: String, variables: Value| -> Reply {
        app.post(&json!({ "query": query, "variables": variables }))
            .await
    };
    let requirements = |on: &str, fields: &str| {
        format!("requirements(on: {on}) {{ chosen {{ advisories {{ {fields} }} }} }}")
    };
    // 100 for the row, and three fields for each of 50 advisories.
    let by_variable = format!(
        "query($on: [RequirementInput!]!) {{ {} }}",
        requirements("$on", "id title date")
    );
    for (rows, expect) in [(190, "none"), (200, "TOO_COMPLEX")] {
        let on: Vec<Value> = (0..rows).map(|_| row("a", "1")).collect();
        let reply = post(by_variable.clone(), json!({ "on": on })).await;
        assert_eq!(reply.code(), expect, "{rows}: {}", reply.body);
    }
    let many = "id title date url license package collection";
    for (rows, expect) in [(100, "none"), (120, "TOO_COMPLEX")] {
        let literal = format!("[{}]", r#"{ crate: "a", req: "1" } "#.repeat(rows));
        let in_place = format!("{{ {} }}", requirements(&literal, many));
        let by_default = format!(
            "query($on: [RequirementInput!]! = {literal}) {{ {} }}",
            requirements("$on", many)
        );
        let by_item = format!(
            "query($a: RequirementInput!) {{ {} }}",
            requirements(&format!("[{}]", "$a ".repeat(rows)), many)
        );
        for query in [in_place, by_default, by_item] {
            let reply = post(query, json!({ "a": row("a", "1") })).await;
            assert_eq!(reply.code(), expect, "{rows}: {}", reply.body);
        }
    }
    // A single row may be given without a list.
    let one = format!(
        "query($a: RequirementInput!) {{ a: {} b: {} }}",
        requirements(r#"{ crate: "a", req: "1" }"#, many),
        requirements("[$a]", many)
    );
    let reply = post(one, json!({ "a": row("a", "1") })).await;
    assert_eq!(reply.code(), "none", "{}", reply.body);
}

/// Variables of another shape are refused before anything runs.
#[tokio::test]
async fn variables_of_another_shape() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("marks.graphql"), REQUIREMENT_MARKS).expect("a file");
    let option = ["--documents", folder.path().to_str().expect("UTF-8")];
    let dev = TestApp::with_sample_and(&option).await;
    let production = TestApp::with_sample_and(&option)
        .await
        .in_production()
        .await;
    let bad = || {
        [
            json!({}),
            json!({ "on": null }),
            json!({ "on": [null] }),
            json!({ "on": "a" }),
            json!({ "on": ["a", "1"] }),
            json!({ "on": { "crate": "a" } }),
            json!({ "on": [{ "crate": "a", "req": null }] }),
            json!({ "on": [{ "crate": "a", "req": 1 }] }),
            json!({ "on": [{ "crate": ["a"], "req": "1" }] }),
            json!({ "on": [{ "crate": "a", "req": "1", "kind": "dev" }] }),
            json!({ "on": [[[{ "crate": "a", "req": 1 }]]] }),
            json!({ "on": vec![row("a", "1"), json!({})] }),
            json!({ "on": vec![json!({ "x".repeat(9000): 1 }); 5] }),
        ]
    };
    for variables in bad() {
        for app in [&dev, &production] {
            let reply = app
                .post(&json!({ "query": REQUIREMENT_MARKS, "variables": variables }))
                .await;
            assert_eq!(reply.code(), "BAD_DOCUMENT", "{variables}: {}", reply.body);
            assert!(!reply.body.contains("\"data\""), "{}", reply.body);
            assert!(reply.body.len() < 3000, "{}", reply.body);
        }
    }
}
