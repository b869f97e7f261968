//! The requests that each door accepts, and its answers as they are sent.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use integration_tests::{TestApp, get, send};
use tower::ServiceExt;

#[tokio::test]
async fn the_internal_door_is_alive() {
    let app = TestApp::with_sample().await;
    let health = get(app.internal_door(), "/health").await;
    assert_eq!(
        (health.status, health.body.as_str()),
        (StatusCode::OK, "ok")
    );
}

/// Without GraphiQL's files, the page explains how to get them, and offers pinned ones from a
/// CDN. Its policy allows only these files of the CDN.
#[tokio::test]
async fn graphiql_without_its_files() {
    let app = TestApp::with_sample_and(&["--graphiql", "/no/such/folder"]).await;
    let page = get(app.internal_door(), "/graphiql").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str();
    let policy = policy
        .expect("text")
        .replace("; ", ";\n")
        .replace(' ', "\n  ");
    let html = page.body.replace("><", ">\n<");
    insta::assert_snapshot!("graphiql-is-not-built", format!("{policy}\n\n{html}"));

    // The example queries also run without GraphiQL.
    let links: Vec<&str> = page.body.split("href=\"/graphql?").skip(1).collect();
    assert_eq!(links.len(), 4);
    for link in links {
        let query = link.split('"').next().unwrap_or_default();
        let query = query.replace("&amp;", "&");
        let reply = get(app.internal_door(), &format!("/graphql?{query}")).await;
        assert_eq!(reply.code(), "none", "{}", reply.body);
    }

    let file = get(app.internal_door(), "/graphiql/assets/graphiql.js").await;
    assert_eq!(file.status, StatusCode::NOT_FOUND);
}

/// No path leads out of the folder with its files.
#[tokio::test]
async fn graphiql_serves_its_folder_only() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let assets = folder.path().join("dist");
    std::fs::create_dir(&assets).expect("a folder");
    std::fs::write(assets.join("graphiql.js"), "inside").expect("a file");
    std::fs::write(folder.path().join("outside.js"), "outside").expect("a file");
    let assets = assets.to_str().expect("UTF-8");
    let app = TestApp::with_sample_and(&["--graphiql", assets]).await;
    let inside = get(app.internal_door(), "/graphiql/assets/graphiql.js").await;
    assert_eq!(inside.body, "inside");
    for path in [
        "../outside.js",
        "%2e%2e/outside.js",
        "..%2foutside.js",
        "",
        ".",
    ] {
        let reply = get(app.internal_door(), &format!("/graphiql/assets/{path}")).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// The queries with which GraphiQL opens work.
#[tokio::test]
async fn graphiqls_examples() {
    let app = TestApp::with_sample().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/graphiql/examples");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the examples") {
        let path = entry.expect("an example").path();
        if path.extension().is_some_and(|ending| ending == "graphql") {
            let query = std::fs::read_to_string(&path).expect("a document");
            let variables = std::fs::read_to_string(path.with_extension("json"));
            let variables = variables.map_or(serde_json::Value::Null, |variables| {
                serde_json::from_str(&variables).expect("variables in JSON")
            });
            let answer = app.graphql(&query, variables).await;
            assert!(answer["errors"].is_null(), "{}: {answer}", path.display());
            count += 1;
        }
    }
    assert_eq!(count, 4);
}

