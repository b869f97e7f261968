//! The limits on the number of documents that run at once, and on their time.

use axum::http::StatusCode;
use integration_tests::{TestApp, get};
use sea_orm::TransactionTrait;
use serde_json::json;
use server::engine::Limits;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn time() {
    let limits = Limits {
        max_time: 50,
        ..Limits::DEFAULT
    };
    let app = TestApp::with_sample().await.within(limits).await;
    // The other documents use all connections of the database.
    let mut others = Vec::new();
    let soon = Duration::from_millis(200);
    while let Ok(Ok(other)) = timeout(soon, app.app.db().expect("a database").begin()).await {
        others.push(other);
    }
    let waits = "{ dataStatus { revision } }";
    let reply = app.post(&json!({ "query": waits })).await;
    drop(others);
    let too_slow = (StatusCode::SERVICE_UNAVAILABLE, "TOO_SLOW".to_owned());
    assert_eq!((reply.status, reply.code()), too_slow);

    // A query that only computes is not interrupted, but not answered either.
    let app = app
        .within(Limits {
            max_time: 1,
            ..Limits::DEFAULT
        })
        .await;
    let computes = "{ crate(name: \"openssl\") { versions(first: 1000) { nodes { num upgrade { compatible { num } } } } } }";
    let reply = app.post(&json!({ "query": computes })).await;
    assert_eq!((reply.status, reply.code()), too_slow);
}

/// A query above the limit is turned away, and told to come again.
#[tokio::test]
async fn concurrency() {
    let app = TestApp::with_sample().await;
    let others = app.engine().turns().other().await;
    let query = json!({ "query": "{ __typename }" });
    let reply = app.post(&query).await;
    let seen = (reply.status, reply.code());
    assert_eq!(
        seen,
        (StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED".to_owned())
    );
    assert_eq!(reply.headers["retry-after"], "1");
    // The tab is not turned away with them.
    assert_eq!(
        app.tab("/security-tab/openssl").await.status,
        StatusCode::OK
    );
    let variables = json!({ "crate": "openssl" });
    let tab = json!({ "query": ui_component::DOCUMENT, "variables": variables });
    assert_eq!(app.post(&tab).await.status, StatusCode::OK);
    drop(others);
    assert_eq!(app.post(&query).await.status, StatusCode::OK);
}

/// Visitors are limited too, separately from all others: one who waits too long
/// for a turn gets an error, and is counted.
#[tokio::test]
async fn visitors() {
    let app = TestApp::with_sample().await;
    tokio::time::pause();
    let mut turns = Vec::new();
    while let Ok(turn) = app.engine().turns().tab().await {
        turns.push(turn);
    }
    let reply = app.tab("/security-tab/openssl").await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.headers["retry-after"], "2");
    assert!(
        reply.body.contains("cannot be shown right now"),
        "{}",
        reply.body
    );
    tokio::time::resume();
    let query = json!({ "query": "{ dataStatus { revision } }" });
    assert_eq!(app.post(&query).await.status, StatusCode::OK);
    let metrics = get(app.internal_door(), "/metrics").await.body;
    let count = metrics
        .lines()
        .find(|line| line.starts_with("security_turned_away_total{of=\"tab\"}"));
    assert!(count.is_some(), "{metrics}");
    drop(turns);
    let reply = app.tab("/security-tab/openssl").await;
    assert_eq!(reply.status, StatusCode::OK);
}
