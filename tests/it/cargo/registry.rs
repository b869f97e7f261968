//! Releases of crates, which replace crates.io for Cargo.

use super::cargo;
use integration_tests::repository::{Change, TestRepository};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use time::OffsetDateTime;
use url::Url;

/// A home for Cargo, whose configuration replaces crates.io by releases that a test
/// publishes.
pub(super) struct Registry {
    home: TempDir,
    /// The crates of which it has releases.
    names: Vec<String>,
}

impl Registry {
    /// Publishes releases of `rand`, each with the features `std` and `small`. A
    /// trailing `*` marks a yanked one.
    pub(super) fn with_rand(nums: &[&str]) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let names = vec!["rand".to_owned()];
        let registry = Self { home, names };
        fs::create_dir_all(registry.path("registry/index")).expect("a folder");
        let folder = registry.path("registry");
        registry.configure(&format!("local-registry = {folder:?}"), true);
        for num in nums {
            registry.publish("rand", num, None);
        }
        registry
    }

    /// Removes all releases of `rand`, and publishes these.
    pub(super) fn replace_rand(&self, nums: &[&str]) {
        let index = self.path("registry/index").join(index_path("rand"));
        fs::remove_file(index).expect("it was there");
        for num in nums {
            self.publish("rand", num, None);
        }
    }

    /// Publishes release 1.0.0 of a crate that requires `rand`.
    pub(super) fn with_dependent(mut self, name: &str, requirement: &str) -> Self {
        self.publish(name, "1.0.0", Some(requirement));
        self.names.push(name.to_owned());
        self
    }

    /// Makes Cargo read an index in a git repository from now on, and download
    /// releases as it does from crates.io, though from files.
    pub(super) fn with_index(&self) -> TestRepository {
        let repository = TestRepository::new();
        let source = Url::from_file_path(self.path("registry")).expect("an absolute path");
        let download = format!(r#"{{"dl":"{source}/{{crate}}-{{version}}.crate"}}"#);
        let mut changes = vec![Change::Write(
            "config.json".to_owned(),
            download.into_bytes(),
        )];
        for name in &self.names {
            let path = index_path(name);
            let lines = fs::read(self.path("registry/index").join(&path)).expect("its releases");
            changes.push(Change::Write(path, lines));
        }
        repository.commit(&changes, OffsetDateTime::UNIX_EPOCH);
        let index = Url::from_file_path(repository.git.path()).expect("an absolute path");
        self.configure(&format!("registry = \"{index}\""), false);
        repository
    }

    /// Replaces crates.io by a source.
    fn configure(&self, source: &str, is_offline: bool) {
        let config = format!(
            "[source.crates-io]\nreplace-with = \"test\"\n[source.test]\n{source}\n\
             [net]\noffline = {is_offline}\n[term]\ncolor = \"never\"\n"
        );
        fs::create_dir_all(self.path(".cargo")).expect("a folder");
        fs::write(self.path(".cargo/config.toml"), config).expect("the configuration");
    }

    /// Returns the user's home folder.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    fn publish(&self, name: &str, num: &str, rand: Option<&str>) {
        let is_yanked = num.ends_with('*');
        let num = num.trim_end_matches('*');
        let file = format!("{name}-{num}.crate");
        let packed = self.pack(name, num, rand).join(&file);
        let bytes = fs::read(&packed).expect("the packed crate");
        fs::rename(&packed, self.path("registry").join(&file)).expect("it is moved");

        let line = index_line(name, num, is_yanked, rand, &bytes);
        let index = self.path("registry/index").join(index_path(name));
        fs::create_dir_all(index.parent().expect("a folder")).expect("a folder");
        let index = OpenOptions::new().create(true).append(true).open(index);
        writeln!(index.expect("the index"), "{line}").expect("it is written");
    }

    /// Makes Cargo pack a crate, and returns its folder.
    fn pack(&self, name: &str, num: &str, rand: Option<&str>) -> PathBuf {
        let folder = self.path(&format!("packed/{name}-{num}"));
        let mut manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"{num}\"\nedition = \"2024\"\n");
        match rand {
            Some(requirement) => write!(manifest, "[dependencies]\nrand = \"{requirement}\"\n"),
            None => write!(manifest, "[features]\nstd = []\nsmall = []\n"),
        }
        .expect("a text");
        fs::create_dir_all(folder.join("src")).expect("a folder");
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(folder.join("src/lib.rs"), "").expect("a library");
        let output = cargo(
            self.home(),
            &folder,
            "cargo package --no-verify --allow-dirty --quiet",
        );
        assert!(output.status.success(), "{output:?}");
        folder.join("target/package")
    }
}

/// Returns the path in an index of a name with four letters or more.
fn index_path(name: &str) -> String {
    format!("{}/{}/{name}", &name[..2], &name[2..4])
}

/// Returns the index line of a release.
fn index_line(name: &str, num: &str, is_yanked: bool, rand: Option<&str>, packed: &[u8]) -> Value {
    let dependencies: Vec<Value> = rand
        .iter()
        .map(|requirement| {
            json!({
                "name": "rand", "req": requirement, "features": [], "optional": false,
                "default_features": true, "target": null, "kind": "normal",
            })
        })
        .collect();
    let features = match rand {
        Some(_) => json!({}),
        None => json!({ "std": [], "small": [] }),
    };
    let checksum: String = Sha256::digest(packed)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({
        "name": name, "vers": num, "deps": dependencies, "cksum": checksum,
        "features": features, "yanked": is_yanked,
    })
}
