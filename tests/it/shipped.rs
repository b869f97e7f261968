//! The program as it is shipped, on each database.

use integration_tests::TestDatabase;
use integration_tests::fixture::Folders;
use integration_tests::shipped::Service;
use serde_json::{Value, json};

/// It syncs, reports that it is ready, answers on both doors, and ends in good order
/// at SIGTERM.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn serves_and_stops() {
    for (database, _server) in TestDatabase::each("serves_and_stops").await {
        let url = database.url.as_str();
        let mut service = Service::start(url, &Folders::new());
        let client = integration_tests::client().build().expect("a client");
        let get = async |address: String| {
            let response = client.get(address).send().await.expect("an answer");
            (
                response.status().as_u16(),
                response.text().await.expect("a body"),
            )
        };

        let ready = get(format!("{}/ready", service.internal)).await;
        assert_eq!(ready, (200, "ready".to_owned()), "{url}");
        let (status, page) = get(format!("{}/security-tab/widget/1.0.0", service.tab)).await;
        assert_eq!(status, 200, "{url}: {page}");
        assert!(page.contains("RUSTSEC-2024-0001"), "{url}: {page}");

        let body = json!({
            "query": ui_component::DOCUMENT,
            "variables": { "crate": "widget", "version": "1.0.0" },
        });
        let request = client.post(format!("{}/graphql", service.internal));
        let answer = request.json(&body).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["errors"], Value::Null, "{url}");
        assert_eq!(answer["data"]["dataStatus"]["revision"], 1, "{url}");

        // The connections above are still open, and idle.
        assert_eq!(service.terminate().code(), Some(0), "{url}");
    }
}
