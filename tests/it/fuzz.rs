//! Runs the fuzz targets' functions on their seeds, and on the project's own
//! files with which they begin.

#[allow(unreachable_pub, reason = "elsewhere it is a crate of its own")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files in a folder of this package, and below it.
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

/// Texts that took long to format, or became very long HTML, when repeated:
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

/// The cost of a description is limited, whatever it repeats, and however often.
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
