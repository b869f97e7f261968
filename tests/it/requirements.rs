//! Version requirements: each release is matched as Cargo matches it, and judged as
//! RustSec judges it.

use integration_tests::fixture::Folders;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Opens both doors over these folders.
pub(super) async fn app(folders: &Folders) -> TestApp {
    let database = TestDatabase::sqlite().await;
    let report = database.sync(&folders.sources()).await.expect("the sync");
    assert!(report.skipped.is_empty(), "{report}");
    TestApp::over(database, SYNCED_AT).await
}

/// Makes `widget` with these releases, `!` for a yanked one, and one advisory with these
/// ranges.
pub(super) fn widget(releases: &str, ranges: &str) -> Folders {
    let folders = Folders::new();
    folders.advisory("crates/widget/RUSTSEC-2024-0001", ranges);
    let releases = releases.split_whitespace();
    let releases: Vec<_> = releases
        .map(|num| (num.trim_end_matches('!'), num.ends_with('!')))
        .collect();
    folders.index("wi/dg/widget", &releases);
    folders
}

const FIELDS: &str = "req matching affected vulnerable
    chosen { num } newestUnaffected { num }
    upgrade { compatible { num } breaking { num } previous { num } yanked { num } }";

/// Compares the requirements on a crate with these descriptions, for both fields that
/// answer them.
async fn check(app: &TestApp, krate: &str, expect: &[(&str, &str)]) {
    let query = format!(
        "query($crate: String!, $req: String!) {{
            crate(name: $crate) {{ requirement(req: $req) {{ {FIELDS} }} }}
            requirements(on: {{ crate: $crate, req: $req }}) {{ {FIELDS} }}
        }}"
    );
    for (req, expect) in expect {
        let variables = json!({ "crate": krate, "req": req });
        let answer = app.graphql(&query, variables).await;
        assert!(answer["errors"].is_null(), "{req}: {answer}");
        let found = &answer["data"]["crate"]["requirement"];
        assert_eq!(*found, answer["data"]["requirements"][0], "{krate} {req}");
        assert_eq!(describe(found), *expect, "{krate} {req}");
    }
}

/// Prints the releases that are allowed, and those of them that are affected, or
/// `unsound` if no vulnerability affects them; then the facts that are not null.
fn describe(found: &Value) -> String {
    let num = |name: &str, version: &Value| Some(format!("{name} {}", version["num"].as_str()?));
    let upgrade = found["upgrade"].as_object().into_iter().flatten();
    let facts = [
        num("chosen", &found["chosen"]),
        num("unaffected", &found["newestUnaffected"]),
    ];
    let facts = facts.into_iter().chain(upgrade.map(|(to, it)| num(to, it)));
    let counts = format!(
        "{}: {}/{}/{}",
        found["req"].as_str().expect("text"),
        found["matching"],
        found["affected"],
        found["vulnerable"]
    );
    let all: Vec<String> = [counts].into_iter().chain(facts.flatten()).collect();
    all.join(", ")
}

