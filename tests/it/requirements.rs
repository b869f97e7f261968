//! Version requirements and release lines: each release matched as Cargo matches it,
//! each judged as RustSec judges it.

use integration_tests::fixture::Folders;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};

const UNSOUND: &str = r#"informational = "unsound""#;

/// Both doors over these folders.
async fn app(folders: &Folders) -> TestApp {
    let database = TestDatabase::sqlite().await;
    let report = database.sync(&folders.sources()).await.expect("the sync");
    assert!(report.skipped.is_empty(), "{report}");
    TestApp::over(database, SYNCED_AT).await
}

/// `widget` with these releases, `!` for a yanked one, and one advisory with these
/// ranges.
async fn widget(releases: &str, ranges: &str) -> TestApp {
    let folders = Folders::new();
    folders.advisory("crates/widget/RUSTSEC-2024-0001", ranges);
    publish(&folders, releases);
    app(&folders).await
}

fn publish(folders: &Folders, releases: &str) {
    let releases = releases.split_whitespace();
    let releases: Vec<_> = releases
        .map(|num| (num.trim_end_matches('!'), num.ends_with('!')))
        .collect();
    folders.index("wi/dg/widget", &releases);
}

const FIELDS: &str = "req matching affected vulnerable
    chosen { num } newestUnaffected { num }
    upgrade { compatible { num } breaking { num } previous { num } yanked { num } }";

/// What is said of a requirement on a crate, in a line.
async fn requirement_on(app: &TestApp, krate: &str, req: &str) -> String {
    let query = format!(
        "query($crate: String!, $req: String!) {{
            crate(name: $crate) {{ requirement(req: $req) {{ {FIELDS} }} }}
            requirements(on: [{{ crate: $crate, req: $req }}]) {{ {FIELDS} }}
        }}"
    );
    let answer = app
        .graphql(&query, json!({ "crate": krate, "req": req }))
        .await;
    let data = &answer["data"];
    assert!(answer["errors"].is_null(), "{req}: {answer}");
    let found = &data["crate"]["requirement"];
    assert_eq!(*found, data["requirements"][0], "{krate} {req}");
    in_a_line(found)
}

async fn requirement(app: &TestApp, req: &str) -> String {
    requirement_on(app, "widget", req).await
}

fn in_a_line(found: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let upgrade = found["upgrade"].as_object();
    let upgrade = match upgrade {
        Some(upgrade) => {
            let set = upgrade.iter().filter(|(_, to)| !to.is_null());
            let words = set.map(|(name, to)| format!("{name} {}", text(&to["num"])));
            words.collect::<Vec<_>>().join(", ")
        }
        None => "none".to_owned(),
    };
    format!(
        "{}: {} of {} affected, {} vulnerable; chosen {}, unaffected {}, upgrade {upgrade}",
        text(&found["req"]),
        found["affected"],
        found["matching"],
        found["vulnerable"],
        text(&found["chosen"]["num"]),
        text(&found["newestUnaffected"]["num"]),
    )
}

#[tokio::test]
async fn a_requirement_that_allows_affected_releases() {
    let app = widget(
        "0.9.0 0.9.1 0.10.0 0.10.1 0.10.2",
        r#"patched = [">= 0.10.2"]"#,
    )
    .await;
    let expect = [
        "^0.10: 2 of 3 affected, 2 vulnerable; chosen 0.10.2, unaffected 0.10.2, upgrade none",
        "^0.9: 2 of 2 affected, 2 vulnerable; chosen 0.9.1, unaffected none, upgrade breaking 0.10.2",
        "=0.10.1: 1 of 1 affected, 1 vulnerable; chosen 0.10.1, unaffected none, upgrade compatible 0.10.2",
        "*: 4 of 5 affected, 4 vulnerable; chosen 0.10.2, unaffected 0.10.2, upgrade none",
        "^7: 0 of 0 affected, 0 vulnerable; chosen none, unaffected none, upgrade none",
    ];
    for (req, expect) in ["^0.10", "0.9", "=0.10.1", "*", "^7"]
        .into_iter()
        .zip(expect)
    {
        assert_eq!(requirement(&app, req).await, expect);
    }
}
