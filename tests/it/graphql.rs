//! The answers of the schema: the tab's document for instructive crates, lookups
//! by name and page, and every kind of bad input.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use integration_tests::{TestApp, send};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

/// Compares a JSON snapshot with sorted fields.
/// `limits::answers_are_the_same_to_the_byte` tests their order as sent.
macro_rules! check {
    ($($args:tt)*) => {
        insta::with_settings!({ sort_maps => true }, {
            insta::assert_json_snapshot!($($args)*);
        });
    };
}

/// Crates of the sample, each for the case in its snapshot's name.
#[tokio::test]
async fn the_tabs_document() {
    let app = TestApp::with_sample().await;
    for (case, krate, version) in [
        ("no-advisories", "serde", None),
        ("none-affects-the-default-version", "openssl", None),
        ("eight-affect-an-old-version", "openssl", Some("0.10.8")),
        ("build-metadata", "openssl-src", Some("110.0.0+1.1.0f")),
        ("malicious-release-removed", "arrayref", None),
        ("malicious-range-still-open", "append-only-vec", None),
        ("unmaintained-only", "yaml-rust", None),
        ("withdrawn-only", "markdown", None),
        ("no-fix", "rsa", None),
        ("breaking-upgrade-only", "idna", Some("0.4.0")),
        ("only-an-older-release-is-free", "bitmaps", None),
        ("no-release-is-free-of-all", "sample-overlap", None),
        ("fixed-release-is-yanked", "zeroize_derive", Some("1.0.0")),
        (
            "prerelease-of-the-fixed-version",
            "actix-http",
            Some("3.0.0-beta.8"),
        ),
        ("only-prereleases", "sample-prerelease-only", None),
        ("deleted-crate", "rustdecimal", None),
        ("unknown-version-list", "imageproc", Some("0.25.0")),
        ("unknown-kind", "sample-unknown-kind", None),
        ("cvss-4-with-threat-metric", "astral-tokio-tar", None),
        ("hostile-text", "sample-hostile-text", None),
    ] {
        let mut answer = app.tab_answer(krate, version).await;
        assert!(answer["errors"].is_null(), "{krate}: {}", answer["errors"]);
        // The id is random.
        let status = answer["data"]["dataStatus"].as_object_mut();
        let id = status.and_then(|status| status.remove("revisionId"));
        let id = id.as_ref().and_then(Value::as_str).expect("an id");
        assert!(id.len() == 32 && id.bytes().all(|digit| digit.is_ascii_hexdigit()));
        check!(format!("tab-document-{case}"), answer);
    }
}

#[tokio::test]
async fn names_match_as_on_crates_io() {
    let app = TestApp::with_sample().await;
    for name in ["openssl-src", "openssl_src", "OpenSSL-Src", "OPENSSL_SRC"] {
        let krate = krate(&app, name, "name advisories { id }").await;
        assert_eq!(krate["name"], "openssl-src", "{name}");
        assert_eq!(
            krate["advisories"].as_array().map(Vec::len),
            Some(5),
            "{name}"
        );
    }
}

