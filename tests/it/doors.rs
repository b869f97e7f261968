//! What each door lets in and what its answers look like on the wire.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use integration_tests::{TestApp, get, send};

#[tokio::test]
async fn the_internal_door_is_alive_and_serves_graphiql() {
    let app = TestApp::with_sample().await;
    let health = get(app.internal_door(), "/health").await;
    assert_eq!(
        (health.status, health.body.as_str()),
        (StatusCode::OK, "ok")
    );
    let graphiql = get(app.internal_door(), "/graphiql").await;
    assert_eq!(graphiql.status, StatusCode::OK);
    assert!(graphiql.body.contains("/graphql"));
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
