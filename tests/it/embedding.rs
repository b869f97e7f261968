//! The tab door as a part of a host's own server.

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, extract};
use integration_tests::TestApp;
use tower::ServiceExt;

/// As in docs/EMBEDDING.md.
#[tokio::test]
async fn mounted_in_another_server() {
    let tab = TestApp::with_sample().await.tab_door();
    let page = |name: extract::Path<String>| async move { format!("the page of {}", name.0) };
    let app = Router::new().route("/crates/{crate}/security", get(page));
    let app = app.layer(from_fn(move |request: Request, next: Next| {
        let tab = tab.clone();
        async move {
            match request.uri().path().starts_with("/security-tab") {
                true => tab.oneshot(request).await.into_response(),
                false => next.run(request).await,
            }
        }
    }));

    let fragment = integration_tests::get(app.clone(), "/security-tab/openssl/0.10.8").await;
    assert!(fragment.body.contains("data-affected=\"8\""));
    let style = fragment.body.split('"').find(|it| it.ends_with(".css"));
    let style = integration_tests::get(app.clone(), style.expect("a link")).await;
    assert_eq!(style.body, ui_component::STYLE);
    assert_eq!(
        style.headers[header::CONTENT_TYPE],
        "text/css; charset=utf-8"
    );

    // The host's own pages are unchanged, and the preview is not among them.
    let page = integration_tests::get(app.clone(), "/crates/openssl/security").await;
    assert_eq!(page.body, "the page of openssl");
    let preview = integration_tests::get(app, "/gallery").await;
    assert_eq!(preview.status, StatusCode::NOT_FOUND);
}