#[tokio::test]
async fn a_request_that_is_no_graphql() {
    let app = TestApp::with_sample().await;
    let mut answers = Vec::new();
    for (content_type, body) in [
        ("application/json", "{"),
        ("application/json", "[1]"),
        ("application/json", r#"{"query": "{ nothing }"}"#),
        ("application/json", r#"{"query": "{"}"#),
        ("text/plain", r#"{"query": "{ __typename }"}"#),
        ("application/json", &"x".repeat(100_000)),
        (
            "application/json",
            r#"{"query": "query($a: String!) { crate(name: $a) { name } }"}"#,
        ),
        (
            "application/json",
            r#"{"query": "query a { __typename } query b { __typename }"}"#,
        ),
        (
            "application/json",
            r#"{"query": "{ dataStatus { advisories } }"}"#,
        ),
    ] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let reply = send(app.internal_door(), request).await;
        let media_type = reply.headers[header::CONTENT_TYPE].to_str().expect("text");
        let sent = &body[..body.len().min(60)];
        answers.push(format!(
            "{sent}\n  {} {media_type}\n  {}",
            reply.status, reply.body
        ));
    }
    insta::assert_snapshot!("requests-that-are-no-graphql", answers.join("\n"));
}

/// The important headers of each kind of answer of the tab door.
#[tokio::test]
async fn headers_of_the_tab_door() {
    let app = TestApp::with_sample().await;
    let paths = [
        "/security-tab/openssl",
        "/security-tab/openssl/badge",
        "/security-tab/openssl/0.10.8/badge",
        "/security-tab/not%20a%20name",
        "/security-tab/openssl/one",
        "/security-tab.js",
        "/security-tab.css",
        "/crates/openssl/security",
        "/embedded/openssl",
        "/nothing/here",
    ];
    let headers = headers(&app.tab_door(), &paths).await;
    insta::assert_snapshot!("headers-of-the-tab-door", headers);
}

/// The important headers of each kind of answer of the internal door.
#[tokio::test]
async fn headers_of_the_internal_door() {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    std::fs::write(folder.path().join("graphiql.js"), "built").expect("a file");
    let built = folder.path().to_str().expect("UTF-8");
    let app = TestApp::with_sample_and(&["--graphiql", built]).await;
    let paths = [
        "/graphql?query=%7B__typename%7D",
        "/graphql?query=%7B",
        "/graphql",
        "/graphiql",
        "/health",
        "/nothing/here",
    ];
    let headers = headers(&app.internal_door(), &paths).await;
    insta::assert_snapshot!("headers-of-the-internal-door", headers);
}

/// Returns the answers to GETs of these paths, without the parts that differ
/// between runs.
pub(super) async fn headers(door: &Router, paths: &[&str]) -> String {
    let changing = [header::ETAG, header::CONTENT_LENGTH];
    let mut answers = Vec::new();
    for path in paths {
        let reply = get(door.clone(), path).await;
        let headers = reply.headers.iter();
        let lasting =
            headers.filter(|(name, _)| !changing.contains(name) && *name != "x-request-id");
        let mut lines: Vec<String> = lasting
            .map(|(name, value)| format!("  {name}: {}", value.to_str().expect("text")))
            .collect();
        lines.sort();
        answers.push(format!("{path} {}\n{}", reply.status, lines.join("\n")));
    }
    answers.join("\n")
}

/// The host and the fragments link one stylesheet, at one address, so a browser
/// loads it once.
#[tokio::test]
async fn one_address_for_each_asset() {
    let app = TestApp::with_sample().await;
    for path in ["/security-tab/openssl", "/embedded/openssl"] {
        let body = app.tab(path).await.body;
        let links = body.split("href=\"").filter(|rest| {
            let address = rest.split('"').next().unwrap_or_default();
            address.ends_with(".css") && address.contains("security-tab")
        });
        let links: Vec<&str> = links.filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(links, ["/security-tab.css"], "{path}");
    }
    let style = app.tab("/security-tab.css").await;
    assert_eq!(style.body, ui_component::STYLE);
    // A deployment's change of it is visible as soon as that of a fragment.
    let fragment = app.tab("/security-tab/openssl").await;
    for path in ["/security-tab.css", "/security-tab.js"] {
        let reply = app.tab(path).await;
        assert_eq!(
            reply.headers[header::CACHE_CONTROL],
            fragment.headers[header::CACHE_CONTROL],
            "{path}"
        );
    }
}

/// The files that a page of crates.io loads for the tab and for marks, beside the
/// fragment.
#[tokio::test]
async fn the_scripts_are_small_on_the_wire() {
    let app = TestApp::with_sample().await;
    for (script, limit) in [
        ("/security-tab.js", 2_300),
        ("/security-tab-marks.js", 1_500),
    ] {
        for encoding in ["gzip", "br"] {
            let request = Request::get(script).header(header::ACCEPT_ENCODING, encoding);
            let request = request.body(Body::empty()).expect("a request");
            let response = app.tab_door().oneshot(request).await.expect("an answer");
            assert_eq!(response.headers()[header::CONTENT_ENCODING], encoding);
            let sent = to_bytes(response.into_body(), usize::MAX).await;
            let size = sent.expect("a body").len();
            assert!(size <= limit, "{script} {encoding}: {size}");
        }
    }
}

/// A client that refuses all of our codings is answered without one: a refusal
/// could be cached, and sent to others.
#[tokio::test]
async fn refused_codings() {
    let app = TestApp::with_sample().await;
    let ask = async |door: Router, path: &str, codings: Option<&str>| {
        let mut request = Request::get(path);
        if let Some(codings) = codings {
            request = request.header(header::ACCEPT_ENCODING, codings);
        }
        let mut request = request.body(Body::empty()).expect("a request");
        let host = header::HeaderValue::from_static("127.0.0.1:4000");
        request.headers_mut().insert(header::HOST, host);
        let response = door.oneshot(request).await.expect("an answer");
        let coding = response.headers().get(header::CONTENT_ENCODING);
        let coding = coding.map(|coding| coding.to_str().expect("text").to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        (status, coding, body.expect("a body"))
    };
    for (codings, expect) in [
        ("identity;q=0", None),
        ("*;q=0", None),
        ("Identity; Q=0.000, *;q=0", None),
        ("gzip;q=0, br;q=0, *;q=0", None),
        ("deflate, identity;q=0", None),
        ("gzip, identity;q=0", Some("gzip")),
        ("br;q=0.5, *;q=0", Some("br")),
        ("identity", None),
    ] {
        for (door, path) in [
            (app.tab_door(), "/security-tab/openssl"),
            (
                app.internal_door(),
                "/graphql?query=%7BdataStatus%7Bsource%20commit%7D%7D",
            ),
        ] {
            let (status, coding, body) = ask(door.clone(), path, Some(codings)).await;
            assert_eq!(status, StatusCode::OK, "{codings} {path}");
            let is_small = path.starts_with("/graphql");
            if !is_small {
                assert_eq!(coding.as_deref(), expect, "{codings} {path}");
            }
            if coding.is_none() {
                let (_, _, plain) = ask(door, path, None).await;
                assert_eq!(body, plain, "{codings} {path}");
            }
        }
    }
}

/// An answer that the client has already is not sent again, until it has changed.
#[tokio::test]
async fn an_unchanged_fragment_is_not_sent_again() {
    let app = TestApp::with_sample().await;
    let path = "/security-tab/openssl/0.10.8";
    let tag = app.tab(path).await.headers[header::ETAG].clone();
    let ask = |path: &str, tag: &axum::http::HeaderValue| {
        let request = Request::get(path).header(header::IF_NONE_MATCH, tag);
        send(
            app.tab_door(),
            request.body(Body::empty()).expect("a request"),
        )
    };
    let unchanged = ask(path, &tag).await;
    assert_eq!(
        (unchanged.status, unchanged.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    assert_eq!(unchanged.headers[header::ETAG], tag);
    // The headers equal those of the whole answer (RFC 9110, "304 Not Modified").
    let whole = app.tab(path).await;
    for name in [header::CACHE_CONTROL, header::VARY] {
        assert_eq!(unchanged.headers[&name], whole.headers[&name], "{name}");
    }
    let other = ask("/security-tab/openssl/0.10.9", &tag).await;
    assert_eq!(other.status, StatusCode::OK);
}

/// If a query has a version twice, the first one counts; all other parameters are
/// ignored.
#[tokio::test]
async fn one_version_is_chosen() {
    let app = TestApp::with_sample().await;
    let expect = app.tab("/security-tab/openssl/0.10.8").await.body;
    for query in [
        "version=0.10.8",
        "version=0.10.8&version=0.10.9",
        "a=b&version=0.10.8",
        "version=0%2e10.8&%ff",
    ] {
        let reply = app.tab(&format!("/security-tab/openssl?{query}")).await;
        assert_eq!(reply.body, expect, "{query}");
    }
}

/// Only GET and HEAD: the tab door can only be read.
#[tokio::test]
async fn the_tab_door_only_reads() {
    let app = TestApp::with_sample().await;
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        let request = Request::builder()
            .method(method)
            .uri("/security-tab/openssl");
        let reply = send(
            app.tab_door(),
            request.body(Body::empty()).expect("a request"),
        )
        .await;
        assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}
