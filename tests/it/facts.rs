//! The facts of a verdict, of an advisory and of an upgrade, in GraphQL's answers.

use integration_tests::fixture::Folders;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};

const CRITICAL: &str = r#"cvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H""#;
const MEDIUM: &str = r#"cvss = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H""#;
const UNSOUND: &str = r#"informational = "unsound""#;

/// Opens both doors over these folders.
async fn app(folders: &Folders) -> TestApp {
    let database = TestDatabase::sqlite().await;
    let report = database.sync(&folders.sources()).await.expect("the sync");
    assert!(report.skipped.is_empty(), "{report}");
    TestApp::over(database, SYNCED_AT).await
}

/// Queries these fields of a version of `widget`.
async fn version(app: &TestApp, num: &str, fields: &str) -> Value {
    let query = format!(
        "query($num: String!) {{ crate(name: \"widget\") {{ version(num: $num) {{ {fields} }} }} }}"
    );
    let mut answer = app.graphql(&query, json!({ "num": num })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["crate"]["version"].take()
}

/// Queries these fields of an advisory.
async fn advisory(app: &TestApp, number: u32, fields: &str) -> Value {
    let query = format!("query($id: String!) {{ advisory(id: $id) {{ {fields} }} }}");
    let id = format!("RUSTSEC-2024-{number:04}");
    let mut answer = app.graphql(&query, json!({ "id": id })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["advisory"].take()
}

/// One advisory of each kind, all on 1.0.0, and fewer on each release after it.
#[tokio::test]
async fn advisories_are_counted_by_kind() {
    let folders = Folders::new();
    for (number, metadata, patched) in [
        (1, UNSOUND, "1.1.0"),
        (2, CRITICAL, "1.2.0"),
        (3, MEDIUM, "1.1.0"),
        (4, r#"categories = ["malicious"]"#, "1.2.0"),
        (5, r#"informational = "unmaintained""#, "9.0.0"),
        (6, r#"informational = "notice""#, "9.0.0"),
        (7, r#"informational = "deprecated-api""#, "9.0.0"),
        (8, "withdrawn = \"2024-02-01\"", "9.0.0"),
    ] {
        let path = format!("crates/widget/RUSTSEC-2024-{number:04}");
        folders.advisory_with(&path, metadata, &format!("patched = [\">= {patched}\"]"));
    }
    folders.index(
        "wi/dg/widget",
        &[("1.0.0", false), ("1.1.0", false), ("1.2.0", false)],
    );
    let app = app(&folders).await;
    let fields =
        "affectingCount counts { malicious vulnerabilities unsound unmaintained notices other }";
    let mut seen = Vec::new();
    // The last version is not published.
    for num in ["1.0.0", "1.1.0", "1.2.0", "0.0.1"] {
        let version = version(&app, num, fields).await;
        let counts = &version["counts"];
        let kinds = [
            "malicious",
            "vulnerabilities",
            "unsound",
            "unmaintained",
            "notices",
            "other",
        ];
        let kinds = kinds
            .map(|kind| format!("{} {kind}", counts[kind]))
            .join(", ");
        seen.push(format!(
            "{num}: {} counted: {kinds}",
            version["affectingCount"]
        ));
    }
    insta::assert_snapshot!(seen.join("\n"), @r"
    1.0.0: 4 counted: 1 malicious, 2 vulnerabilities, 1 unsound, 1 unmaintained, 1 notices, 1 other
    1.1.0: 2 counted: 1 malicious, 1 vulnerabilities, 0 unsound, 1 unmaintained, 1 notices, 1 other
    1.2.0: 0 counted: 0 malicious, 0 vulnerabilities, 0 unsound, 1 unmaintained, 1 notices, 1 other
    0.0.1: 4 counted: 1 malicious, 2 vulnerabilities, 1 unsound, 1 unmaintained, 1 notices, 1 other
    ");
}

/// A version's alert is its most prominent advisory's.
#[tokio::test]
async fn alerts() {
    let folders = Folders::new();
    folders.remove("advisory-db/crates/widget/RUSTSEC-2024-0001.md");
    for (number, metadata, num, expect) in [
        (1, UNSOUND, "1.0.1", "WARNING"),
        (2, MEDIUM, "1.0.2", "WARNING"),
        (3, CRITICAL, "1.0.3", "ALARM"),
        (4, "", "1.0.4", "ALARM"),
        (5, r#"informational = "unmaintained""#, "1.0.5", "NONE"),
        (6, "withdrawn = \"2024-02-01\"", "1.0.6", "NONE"),
        (7, r#"categories = ["malicious"]"#, "1.0.7", "ALARM"),
    ] {
        let path = format!("crates/widget/RUSTSEC-2024-{number:04}");
        let versions = format!("patched = [\"<{num}\", \">{num}\"]");
        folders.advisory_with(&path, metadata, &versions);
        let app = app(&folders).await;
        assert_eq!(
            advisory(&app, number, "alert").await["alert"],
            expect,
            "{metadata}"
        );
        assert_eq!(
            version(&app, num, "alert").await["alert"],
            expect,
            "{metadata}"
        );
        assert_eq!(version(&app, "1.0.0", "alert").await["alert"], "NONE");
    }
    // The most prominent one counts, in any order.
    folders.advisory_with("crates/widget/RUSTSEC-2024-0008", UNSOUND, "patched = []");
    let app = app(&folders).await;
    for (num, expect) in [
        ("1.0.0", "WARNING"),
        ("1.0.2", "WARNING"),
        ("1.0.3", "ALARM"),
        ("1.0.5", "WARNING"),
    ] {
        assert_eq!(version(&app, num, "alert").await["alert"], expect, "{num}");
    }
}

/// A limit of the verdict is one that all counted advisories share.
#[tokio::test]
async fn platforms() {
    let folders = Folders::new();
    let limited = |number: u32, metadata: &str, patched: &str, limit: &str| {
        let path = format!("crates/widget/RUSTSEC-2024-{number:04}");
        let versions = format!("patched = [\">= {patched}\"]\n\n[affected]\n{limit}");
        folders.advisory_with(&path, metadata, &versions);
    };
    limited(1, "", "5.0.0", r#"os = ["windows", "linux"]"#);
    limited(2, "", "4.0.0", r#"os = ["linux", "windows"]"#);
    limited(
        3,
        "",
        "3.0.0",
        r#"os = ["linux", "windows"]
arch = ["x86"]"#,
    );
    // Neither of these is counted.
    limited(4, r#"informational = "unmaintained""#, "6.0.0", "");
    limited(5, "withdrawn = \"2024-02-01\"", "6.0.0", "");
    limited(6, UNSOUND, "2.0.0", "");
    let app = app(&folders).await;
    let both = json!({ "os": ["linux", "windows"], "arch": [] });
    for (num, expect) in [
        ("5.0.0", Value::Null),
        ("4.0.0", both.clone()),
        ("3.0.0", both),
        ("2.0.0", Value::Null),
        ("1.0.0", Value::Null),
    ] {
        let found = version(&app, num, "platforms { os arch }").await;
        assert_eq!(found["platforms"], expect, "{num}");
    }
}

/// Returns the upgrades from a version, as `field version`, and the same for one
/// advisory.
async fn ways_out(app: &TestApp, num: &str) -> (String, String) {
    let fields = "compatible { num } breaking { num } previous { num }
                  withoutNewerRust { num } improvement { num } yanked { num }";
    let fields = format!(
        "upgrade {{ {fields} }} advisories {{ id upgrade(version: \"{num}\") {{ {fields} }} }}"
    );
    let version = version(app, num, &fields).await;
    let words = |upgrade: &Value| {
        let fields = upgrade.as_object().expect("a way out").iter();
        let set = fields.filter(|(_, to)| !to.is_null());
        let words = set.map(|(name, to)| format!("{name} {}", to["num"].as_str().expect("text")));
        let mut words: Vec<String> = words.collect();
        words.sort();
        words.join(", ")
    };
    let last = version["advisories"]
        .as_array()
        .and_then(|them| them.last());
    (
        words(&version["upgrade"]),
        words(&last.expect("an advisory")["upgrade"]),
    )
}

#[tokio::test]
async fn a_way_out_without_newer_rust() {
    let folders = Folders::new();
    folders.advisory(
        "crates/widget/RUSTSEC-2024-0001",
        "patched = [\">= 1.0.2\"]",
    );
    folders.index_lines(
        "wi/dg/widget",
        &[
            r#""vers":"1.0.0","rust_version":"1.63""#,
            r#""vers":"1.0.1""#,
            r#""vers":"1.0.2","rust_version":"1.71.0""#,
            r#""vers":"1.0.3","rust_version":"1.63.0""#,
        ],
    );
    let app = app(&folders).await;
    let rust = async |num: &str| version(&app, num, "rustVersion").await["rustVersion"].take();
    assert_eq!(rust("1.0.0").await, "1.63");
    assert_eq!(rust("1.0.2").await, "1.71.0");
    assert_eq!(rust("1.0.1").await, Value::Null);
    assert_eq!(rust("7.7.7").await, Value::Null);

    let (all, one) = ways_out(&app, "1.0.0").await;
    assert_eq!(all, "compatible 1.0.2, withoutNewerRust 1.0.3");
    assert_eq!(one, "compatible 1.0.2");
    assert_eq!(ways_out(&app, "1.0.1").await.0, "compatible 1.0.2");
    assert_eq!(ways_out(&app, "1.0.0+other").await.0, "compatible 1.0.2");
}

#[tokio::test]
async fn an_improvement() {
    let folders = Folders::new();
    folders.advisory(
        "crates/widget/RUSTSEC-2024-0001",
        "patched = [\">= 2.0.0\"]",
    );
    folders.advisory(
        "crates/widget/RUSTSEC-2024-0002",
        "patched = [\">= 1.1.0\"]",
    );
    folders.advisory(
        "crates/widget/RUSTSEC-2024-0003",
        "patched = [\">= 1.1.0\"]",
    );
    // It is not counted.
    let unmaintained = r#"informational = "unmaintained""#;
    folders.advisory_with(
        "crates/widget/RUSTSEC-2024-0004",
        unmaintained,
        "patched = []",
    );
    let versions = ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "2.0.0"];
    folders.index("wi/dg/widget", &versions.map(|num| (num, false)));
    let app = app(&folders).await;
    let (all, one) = ways_out(&app, "1.0.0").await;
    assert_eq!(all, "breaking 2.0.0, improvement 1.1.0");
    // No release is free of the advisory that is not counted.
    assert_eq!(one, "");
    assert_eq!(ways_out(&app, "1.1.0").await.0, "breaking 2.0.0");
    // A version that is not published is judged first.
    assert_eq!(
        ways_out(&app, "1.0.9").await.0,
        "breaking 2.0.0, improvement 1.1.0"
    );
}

#[tokio::test]
async fn only_a_yanked_release_is_free() {
    let folders = Folders::new();
    folders.advisory(
        "crates/widget/RUSTSEC-2024-0001",
        "patched = [\">= 1.1.0\"]",
    );
    folders.index(
        "wi/dg/widget",
        &[("1.0.0", false), ("1.1.0", true), ("2.0.0", true)],
    );
    let app = app(&folders).await;
    let (all, one) = ways_out(&app, "1.0.0").await;
    assert_eq!(all, "yanked 1.1.0");
    assert_eq!(one, "yanked 1.1.0");
}

/// Fixed in 2.0.0 first, then backported to 1.1.0. No release of 0.9 ever had the
/// fault.
#[tokio::test]
async fn the_release_that_brought_the_fix() {
    let folders = Folders::new();
    let ranges = "patched = [\"^1.1.0\", \">= 2.0.0-rc.1\"]\nunaffected = [\"< 1.0.0\"]";
    folders.advisory("crates/widget/RUSTSEC-2024-0001", ranges);
    folders.advisory("crates/widget/RUSTSEC-2024-0002", "patched = []");
    let line = |num: &str, month: u32, more: &str| {
        format!(r#""vers":"{num}","pubtime":"2024-{month:02}-01T00:00:00Z"{more}"#)
    };
    let lines = [
        line("0.9.0", 1, ""),
        line("1.0.0", 2, ""),
        line("2.0.0-rc.1", 3, ""),
        line("1.1.0", 4, r#","yanked":true"#),
        line("2.0.0", 5, ""),
        line("1.1.1", 6, ""),
    ];
    let lines = lines.each_ref().map(String::as_str);
    folders.index_lines("wi/dg/widget", &lines);
    let fixed = async |number: u32| {
        let app = app(&folders).await;
        let mut fields = advisory(&app, number, "fixedRelease { num publishedAt }").await;
        fields["fixedRelease"].take()
    };
    let expect = json!({ "num": "2.0.0", "publishedAt": "2024-05-01T00:00:00Z" });
    assert_eq!(fixed(1).await, expect);
    assert_eq!(fixed(2).await, Value::Null);
    // A release without a time might have been the first.
    folders.index_lines(
        "wi/dg/widget",
        &[&lines[..], &[r#""vers":"1.1.2""#]].concat(),
    );
    assert_eq!(fixed(1).await, Value::Null);
}

#[tokio::test]
async fn twins_share_an_alias() {
    let folders = Folders::new();
    for (path, metadata) in [
        (
            "widget/RUSTSEC-2024-0001",
            r#"aliases = ["CVE-2024-0001", "CVE-2024-0002"]"#,
        ),
        ("widget/RUSTSEC-2024-0002", r#"aliases = ["CVE-2024-0002"]"#),
        ("widget/RUSTSEC-2024-0003", r#"aliases = ["CVE-2024-0001"]"#),
        (
            "widget/RUSTSEC-2024-0004",
            "aliases = [\"CVE-2024-0001\"]\nwithdrawn = \"2024-02-01\"",
        ),
        ("widget/RUSTSEC-2024-0005", r#"aliases = ["CVE-2024-0005"]"#),
        ("widget/RUSTSEC-2024-0006", ""),
        ("widget/RUSTSEC-2024-0007", ""),
        ("gadget/RUSTSEC-2024-0008", r#"aliases = ["CVE-2024-0001"]"#),
    ] {
        folders.advisory_with(&format!("crates/{path}"), metadata, "patched = []");
    }
    folders.index("ga/dg/gadget", &[("1.0.0", false)]);
    let app = app(&folders).await;
    for (number, expect) in [
        (1, &["RUSTSEC-2024-0003", "RUSTSEC-2024-0002"][..]),
        (2, &["RUSTSEC-2024-0001"]),
        (3, &["RUSTSEC-2024-0001"]),
        (4, &["RUSTSEC-2024-0003", "RUSTSEC-2024-0001"]),
        (5, &[]),
        (6, &[]),
        (8, &[]),
    ] {
        let found = advisory(&app, number, "twins { id }").await;
        let found = found["twins"].as_array().expect("a list").iter();
        let found: Vec<_> = found
            .map(|twin| twin["id"].as_str().expect("text"))
            .collect();
        assert_eq!(found, expect, "{number}");
    }
}

/// Two advisories that wait for their numbers have the same id and are two advisories.
#[tokio::test]
async fn twins_without_a_number() {
    let folders = Folders::new();
    folders.remove("advisory-db/crates/widget/RUSTSEC-2024-0001.md");
    let aliases = r#"aliases = ["CVE-2024-0001"]"#;
    folders.advisory_with("crates/widget/RUSTSEC-0000-0000", aliases, "patched = []");
    let path = "advisory-db/crates/widget/RUSTSEC-0000-0000.md";
    let text = std::fs::read_to_string(folders.path(path)).expect("the file");
    folders.write("advisory-db/crates/widget/RUSTSEC-0000-0000.1.md", &text);
    let app = app(&folders).await;
    let query = "{ crate(name: \"widget\") { advisories { sourceUrl twins { sourceUrl } } } }";
    let answer = app.graphql(query, Value::Null).await;
    let advisories = &answer["data"]["crate"]["advisories"];
    assert_eq!(
        advisories[0]["twins"],
        json!([{ "sourceUrl": advisories[1]["sourceUrl"] }])
    );
    assert_eq!(
        advisories[1]["twins"],
        json!([{ "sourceUrl": advisories[0]["sourceUrl"] }])
    );
    assert_ne!(advisories[0]["sourceUrl"], advisories[1]["sourceUrl"]);
}

/// An advisory on the toolchain has no releases.
#[tokio::test]
async fn the_pages_about_a_file() {
    let folders = Folders::new();
    folders.advisory("rust/std/CVE-2024-0001", "patched = [\">= 1.77.0\"]");
    let app = app(&folders).await;
    let query = "{ advisory(id: \"CVE-2024-0001\") {
        sourceUrl historyUrl editUrl alert fixedRelease { num } twins { id } } }";
    let answer = app.graphql(query, Value::Null).await;
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!(answer["data"]["advisory"], @r#"
        {
          "alert": "ALARM",
          "editUrl": "https://github.com/rustsec/advisory-db/edit/main/rust/std/CVE-2024-0001.md",
          "fixedRelease": null,
          "historyUrl": "https://github.com/rustsec/advisory-db/commits/main/rust/std/CVE-2024-0001.md",
          "sourceUrl": "https://github.com/rustsec/advisory-db/blob/main/rust/std/CVE-2024-0001.md",
          "twins": []
        }
        "#);
    });
}