#[tokio::test]
async fn releases_that_are_affected() {
    let releases = "0.9.0 0.9.1 0.10.0 0.10.1 0.10.2";
    let app = app(&widget(releases, r#"patched = [">= 0.10.2"]"#)).await;
    check(
        &app,
        "widget",
        &[
            ("^0.10", "^0.10: 3/2/2, chosen 0.10.2, unaffected 0.10.2"),
            ("0.9", "^0.9: 2/2/2, chosen 0.9.1, breaking 0.10.2"),
            (
                "=0.10.1",
                "=0.10.1: 1/1/1, chosen 0.10.1, compatible 0.10.2",
            ),
            (
                "=0.10.2",
                "=0.10.2: 1/0/0, chosen 0.10.2, unaffected 0.10.2",
            ),
            ("*", "*: 5/4/4, chosen 0.10.2, unaffected 0.10.2"),
            (
                " > 0.9.0 , < 0.10.2 ",
                ">0.9.0, <0.10.2: 3/3/3, chosen 0.10.1, compatible 0.10.2",
            ),
            ("^7", "^7: 0/0/0"),
        ],
    )
    .await;
}

/// Only the newest release is affected, so Cargo does not choose the unaffected one.
#[tokio::test]
async fn the_newest_is_affected() {
    let ranges = "patched = [\">= 2.0.0\"]\nunaffected = [\"< 1.2.9\"]";
    let app = app(&widget("1.2.7 1.2.9 2.0.0", ranges)).await;
    let expect = "~1.2: 2/1/1, chosen 1.2.9, unaffected 1.2.7";
    check(&app, "widget", &[("~1.2", expect)]).await;
}

/// Cargo allows a pre-release only to a requirement that names one of the same version.
/// To RustSec a pre-release of the fixed version comes before the fix.
#[tokio::test]
async fn prereleases() {
    let releases = "1.0.0 1.1.0-rc.1 1.1.0 1.2.0-rc.1";
    let fixed = app(&widget(releases, r#"patched = [">= 1.1.0"]"#)).await;
    check(
        &fixed,
        "widget",
        &[
            ("^1", "^1: 2/1/1, chosen 1.1.0, unaffected 1.1.0"),
            ("=1.0", "=1.0: 1/1/1, chosen 1.0.0, compatible 1.1.0"),
            (
                "^1.1.0-rc.1",
                "^1.1.0-rc.1: 2/1/1, chosen 1.1.0, unaffected 1.1.0",
            ),
            (
                "=1.1.0-rc.1",
                "=1.1.0-rc.1: 1/1/1, chosen 1.1.0-rc.1, compatible 1.1.0",
            ),
            (">=1.2.0", ">=1.2.0: 0/0/0"),
            // Cargo allows it, and it is not affected, although `>= 1.1.0` does not
            // match it.
            (
                ">=1.2.0-rc.0",
                ">=1.2.0-rc.0: 1/0/0, chosen 1.2.0-rc.1, unaffected 1.2.0-rc.1",
            ),
        ],
    )
    .await;

    let fixed_by_one = app(&widget(releases, r#"patched = [">= 1.1.0-rc.1"]"#)).await;
    let expect = "=1.1.0-rc.1: 1/0/0, chosen 1.1.0-rc.1, unaffected 1.1.0-rc.1";
    check(&fixed_by_one, "widget", &[("=1.1.0-rc.1", expect)]).await;
}

/// A yanked release is not chosen. It is offered only if every other release is
/// affected.
#[tokio::test]
async fn yanked_releases() {
    let ranges = r#"patched = [">= 1.1.0"]"#;
    let app = app(&widget("0.9.0! 1.0.0 1.0.1! 1.1.0! 2.0.0!", ranges)).await;
    check(
        &app,
        "widget",
        &[
            ("^1", "^1: 1/1/1, chosen 1.0.0, yanked 1.1.0"),
            ("=1.0.1", "=1.0.1: 0/0/0"),
            ("^0.9", "^0.9: 0/0/0"),
            ("^2", "^2: 0/0/0"),
        ],
    )
    .await;
}

/// Fixes that are backported to older releases leave gaps: no lower bound excludes
/// exactly the affected releases.
#[tokio::test]
async fn backports() {
    let releases = "1.38.1 1.38.2 1.39.0 1.42.0 1.43.0 1.43.1 1.44.0 1.44.1 1.44.2";
    let ranges = r#"patched = [">= 1.38.2, < 1.39.0", ">= 1.43.1, < 1.44.0", ">= 1.44.2"]"#;
    let app = app(&widget(releases, ranges)).await;
    check(
        &app,
        "widget",
        &[
            (
                "^1.38.2",
                "^1.38.2: 8/5/5, chosen 1.44.2, unaffected 1.44.2",
            ),
            ("~1.38", "~1.38: 2/1/1, chosen 1.38.2, unaffected 1.38.2"),
            ("~1.39", "~1.39: 1/1/1, chosen 1.39.0, compatible 1.43.1"),
            (
                ">=1.39, <1.43.1",
                ">=1.39, <1.43.1: 3/3/3, chosen 1.43.0, compatible 1.43.1",
            ),
            (
                ">=1.43, <1.44.2",
                ">=1.43, <1.44.2: 4/3/3, chosen 1.44.1, unaffected 1.43.1",
            ),
        ],
    )
    .await;
}

/// Cargo ignores build metadata in a requirement, and chooses the greatest of releases
/// that differ in nothing else.
#[tokio::test]
async fn build_metadata() {
    let ranges = r#"patched = [">= 2.0.0"]"#;
    let app = app(&widget("1.0.0+a 1.0.0+b 2.0.0+c", ranges)).await;
    check(
        &app,
        "widget",
        &[
            ("=1.0.0", "=1.0.0: 2/2/2, chosen 1.0.0+b, breaking 2.0.0+c"),
            (
                "=1.0.0+a",
                "=1.0.0: 2/2/2, chosen 1.0.0+b, breaking 2.0.0+c",
            ),
            (
                "^2.0.0+x",
                "^2.0.0: 1/0/0, chosen 2.0.0+c, unaffected 2.0.0+c",
            ),
        ],
    )
    .await;
}

/// Unsoundness makes a release affected but not vulnerable. Kinds that are not counted
/// do neither.
#[tokio::test]
async fn kinds() {
    for (metadata, expect) in [
        ("", "1/1/1"),
        (r#"categories = ["malicious"]"#, "1/1/1"),
        (r#"informational = "unsound""#, "1/1/0"),
        (r#"informational = "unmaintained""#, "1/0/0"),
        (r#"informational = "notice""#, "1/0/0"),
        (r#"informational = "deprecated-api""#, "1/0/0"),
        (r#"withdrawn = "2024-02-01""#, "1/0/0"),
    ] {
        let folders = widget("1.0.0", "patched = []");
        let path = "crates/widget/RUSTSEC-2024-0001";
        folders.advisory_with(path, metadata, "patched = []");
        let unaffected = match expect {
            "1/0/0" => ", unaffected 1.0.0",
            _ => "",
        };
        let expect = format!("^1: {expect}, chosen 1.0.0{unaffected}");
        check(&app(&folders).await, "widget", &[("^1", &expect)]).await;
    }
}

/// Nothing is allowed if no release is known.
#[tokio::test]
async fn crates_without_releases() {
    let app = TestApp::with_sample().await;
    for (krate, availability) in [
        ("rustdecimal", "DELETED"),
        ("imageproc", "UNKNOWN"),
        ("serde", "UNKNOWN"),
    ] {
        let query = format!("{{ crate(name: \"{krate}\") {{ availability lines {{ req }} }} }}");
        let answer = app.graphql(&query, Value::Null).await;
        let expect = json!({ "availability": availability, "lines": [] });
        assert_eq!(answer["data"]["crate"], expect, "{krate}");
        check(&app, krate, &[("*", "*: 0/0/0"), ("^1", "^1: 0/0/0")]).await;
    }
}

/// Returns texts that Cargo would not accept, and some that only cost time.
fn bad() -> Vec<String> {
    let texts = [
        "",
        " ",
        "^^1",
        "1.2.3.4",
        "v1",
        "one",
        "1 2",
        ">=",
        "1, *",
        "1.0\0",
        "\u{202e}1",
        "١",
        "^1\u{a0}2",
        "=1.0.0-",
        "=01.0.0",
        "^18446744073709551616",
        "' OR 1=1 --",
    ];
    let texts = texts.into_iter().map(str::to_owned);
    let long = [
        format!("1.0.0-{}", "a".repeat(300)),
        " ".repeat(300) + "1",
        ">0,".repeat(33) + ">0",
        ">0,".repeat(5000),
        "\u{1f4a9}".repeat(1000),
    ];
    texts.chain(long).collect()
}

#[tokio::test]
async fn texts_that_are_not_requirements() {
    let app = TestApp::with_sample().await;
    let query = "query($req: String!) {
        crate(name: \"openssl\") { name requirement(req: $req) { matching } }
        requirements(on: [{ crate: \"openssl\", req: $req }]) { matching }
    }";
    for req in bad() {
        let reply = app
            .post(&json!({ "query": query, "variables": { "req": req } }))
            .await;
        let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
        let expect = json!({ "crate": null, "requirements": [null] });
        assert_eq!(answer["data"], expect, "{req:?}");
        assert_eq!(reply.code(), "BAD_REQUIREMENT", "{req:?}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1));
        assert!(reply.body.len() < 800, "{}", reply.body);
    }
    let answer = app.graphql(query, json!({ "req": "^^1" })).await;
    let message =
        r#""^^1" is not a valid version requirement; use a form such as ^1.2 or >=1.2, <2"#;
    assert_eq!(answer["errors"][0]["message"], message);
}

/// For a requirement that allows exactly one release, its answer is that release's
/// verdict.
#[tokio::test]
async fn one_release_is_judged_as_itself() {
    let app = TestApp::with_sample().await;
    let versions = "query($crate: String!) { crate(name: $crate) { versions(first: 1000) { nodes {
        num isYanked affectingCount counts { malicious vulnerabilities }
    } } } }";
    let requirements = "query($on: [RequirementInput!]!) { requirements(on: $on) {
        matching affected vulnerable chosen { num }
    } }";
    let mut seen = 0;
    for krate in app.engine().catalog().crates_with_advisories().await {
        let answer = app.graphql(versions, json!({ "crate": krate })).await;
        let versions = answer["data"]["crate"]["versions"]["nodes"].as_array();
        // Group by requirement, which ignores build metadata.
        let mut by_req: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for version in versions.expect("versions") {
            let num = version["num"].as_str().expect("text");
            let num = num.split('+').next().unwrap_or_default();
            let releases = by_req.entry(format!("={num}")).or_default();
            releases.extend((version["isYanked"] == false).then_some(version));
        }
        let rows: Vec<_> = by_req.into_iter().collect();
        for rows in rows.chunks(300) {
            let on = rows
                .iter()
                .map(|(req, _)| json!({ "crate": krate, "req": req }));
            let variables = json!({ "on": on.collect::<Vec<_>>() });
            let answer = app.graphql(requirements, variables).await;
            for ((req, releases), found) in rows.iter().zip(list(&answer["data"]["requirements"])) {
                assert_eq!(found["matching"], releases.len(), "{krate} {req}");
                if let [only] = releases[..] {
                    let vulnerable = [
                        &only["counts"]["malicious"],
                        &only["counts"]["vulnerabilities"],
                    ];
                    let is_vulnerable = vulnerable.into_iter().any(|count| *count != 0);
                    let expect = json!({
                        "matching": 1,
                        "affected": u8::from(only["affectingCount"] != 0),
                        "vulnerable": u8::from(is_vulnerable),
                        "chosen": { "num": only["num"] },
                    });
                    assert_eq!(*found, expect, "{krate} {req}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}
