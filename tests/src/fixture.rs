//! Sources that tests make.

use server::sync::Sources;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// Sources on disk that a test can change.
#[derive(Debug)]
pub struct Folders(TempDir);

impl Folders {
    /// Makes one advisory on one crate with two versions.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it writes files")]
    pub fn new() -> Self {
        let folders = Self(TempDir::new().expect("a temporary folder"));
        folders.advisory(
            "crates/widget/RUSTSEC-2024-0001",
            r#"patched = [">= 1.1.0"]"#,
        );
        folders.index("wi/dg/widget", &[("1.0.0", false), ("1.1.0", false)]);
        folders
    }

    /// Returns the path on disk of a path in the sources.
    #[must_use]
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// Writes a file and the folders that it needs.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Writes an advisory at `COLLECTION/PACKAGE/ID`.
    pub fn advisory(&self, path: &str, versions: &str) {
        let parts: Vec<&str> = path.split('/').collect();
        let text = advisory(parts[2], parts[1], versions);
        self.write(&format!("advisory-db/{path}.md"), &text);
    }

    /// Writes an advisory at `COLLECTION/PACKAGE/ID`, with more metadata in its
    /// front matter.
    pub fn advisory_with(&self, path: &str, metadata: &str, versions: &str) {
        let parts: Vec<&str> = path.split('/').collect();
        let text = advisory(parts[2], parts[1], versions);
        let date = "date = \"2024-01-01\"\n";
        let text = text.replace(date, &format!("{date}{metadata}\n"));
        self.write(&format!("advisory-db/{path}.md"), &text);
    }

    /// Writes an index file of these lines, each without the crate's name:
    /// `"vers":"1.0.0","rust_version":"1.63"`.
    pub fn index_lines(&self, path: &str, lines: &[&str]) {
        let name = path.rsplit('/').next().unwrap_or_default();
        let lines = lines.iter();
        let lines = lines.map(|line| format!("{{\"name\":\"{name}\",{line}}}\n"));
        self.write(&format!("index/{path}"), &lines.collect::<String>());
    }

    /// Writes an index file of these versions, each yanked or not.
    pub fn index(&self, path: &str, versions: &[(&str, bool)]) {
        self.write(&format!("index/{path}"), &index_file(path, versions));
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file was there");
    }

    /// Returns both folders, as sources.
    #[must_use]
    pub fn sources(&self) -> Sources {
        Sources::folders(self.path("advisory-db"), Some(self.path("index")), false)
    }
}

/// Returns an index file of these versions, each yanked or not. The path ends in
/// the crate's name.
#[must_use]
pub fn index_file(path: &str, versions: &[(&str, bool)]) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    let line = |(num, yanked): &(&str, bool)| {
        format!(
            r#"{{"name":"{name}","vers":"{num}","yanked":{yanked},"deps":[],"cksum":"","features":{{}}}}"#
        )
    };
    let lines: Vec<String> = versions.iter().map(line).collect();
    lines.join("\n")
}

/// Returns an advisory's file.
#[must_use]
pub fn advisory(id: &str, package: &str, versions: &str) -> String {
    format!(
        "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{package}\"\ndate = \"2024-01-01\"\n\n\
         [versions]\n{versions}\n```\n\n# A fault in {package}\n\nIt breaks.\n"
    )
}
