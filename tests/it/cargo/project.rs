//! A project whose author copies lines from the tab, with a record of the results.

use super::cargo;
use super::registry::Registry;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// A package or a workspace, and its lock file.
pub(super) struct Project {
    registry: Registry,
    /// Each copied line, and its result below it.
    account: String,
}

impl Project {
    /// Makes a package with this text after `[package]` in its manifest, and a lock
    /// file with these releases of `rand`.
    pub(super) fn new(registry: Registry, manifest: &str, locked: &[&str]) -> Self {
        let project = Self {
            registry,
            account: String::new(),
        };
        project.write_package("", "app", manifest);
        project.lock(locked);
        project
    }

    /// Makes a workspace of the package `app` and a member `part`.
    pub(super) fn workspace(registry: Registry, root: &str, member: &str, locked: &[&str]) -> Self {
        let project = Self {
            registry,
            account: String::new(),
        };
        project.write_package("part", "part", member);
        project.write_package(
            "",
            "app",
            &format!("[workspace]\nmembers = [\"part\"]\n{root}"),
        );
        project.lock(locked);
        project
    }

    /// Runs a line in a shell.
    pub(super) fn run(&mut self, line: Option<String>) {
        let line = line.expect("a line to copy");
        let before = self.locked();
        let output = cargo(self.registry.home(), &self.folder(), &line);
        let errors = String::from_utf8_lossy(&output.stderr);
        let tree = String::from_utf8_lossy(&output.stdout);
        self.tell(&format!("$ {line}"));
        let is_ours = |line: &&str| !ADVICE.iter().any(|advice| line.contains(advice));
        let home = self.registry.home().display().to_string();
        for error in errors.lines().filter(is_ours) {
            let is_told = match output.status.success() {
                true => error.starts_with("warning: "),
                false => !error.trim().is_empty() && !error.contains(&home),
            };
            if is_told {
                self.tell(&format!("  {error}"));
            }
        }
        self.tell_changes(&before);
        for line in tree.lines() {
            let line = line.split(" (/").next().unwrap_or(line);
            self.tell(&format!("  {line}"));
        }
    }

    /// Removes all releases of `rand`, and publishes these.
    pub(super) fn replace_releases(&self, nums: &[&str]) {
        self.registry.replace_rand(nums);
    }

    /// Returns the names of the files whose paths a line prints.
    pub(super) fn files(&self, line: Option<String>) -> Vec<String> {
        let line = line.expect("a line to copy");
        let output = cargo(self.registry.home(), &self.folder(), &line);
        assert!(output.status.success(), "{line}: {output:?}");
        let paths = String::from_utf8(output.stdout).expect("paths");
        let names = paths.lines().filter_map(|path| path.rsplit('/').next());
        names.map(str::to_owned).collect()
    }

    /// Runs the usual command that updates everything.
    pub(super) fn update_all(&mut self) {
        self.run(Some("cargo update --quiet".to_owned()));
    }

    /// Replaces the version of `entry` in the manifest by the one that the tab shows,
    /// and changes nothing else. The next build does the rest.
    pub(super) fn change_version(&mut self, manifest: &str, entry: &str, line: Option<String>) {
        let line = line.expect("a line to copy");
        let path = self.folder().join(manifest);
        let text = fs::read_to_string(&path).expect("a manifest");
        let old = text
            .lines()
            .rev()
            .find(|line| line.starts_with(entry))
            .expect("the entry");
        let new = with_version(old, &line);
        fs::write(&path, text.replace(old, &new)).expect("a manifest");
        self.tell(&format!("{manifest}: {old}"));
        self.tell(&format!("  now {new}"));

        let before = self.locked();
        let output = cargo(self.registry.home(), &self.folder(), METADATA);
        match output.status.success() {
            true => {
                self.tell_changes(&before);
                self.tell_features(&output.stdout);
            }
            false => {
                let errors = String::from_utf8_lossy(&output.stderr);
                errors
                    .lines()
                    .take(2)
                    .for_each(|line| self.tell(&format!("  {line}")));
            }
        }
    }