/// The toolchain's advisories are found by id, but on no crate.
#[tokio::test]
async fn the_crate_cargo_is_not_the_tool_cargo() {
    let app = TestApp::with_sample().await;
    let krate = krate(
        &app,
        "cargo",
        "availability advisories(includeWithdrawn: true) { id }",
    )
    .await;
    assert_eq!(krate["advisories"], json!([]));

    let query = r#"{ advisory(id: "CVE-2019-16760") { package collection crate { name } affects(version: "1.20.0") } }"#;
    let answer = app.graphql(query, Value::Null).await;
    check!(answer["data"]["advisory"], @r#"
    {
      "affects": true,
      "collection": "RUST",
      "crate": null,
      "package": "cargo"
    }
    "#);
}

#[tokio::test]
async fn an_open_range_is_shown() {
    let app = TestApp::with_sample().await;
    let krate = krate(
        &app,
        "arrayref",
        "advisories { affectedRanges { text upper { version } } patched { text } }",
    )
    .await;
    check!(krate["advisories"], @r#"
    [
      {
        "affectedRanges": [
          {
            "text": "> 0.3.9",
            "upper": null
          }
        ],
        "patched": []
      }
    ]
    "#);
}

#[tokio::test]
async fn pages_go_both_ways_and_meet() {
    let app = TestApp::with_sample().await;
    let mut forwards = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = versions(&app, json!({ "first": 40, "after": after })).await;
        forwards.extend(
            page["nodes"]
                .as_array()
                .expect("nodes")
                .iter()
                .map(|node| node["num"].clone()),
        );
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], forwards.len());
            break;
        }
    }
    let mut backwards = Vec::new();
    let mut before = Value::Null;
    loop {
        let page = versions(&app, json!({ "last": 40, "before": before })).await;
        let nodes = page["nodes"].as_array().expect("nodes").iter();
        backwards.splice(0..0, nodes.map(|node| node["num"].clone()));
        before = page["pageInfo"]["startCursor"].clone();
        if page["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(forwards, backwards);
    let parse =
        |num: &Value| semver::Version::parse(num.as_str().expect("text")).expect("a version");
    let sorted = forwards
        .windows(2)
        .all(|pair| parse(&pair[0]) > parse(&pair[1]));
    assert!(
        sorted && forwards.len() == 175,
        "newest first: {forwards:?}"
    );
}

/// Every kind of bad input is an error of ours with a code, and HTTP 200, because
/// the request was valid and only the field failed.
#[tokio::test]
async fn bad_input_has_a_code() {
    let app = TestApp::with_sample().await;
    let long = "a".repeat(300);
    let mut answers = Vec::new();
    for (query, variable) in [
        ("query($x: String!) { crate(name: $x) { name } }", json!("")),
        (
            "query($x: String!) { crate(name: $x) { name } }",
            json!("a\0b"),
        ),
        (
            "query($x: String!) { crate(name: $x) { name } }",
            json!("'; DROP TABLE crates; --"),
        ),
        (
            "query($x: String!) { crate(name: $x) { name } }",
            json!(long),
        ),
        (
            "query($x: String!) { crate(name: \"rsa\") { version(num: $x) { num } } }",
            json!("1.0"),
        ),
        (
            "query($x: String!) { crate(name: \"rsa\") { version(num: $x) { num } } }",
            json!("1.0.0\0"),
        ),
        (
            "query($x: Int!) { crate(name: \"rsa\") { versions(first: $x) { totalCount } } }",
            json!(-1),
        ),
        (
            "query($x: Int!) { crate(name: \"rsa\") { versions(last: $x) { totalCount } } }",
            json!(i32::MAX),
        ),
        (
            "query($x: Int!) { crate(name: \"rsa\") { versions(first: $x, last: $x) { totalCount } } }",
            json!(1),
        ),
        (
            "query($x: String!) { crate(name: \"rsa\") { versions(after: $x) { totalCount } } }",
            json!("\0"),
        ),
        (
            "query($x: String!) { advisory(id: $x) { id } }",
            json!("RUSTSEC\0"),
        ),
        ("query($x: String!) { advisory(id: $x) { id } }", json!("")),
    ] {
        let answer = app.graphql(query, json!({ "x": variable })).await;
        let error = &answer["errors"][0];
        answers.push(format!(
            "{}: {}",
            error["extensions"]["code"], error["message"]
        ));
    }
    insta::assert_snapshot!("bad-input", answers.join("\n"));
}

#[tokio::test]
async fn an_advisory_that_is_not_there_is_null() {
    let app = TestApp::with_sample().await;
    for id in ["RUSTSEC-1999-0001", "RUSTSEC-0000-0000", "nothing"] {
        let answer = app
            .graphql(
                "query($id: String!) { advisory(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(answer, json!({ "data": { "advisory": null } }));
    }
}

/// A field that failed is null. If the schema does not allow null there, the
/// enclosing value is null ("Handling Execution Errors" in GraphQL's
/// specification).
#[tokio::test]
async fn a_field_that_failed_is_null() {
    let app = TestApp::with_sample().await;
    let mut answers = Vec::new();
    for query in [
        // `crate` and `version` may be null.
        r#"{ a: crate(name: "") { name } b: crate(name: "rsa") { name } }"#,
        r#"{ crate(name: "rsa") { name version(num: "1") { num } } }"#,
        // `versions` may not be null, nor may the items of a list.
        r#"{ crate(name: "rsa") { name versions(first: -1) { totalCount } } b: __typename }"#,
        r#"{ crate(name: "rsa") { name advisories { id affects(version: "1") } } }"#,
        r#"{ crate(name: "rsa") { advisories { affectedVersions(first: -1) { totalCount } } } }"#,
        // Left out on purpose, beside a failure of the same field.
        r#"{ crate(name: "") @skip(if: true) { name } b: crate(name: "") { name } }"#,
        r#"{ ...f a: advisory(id: "") { id } } fragment f on Query { a: advisory(id: "") { title } }"#,
        // An object without fields is not null.
        r#"{ crate(name: "rsa") { version(num: "1") { num } } }"#,
        r#"{ dataStatus { revision @skip(if: true) } }"#,
        r#"{ dataStatus @skip(if: true) { revision } }"#,
        r#"query($no: Boolean = false) { dataStatus { revision @include(if: $no) } b: __typename @skip(if: $no) }"#,
        // A skipped field leaves no gap.
        r#"{ a: __typename @skip(if: true) b: __typename a: __typename }"#,
        // async-graphql loses the second part of a field whose first part failed.
        r#"{ crate(name: "rsa") { version(num: "1") { num } } crate(name: "rsa") { name } }"#,
    ] {
        let reply = app.post(&json!({ "query": query })).await;
        let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
        let errors = answer["errors"].as_array().map_or(0, Vec::len);
        answers.push(format!("{query}\n  {errors} {}", answer["data"]));
    }
    insta::assert_snapshot!("fields-that-failed", answers.join("\n"));
}

/// A field runs once however often the document repeats it under one key
/// ("Field Selection Merging" in GraphQL's specification).
#[tokio::test]
async fn a_field_runs_once() {
    let app = TestApp::with_sample().await;
    let wrong = "affects(version: \"!\")";
    for fields in [
        wrong.to_owned(),
        format!("{wrong} {wrong} ... {{ {wrong} }}"),
        format!("{wrong} ...f ...f ... on Advisory {{ ...f }}"),
    ] {
        let query = format!(
            "{{ crate(name: \"openssl\") {{ advisories {{ {fields} }} advisories {{ id {fields} }} }} }}
            fragment f on Advisory {{ {wrong} {wrong} id }}"
        );
        let query = match fields.contains("...f") {
            true => query,
            false => query
                .split("fragment")
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        let answer = app.graphql(&query, Value::Null).await;
        let advisories = answer["data"]["crate"]["advisories"].as_array();
        let errors = answer["errors"].as_array();
        assert_eq!(advisories.map(Vec::len), Some(10), "{answer}");
        assert_eq!(errors.map(Vec::len), Some(10), "{query}");
    }
}

/// If a root field fails, the whole of `data` is null, because no other value encloses
/// the field. The error is reported.
#[tokio::test]
async fn the_only_root_field_fails() {
    let app = TestApp::with_sample().await;
    drop_table(&app, "skipped_files").await;
    let query = "{ dataStatus { skipped { path } } b: __typename }";
    let reply = app.post(&json!({ "query": query })).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply.body.starts_with(r#"{"data":null,"errors":[{"#),
        "{}",
        reply.body
    );
}

/// A broken database is our fault, reported only in our own words.
#[tokio::test]
async fn the_databases_words_stay_inside() {
    let app = TestApp::with_sample().await;
    drop_table(&app, "versions").await;
    let answer = app
        .graphql("{ crate(name: \"openssl\") { availability } }", Value::Null)
        .await;
    check!(answer["errors"][0]["message"], @r#""internal error; the service's log has the cause""#);
    assert_eq!(
        answer["errors"][0]["extensions"],
        json!({ "code": "INTERNAL" })
    );
    assert!(!answer.to_string().contains("no such table"), "{answer}");
}

async fn drop_table(app: &TestApp, name: &str) {
    let statement = format!("DROP TABLE {name}");
    let dropped = app.database.db.execute_unprepared(&statement).await;
    dropped.expect("the table is dropped");
}

async fn krate(app: &TestApp, name: &str, fields: &str) -> Value {
    let query = format!("query($name: String!) {{ crate(name: $name) {{ {fields} }} }}");
    let mut answer = app.graphql(&query, json!({ "name": name })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["crate"].take()
}

async fn versions(app: &TestApp, variables: Value) -> Value {
    let query = "query($first: Int, $after: String, $last: Int, $before: String) {
        crate(name: \"openssl\") {
            versions(first: $first, after: $after, last: $last, before: $before) {
                totalCount
                nodes { num }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            }
        }
    }";
    let mut answer = app.graphql(query, variables).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["crate"]["versions"].take()
}

/// Spellings of GraphQL that async-graphql's parser does not know are still
/// understood.
#[tokio::test]
async fn spellings() {
    let app = TestApp::with_sample().await;
    let query = r#"{ crate(name: "\uD83D\uDE00") { name } }"#;
    let reply = app.post(&json!({ "query": query })).await;
    assert_eq!(reply.code(), "BAD_CRATE_NAME", "{}", reply.body);
    let query = r#"{ crate(name: "openssl") { versions(first: -0) { nodes { num } } } }"#;
    let answer = app.graphql(query, Value::Null).await;
    let expect = json!({ "data": { "crate": { "versions": { "nodes": [] } } } });
    assert_eq!(answer, expect);
}

/// A number that is out of range for an `Int` is refused before anything runs, as
/// the specification requires: there is no `data`.
#[tokio::test]
async fn numbers_out_of_range() {
    let app = TestApp::with_sample().await;
    for (query, variables) in [
        (
            r#"{ crate(name: "openssl") { versions(first: 2147483648) { totalCount } } }"#,
            Value::Null,
        ),
        (
            "query($first: Int) { crate(name: \"openssl\") { versions(first: $first) { totalCount } } }",
            json!({ "first": -2_147_483_649_i64 }),
        ),
    ] {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(Body::from(body))
            .expect("a request");
        let reply = send(app.internal_door(), request).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.body);
        assert_eq!(reply.code(), "BAD_DOCUMENT");
        assert!(!reply.body.contains("\"data\""), "{}", reply.body);
    }
}
