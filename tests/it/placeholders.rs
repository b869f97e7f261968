//! Several new advisories on one crate, which share a placeholder until RustSec
//! numbers them.

use integration_tests::fixture::{Folders, advisory};
use integration_tests::rows::sync_as_from_empty;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};

const PLACEHOLDER: &str = "RUSTSEC-0000-0000";

/// More than a small database may lose at once.
const MANY: usize = 15;

fn unnumbered(number: usize) -> String {
    format!("advisory-db/crates/widget/{PLACEHOLDER}.{number}.md")
}

fn text(id: &str, number: usize) -> String {
    let text = advisory(id, "widget", "patched = []");
    text.replace("A fault", &format!("Fault {number}"))
}

/// Each advisory is shown at once, and updated when it gets its number.
#[tokio::test]
async fn shown_at_once_and_followed_to_their_numbers() {
    for (database, _server) in TestDatabase::each("placeholders").await {
        let folders = Folders::new();
        sync_as_from_empty(&database, &folders.sources()).await;
        for numbers in [MANY / 2..MANY, 0..MANY / 2] {
            for number in numbers.clone() {
                folders.write(&unnumbered(number), &text(PLACEHOLDER, number));
            }
            let report = sync_as_from_empty(&database, &folders.sources()).await;
            assert!(report.skipped.is_empty(), "{report}");
            assert_eq!(report.advisories.added.len(), numbers.len());
        }

        // In the order of their paths, independent of their arrival.
        let app = TestApp::over(database, SYNCED_AT).await;
        let first = titles(&app).await;
        let mut numbers: Vec<usize> = (0..MANY).collect();
        numbers.sort_by_key(|number| unnumbered(*number));
        let expect = numbers.iter().map(|it| format!("Fault {it} in widget"));
        let expect: Vec<String> = ["A fault in widget".to_owned()]
            .into_iter()
            .chain(expect)
            .collect();
        assert_eq!(first, expect);

        for number in 0..MANY {
            folders.remove(&unnumbered(number));
            let id = format!("RUSTSEC-2024-{:04}", 100 + number);
            let path = format!("advisory-db/crates/widget/{id}.md");
            folders.write(&path, &text(&id, number));
        }
        let report = sync_as_from_empty(&app.database, &folders.sources()).await;
        assert_eq!(report.advisories.removed.len(), MANY);
        assert_eq!(report.advisories.added.len(), MANY);
        let numbered = titles(&app).await;
        assert_eq!(numbered.len(), 1 + MANY);
        assert!(numbered.iter().all(|title| first.contains(title)));
    }
}

/// Returns the titles of the crate's advisories, in the order of the answer.
async fn titles(app: &TestApp) -> Vec<String> {
    let document = "{ crate(name: \"widget\") { advisories { title } } }";
    let answer = app.graphql(document, Value::Null).await;
    let advisories = answer["data"]["crate"]["advisories"].as_array();
    let titles = advisories.expect("advisories").iter();
    titles
        .map(|it| it["title"].as_str().expect("a title").to_owned())
        .collect()
}

/// On one page, no two elements have the same id; the placeholder is not an anchor.
#[tokio::test]
async fn several_on_one_page() {
    let database = TestDatabase::sqlite().await;
    let folders = Folders::new();
    for number in 0..2 {
        folders.write(&unnumbered(number), &text(PLACEHOLDER, number));
    }
    database.sync(&folders.sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;

    let tab = app.tab("/security-tab/widget/1.0.0").await.body;
    for number in 0..2 {
        assert!(tab.contains(&format!("Fault {number} in widget")), "{tab}");
        let source = format!("crates/widget/{PLACEHOLDER}.{number}.md");
        assert!(tab.contains(&source), "{tab}");
    }
    let mut ids: Vec<&str> = tab.split(" id=\"").skip(1).collect();
    for id in &mut ids {
        *id = id.split('"').next().unwrap_or_default();
    }
    assert!(ids.contains(&"RUSTSEC-2024-0001"), "{ids:?}");
    assert!(!ids.contains(&PLACEHOLDER), "{ids:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");

    for id in [PLACEHOLDER, "RUSTSEC-0000-0000.0"] {
        let document = "query ($id: String!) { advisory(id: $id) { title } }";
        let answer = app.graphql(document, json!({ "id": id })).await;
        assert_eq!(answer, json!({ "data": { "advisory": null } }), "{id}");
    }
}
