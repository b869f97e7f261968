//! Descriptions on the page: none of their words is lost, and their cost is
//! limited.

use axum::http::StatusCode;
use integration_tests::fixture::{Folders, advisory};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, get, real_data, skip};
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;
use tokio::time::timeout;
use ui_component::Description;

/// Long enough for any answer on a machine that is busy with tests.
const SOON: Duration = Duration::from_secs(10);

/// Every word of every description in RustSec's whole database is shown as often
/// as it is written. The test finds words without a Markdown parser: all runs of
/// letters and digits, except in the addresses that links hide.
#[test]
fn no_word_of_the_whole_database_is_lost() {
    let Some((advisory_db, _)) = real_data() else {
        return skip::without_real_data("no_word_of_the_whole_database_is_lost");
    };
    let (mut count, mut lost) = (0, Vec::new());
    for collection in ["crates", "rust"] {
        for package in fs::read_dir(advisory_db.join(collection)).expect("a collection") {
            let package = package.expect("a package").path();
            for file in fs::read_dir(package).expect("a package") {
                let file = file.expect("an advisory").path();
                let text = fs::read_to_string(&file).expect("an advisory");
                let advisory: rustsec::Advisory = text.parse().expect("an advisory");
                let written = words(&without_addresses(advisory.description()));
                let shown = text_of(Description::new(advisory.description()).html());
                let shown = words(&shown);
                for (word, times) in written {
                    count += times;
                    let seen = shown.get(&word).copied().unwrap_or_default();
                    if seen < times {
                        let id = advisory.id();
                        lost.push(format!("{id}: {word:?} {seen} of {times} times"));
                    }
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(count > 50_000, "{count} words");
}

/// The oracle finds a lost word.
#[test]
fn words_are_found_in_markdown() {
    let text =
        "`a` [b](https://c \"d\") <e><kbd>f</kbd> &lt;g&gt;\n\n[h]: https://i\n[j][h] <https://k>";
    let words: Vec<String> = words(&without_addresses(text)).into_keys().collect();
    assert_eq!(words, ["a", "b", "e", "f", "g", "https", "j", "k"]);
}

/// Counts each run of letters and digits in a text.
fn words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}

/// Returns Markdown without the parts that are not shown: addresses and names of
/// links, the language of code, numbers of lists, entities, and tags that are
/// elements.
fn without_addresses(markdown: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    let mut lines = markdown.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
        } else if is_code {
            out.push_str(line);
        } else if line.starts_with('[') && line.ends_with("]:") {
            // The address of this name is on the next line.
            lines.next();
        } else if !line.starts_with('[') || !line.contains("]: ") {
            let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
            let line = number.strip_prefix(". ").unwrap_or(line);
            out.push_str(&without_targets(line));
        }
        out.push('\n');
    }
    for (written, shown) in [
        ("<kbd>", ""),
        ("</kbd>", ""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ] {
        out = out.replace(written, shown);
    }
    out
}

/// Returns a line without the `(address)` or `[name]` after a link's text.
fn without_targets(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("](").or_else(|| rest.find("][")) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let close = if from.starts_with("](") { ')' } else { ']' };
        rest = from[2..].split_once(close).map_or("", |(_, after)| after);
    }
    out + rest
}

/// Returns the text of HTML, with a blank for each tag.
fn text_of(html: &str) -> String {
    let mut out = String::new();
    for part in html.split('<') {
        let (_, text) = part.split_once('>').unwrap_or(("", part));
        out.push(' ');
        out.push_str(text);
    }
    for (entity, shown) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, shown);
    }
    out
}

/// Returns descriptions that used to take minutes to format, of the size that a
/// sync accepts.
fn hostile() -> [String; 6] {
    const SIZE: usize = 60_000;
    let repeated = |text: &str| text.repeat(SIZE / text.len());
    let table = format!("{}\n{}\n", "|a".repeat(500), "|-".repeat(500));
    [
        repeated(">") + "a",
        repeated("- ") + "a",
        repeated("(http"),
        repeated("<div>"),
        repeated("<p><ul>"),
        format!("{table}{}", "|a\n".repeat(15_000)),
    ]
}

/// With any text of an advisory, both doors answer: its tab is made, and
/// meanwhile `/health` and other tabs answer at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_texts_stop_no_door() {
    let folders = Folders::new();
    for (number, text) in hostile().into_iter().enumerate() {
        let (id, package) = (format!("RUSTSEC-2024-{:04}", number + 100), "hostile");
        let text = advisory(&id, package, "patched = []").replace("It breaks.", &text);
        folders.write(&format!("advisory-db/crates/{package}/{id}.md"), &text);
    }
    let database = TestDatabase::sqlite().await;
    let report = database.sync(&folders.sources()).await.expect("the sync");
    assert_eq!(report.advisories.added.len(), 7);
    let app = TestApp::over(database, SYNCED_AT).await;
    let (internal, tab) = (app.internal_door(), app.tab_door());
    let visits: Vec<_> = (0..4)
        .map(|_| tokio::spawn(get(tab.clone(), "/security-tab/hostile")))
        .collect();
    for _ in 0..20 {
        for (door, path) in [(&internal, "/health"), (&tab, "/security-tab/widget")] {
            let reply = timeout(SOON, get(door.clone(), path)).await;
            assert_eq!(reply.expect(path).status, StatusCode::OK);
        }
    }
    for visit in visits {
        let reply = timeout(SOON, visit).await.expect("the tab");
        let reply = reply.expect("an answer");
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.body.matches("cs-prose").count(), 6);
    }
}
