//! The seeds of the fuzz targets, and the project's own files that they begin
//! with, through the same functions.

#[allow(unreachable_pub, reason = "elsewhere it is a crate of its own")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

/// The files in a folder of this package, those in folders below it too.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("a file").path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no files");
    found
}

fn check(folders: &[&str], target: impl Fn(&str)) {
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = fs::read(&path).expect("a file");
        target(&String::from_utf8_lossy(&bytes));
    }
}

/// What has taken long to format, or become very much HTML, when it is repeated:
/// nested blocks, openings without an end, rows of a table without their cells.
const COSTLY: &[(&str, &str)] = &[
    ("", ">"),
    ("", "> "),
    ("", "- "),
    ("", "1. "),
    ("", "- > "),
    ("", "(http"),
    ("", "http://a)"),
    ("", "<div>"),
    ("", "<p><ul>"),
    ("", "<b><i>"),
    ("", "<b>a</b> <i>"),
    ("", "*a **b "),
    ("", "[a]("),
    ("", "![a](b"),
    ("", "<!-- "),
    ("", "<a href=\""),
    ("> > > > > a\n", "\n- - - b\n"),
    ("|a|b|c|d|e|f|g|h\n|-|-|-|-|-|-|-|-\n", "|a\n"),
];

/// A description's cost is bounded whatever it repeats, and however often.
#[test]
fn costly_texts() {
    for (start, repeated) in COSTLY {
        for size in [1_000, 10_000, 64_000, 250_000] {
            targets::description(&format!(
                "{start}{}",
                repeated.repeat(size / repeated.len())
            ));
        }
    }
    let columns = format!("{}\n{}\n", "|a".repeat(500), "|-".repeat(500));
    targets::description(&format!("{columns}{}", "|a\n".repeat(4_000)));
}

#[test]
fn seeds() {
    check(&["../server/sample/advisory-db"], targets::advisory_file);
    check(&["../server/sample/index"], |text| {
        targets::index_file(text.as_bytes());
    });
    check(&["fuzz/seeds/markdown"], targets::markdown);
    check(&["fuzz/seeds/names"], targets::names);
    let documents = [
        "fuzz/seeds/query_limits",
        "../server/graphiql/examples",
        "../ui-component/src",
    ];
    check(&documents, targets::query_limits);
}