    /// Returns the record so far.
    pub(super) fn account(&self) -> &str {
        self.account.trim_end()
    }

    fn folder(&self) -> PathBuf {
        self.registry.home().join("project")
    }

    fn write_package(&self, folder: &str, name: &str, manifest: &str) {
        let folder = self.folder().join(folder);
        let package =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        fs::create_dir_all(folder.join("src")).expect("a folder");
        fs::write(folder.join("src/lib.rs"), "").expect("a library");
        fs::write(folder.join("Cargo.toml"), package + manifest).expect("a manifest");
    }

    /// Locks the newest releases that Cargo chooses, and then moves to these.
    fn lock(&self, wanted: &[&str]) {
        let run = |line: &str| {
            let output = cargo(self.registry.home(), &self.folder(), line);
            assert!(output.status.success(), "{line}: {output:?}");
        };
        run("cargo generate-lockfile");
        for num in wanted {
            let locked = self.locked();
            let line = num.split('.').take(2).collect::<Vec<_>>().join(".");
            let chosen = locked
                .iter()
                .find(|chosen| chosen.starts_with(&format!("rand {line}.")));
            let chosen = chosen.expect("a release of this line").replace(' ', "@");
            run(&format!("cargo update {chosen} --precise {num}"));
        }
        let wanted: BTreeSet<String> = wanted.iter().map(|num| format!("rand {num}")).collect();
        assert_eq!(self.locked(), wanted);
    }

    /// Returns the releases of `rand` in the lock file.
    fn locked(&self) -> BTreeSet<String> {
        let lock = fs::read_to_string(self.folder().join("Cargo.lock")).expect("a lock file");
        let after = lock.split("name = \"rand\"\nversion = \"").skip(1);
        let nums = after.filter_map(|rest| rest.split('"').next());
        nums.map(|num| format!("rand {num}")).collect()
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.account, "{line}").expect("a text");
    }

    fn tell_changes(&mut self, before: &BTreeSet<String>) {
        let after = self.locked();
        let gone: Vec<&String> = before.difference(&after).collect();
        let come: Vec<&String> = after.difference(before).collect();
        if !gone.is_empty() {
            self.tell(&format!("  Cargo.lock: {gone:?} -> {come:?}").replace(['[', ']', '"'], ""));
        }
    }

    /// Records the enabled features of `rand`.
    fn tell_features(&mut self, metadata: &[u8]) {
        let metadata: Value = serde_json::from_slice(metadata).expect("JSON");
        let nodes = metadata["resolve"]["nodes"].as_array().expect("packages");
        let features = nodes
            .iter()
            .filter(|node| node["id"].as_str().is_some_and(|id| id.contains("#rand@")))
            .flat_map(|node| node["features"].as_array().into_iter().flatten());
        let features: Vec<&str> = features.filter_map(Value::as_str).collect();
        if !features.is_empty() {
            self.tell(&format!("  features: {}", features.join(", ")));
        }
    }
}

/// Cargo's messages about replaced sources and about yanked releases.
const ADVICE: [&str; 4] = [
    "As a reminder",
    "forgotten to be re-vendored",
    "  |",
    "= help",
];

/// The first step of a build: brings the lock file up to date with the manifests.
const METADATA: &str = "cargo metadata --format-version 1";

/// Returns an entry with the version of a line such as `version = "1.2.3"`.
fn with_version(entry: &str, line: &str) -> String {
    let (before, after) = match entry.split_once("version = \"") {
        Some((before, after)) => (format!("{before}{line}"), after),
        None => {
            let (name, after) = entry.split_once(" = \"").expect("a requirement");
            (
                format!("{name} = {}", line.trim_start_matches("version = ")),
                after,
            )
        }
    };
    let (_, rest) = after.split_once('"').expect("the end of the requirement");
    before + rest
}
