//! Every public function of `domain` has an example in its documentation. `cargo test --doc`
//! runs the examples.

use std::fs;
use std::path::{Path, PathBuf};

/// The beginnings of a line that declares a public function.
const PUBLIC: [&str; 3] = ["pub fn ", "pub const fn ", "pub async fn "];

#[test]
fn every_public_function_of_domain_has_an_example() {
    let mut functions = 0;
    let mut missing = Vec::new();
    for file in sources() {
        let text = fs::read_to_string(&file).expect("a source");
        for (name, docs) in public_functions(&text) {
            functions += 1;
            if !has_example(&docs) {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(functions > 30, "only {functions} functions were read");
    assert!(
        missing.is_empty(),
        "add an example with an assertion to the documentation of:\n{}",
        missing.join("\n")
    );
}

/// The check recognizes an example that asserts nothing.
#[test]
fn an_example_asserts_something() {
    let example = "/// ```\n/// assert!(ok());\n/// ```\n";
    let idle = "/// ```\n/// ok();\n/// ```\n";
    let ignored = "/// ```ignore\n/// assert!(ok());\n/// ```\n";
    for (docs, expect) in [
        (example, true),
        (idle, false),
        (ignored, false),
        ("/// Runs assert!(ok()).\n", false),
    ] {
        let text = format!("/// Returns it.\n{docs}#[must_use]\npub fn ok() -> bool {{}}\n");
        let found: Vec<_> = public_functions(&text).collect();
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(has_example(&found[0].1), expect, "{text}");
    }
    let above = format!("{example}pub fn other() {{}}\n\npub fn ok() {{}}\n");
    let found = public_functions(&above).map(|(_, docs)| has_example(&docs));
    assert!(found.eq([true, false]), "{above}");
}

/// Returns the name and documentation of each public function.
fn public_functions(text: &str) -> impl Iterator<Item = (&str, String)> {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    (0..lines.len()).filter_map(move |at| {
        let declared = PUBLIC.iter().find_map(|it| lines[at].strip_prefix(it))?;
        let name = declared.split(['(', '<']).next()?;
        let is_above = |line: &&&str| line.starts_with("///") || line.starts_with("#[");
        let start = at - lines[..at].iter().rev().take_while(is_above).count();
        let docs = lines[start..at].iter();
        let docs: Vec<&str> = docs.filter_map(|line| line.strip_prefix("///")).collect();
        Some((name, docs.join("\n")))
    })
}

/// Returns true if a code block that is run as a test asserts something.
fn has_example(docs: &str) -> bool {
    // Every second part is a code block. A block without a language is run as a test.
    let mut blocks = docs.split("```").skip(1).step_by(2);
    blocks.any(|block| block.starts_with('\n') && block.contains("assert"))
}

/// Returns the source files of `domain`.
fn sources() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/domain");
    let mut left = vec![folder];
    let mut files = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).expect("a folder");
            left.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else {
            files.push(path);
        }
    }
    files
}
