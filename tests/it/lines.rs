//! Release lines.

use super::requirements::{app, widget};
use integration_tests::fixture::Folders;
use serde_json::Value;

/// Prints each line of `widget`: its requirement, its affected releases, the newest,
/// and the newest unaffected one.
async fn lines(folders: &Folders) -> Vec<String> {
    let query = "{ crate(name: \"widget\") { lines {
        req matching affected newest { num } newestUnaffected { num } rustVersion
    } } }";
    let answer = app(folders).await.graphql(query, Value::Null).await;
    assert!(answer["errors"].is_null(), "{answer}");
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let lines = answer["data"]["crate"]["lines"].as_array();
    let lines = lines.expect("lines").iter().map(|line| {
        format!(
            "{}: {}/{}, {}, {}, Rust {}",
            text(&line["req"]),
            line["affected"],
            line["matching"],
            text(&line["newest"]["num"]),
            text(&line["newestUnaffected"]["num"]),
            text(&line["rustVersion"]),
        )
    });
    lines.collect()
}

#[tokio::test]
async fn newest_first() {
    let releases = "0.0.2 0.0.3 0.1.0 0.9.0 0.10.0 0.10.1 1.0.0 1.2.0 1.10.0 12.0.0";
    let ranges = r#"patched = [">= 0.10.1, < 0.11.0", ">= 1.1.0, < 1.3.0", ">= 12.0.0"]"#;
    let expect = [
        "^12: 0/1, 12.0.0, 12.0.0, Rust none",
        "^1: 2/3, 1.10.0, 1.2.0, Rust none",
        "^0.10: 1/2, 0.10.1, 0.10.1, Rust none",
        "^0.9: 1/1, 0.9.0, none, Rust none",
        "^0.1: 1/1, 0.1.0, none, Rust none",
        "^0.0.3: 1/1, 0.0.3, none, Rust none",
        "^0.0.2: 1/1, 0.0.2, none, Rust none",
    ];
    assert_eq!(lines(&widget(releases, ranges)).await, expect);
}

/// Yanked releases and pre-releases neither count nor make a line.
#[tokio::test]
async fn releases_that_cannot_be_chosen() {
    let releases = "0.9.0! 1.0.0 1.1.0! 1.2.0-rc.1 2.0.0-rc.1 3.0.0! 3.0.1-rc.1!";
    let found = lines(&widget(releases, "patched = []")).await;
    assert_eq!(found, ["^1: 1/1, 1.0.0, none, Rust none"]);
    let found = lines(&widget("1.0.0-rc.1 2.0.0!", "patched = []")).await;
    assert!(found.is_empty(), "{found:?}");
}

/// It is that of the newest release, even if another release needs more.
#[tokio::test]
async fn the_rust_version() {
    let folders = widget("", "patched = []");
    folders.index_lines(
        "wi/dg/widget",
        &[
            r#""vers":"1.0.0","rust_version":"1.70""#,
            r#""vers":"1.1.0","rust_version":"1.63.0""#,
            r#""vers":"1.2.0","rust_version":"1.80","yanked":true"#,
            r#""vers":"2.0.0","rust_version":"1.70""#,
            r#""vers":"2.0.1""#,
        ],
    );
    let expect = [
        "^2: 2/2, 2.0.1, none, Rust none",
        "^1: 2/2, 1.1.0, none, Rust 1.63.0",
    ];
    assert_eq!(lines(&folders).await, expect);
}
