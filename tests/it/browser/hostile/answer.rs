//! An answer with a hostile text in every field that holds text.

use serde_json::{Value, json};
use ui_component::Data;

/// The placeholder for the text.
const PLACE: &str = "@";

/// The choice between branches of an answer that exclude each other.
#[derive(Clone, Copy, Debug)]
pub(super) enum Branch {
    Compatible,
    Breaking,
    Previous,
    None,
    /// Words that the schema does not have yet.
    UnknownWords,
}

pub(super) const BRANCHES: [Branch; 5] = [
    Branch::Compatible,
    Branch::Breaking,
    Branch::Previous,
    Branch::None,
    Branch::UnknownWords,
];

/// Returns the answer in which this is every text.
pub(super) fn with(text: &str, branch: Branch) -> Data {
    let mut answer = answer(branch);
    fill(&mut answer, text);
    serde_json::from_value(answer).expect("an answer")
}

fn fill(value: &mut Value, text: &str) {
    match value {
        Value::String(leaf) if leaf.contains(PLACE) => *leaf = leaf.replace(PLACE, text),
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, text)),
        Value::Object(values) => values.values_mut().for_each(|value| fill(value, text)),
        _ => {}
    }
}

fn answer(branch: Branch) -> Value {
    let known = !matches!(branch, Branch::UnknownWords);
    let word = |word: &str| if known { json!(word) } else { json!("@") };
    let num = |num: &str| json!({ "num": num });
    let release = |n: i64| json!({ "num": format!("@{n}"), "isYanked": n % 2 == 0, "isPrerelease": n % 3 == 0, "affectingCount": n % 4, "alert": word("ALARM") });
    let shown = json!({ "num": "@", "isYanked": false, "isPrerelease": false, "affectingCount": 1, "alert": word("WARNING") });
    let (mut releases, mut advisories) = (
        vec![shown],
        vec![advisory(branch, &word("VULNERABILITY"), true, None)],
    );
    // Everything at once, but only once, so that a page is read quickly.
    if let Branch::Compatible = branch {
        // Enough releases for several rows and folded ones.
        releases.extend((1..13).map(release));
        advisories.extend([
            advisory(branch, &word("MALICIOUS"), false, None),
            advisory(branch, &word("UNMAINTAINED"), false, None),
            advisory(branch, &json!("OTHER"), true, None),
            advisory(branch, &word("VULNERABILITY"), true, Some("@")),
        ]);
    }
    json!({
        "crate": {
            "name": "@",
            // With an unknown availability, no releases would be shown.
            "availability": word("PUBLISHED"),
            "defaultVersion": num("@4"),
            "lastAffectedVersion": { "num": "@", "publishedAt": "@" },
            "version": {
                "num": "@", "isPublished": known, "isYanked": true, "isPrerelease": true,
                "publishedAt": "@", "affectingCount": 1, "rustVersion": "@",
                "counts": { "malicious": 0, "vulnerabilities": 1, "unsound": 0, "unmaintained": 0 },
                "alert": word("ALARM"), "platforms": { "os": ["@"], "arch": ["@"] }, "upgrade": upgrade(branch),
            },
            "advisories": advisories,
            "versions": { "totalCount": 1000, "nodes": releases },
        },
        "dataStatus": {
            "source": word("SAMPLE"), "commit": "@", "revision": 7, "revisionId": "@", "committedAt": "@", "isStale": true,
        },
    })
}

fn upgrade(branch: Branch) -> Value {
    let only = |wanted: bool, num: &str| {
        if wanted {
            json!({ "num": num, "rustVersion": "@", "affectingCount": 1 })
        } else {
            Value::Null
        }
    };
    json!({
        "compatible": only(matches!(branch, Branch::Compatible), "@5"),
        "breaking": only(matches!(branch, Branch::Breaking), "@6"),
        "previous": only(matches!(branch, Branch::Previous | Branch::UnknownWords), "@7"),
        "withoutNewerRust": only(matches!(branch, Branch::Compatible), "@8"),
        "improvement": only(matches!(branch, Branch::Breaking), "@9"),
        "yanked": only(matches!(branch, Branch::None), "@10"),
    })
}

fn advisory(branch: Branch, kind: &Value, affects: bool, withdrawn: Option<&str>) -> Value {
    let range = json!([
        { "text": "@", "lower": { "version": "@", "isInclusive": true }, "upper": { "version": "@" } },
        { "text": "@", "lower": null, "upper": null },
    ]);
    let identifiers = json!([{ "id": "@", "url": "@" }, { "id": "@", "url": null }]);
    let counted = ["VULNERABILITY", "MALICIOUS", "UNSOUND"];
    let is_counted = kind.as_str().is_some_and(|kind| counted.contains(&kind)) || kind == "@";
    let word_of = |word: &'static str| match branch {
        Branch::UnknownWords => "@",
        _ => word,
    };
    // Few functions are all shown, many are folded.
    let functions = if affects { 3 } else { 12 };
    json!({
        "id": "@", "title": "@", "kind": kind, "kindName": "@", "isCounted": is_counted,
        "date": "@", "withdrawn": withdrawn, "description": "@", "affects": affects,
        "upgrade": upgrade(Branch::Compatible),
        "severity": {
            "word": word_of("CRITICAL"), "score": 9.8, "version": "@", "vector": "@", "calculatorUrl": "@",
            "summary": "@",
        },
        "affectedRanges": range, "patched": range, "unaffected": range,
        "alert": word_of("ALARM"), "fixedRelease": { "num": "@", "publishedAt": "@" }, "twins": [{ "id": "@" }],
        "affectedVersions": { "totalCount": 2 },
        "functions": vec![json!({ "path": "@", "versions": [{ "text": "@ " }] }); functions],
        "os": ["@"], "arch": ["@"],
        "aliases": identifiers, "related": identifiers,
        "references": ["@", "@ ", "https://a.example/@", "mailto:@"],
        "categories": ["@"], "keywords": ["@"], "license": "@",
        "url": "@", "rustsecUrl": "@", "sourceUrl": "@", "historyUrl": "@", "editUrl": "@",
    })
}

/// Fails if a new field of the answer has no hostile text yet.
#[test]
fn every_text_of_the_answer_is_hostile() {
    let mut seen = Vec::new();
    for branch in BRANCHES {
        let data = serde_json::to_value(with("@", branch)).expect("JSON");
        texts("", &data, &mut seen);
    }
    seen.sort();
    seen.dedup();
    let mut paths: Vec<&str> = seen.iter().map(|(path, _)| path.as_str()).collect();
    paths.dedup();
    let hostile = |path: &str| seen.iter().any(|(at, hostile)| at == path && *hostile);
    let tame: Vec<&&str> = paths.iter().filter(|path| !hostile(path)).collect();
    assert!(tame.is_empty(), "{tame:?}");
    assert_eq!(paths.len(), 71, "{paths:#?}");
}

/// Collects the path of every text, and whether it is hostile. Skips absent
/// values.
fn texts(path: &str, value: &Value, into: &mut Vec<(String, bool)>) {
    match value {
        Value::String(text) => into.push((path.to_owned(), text.contains(PLACE))),
        Value::Array(values) => values.iter().for_each(|value| texts(path, value, into)),
        Value::Object(values) => {
            for (name, value) in values {
                texts(&format!("{path}.{name}"), value, into);
            }
        }
        _ => {}
    }
}
