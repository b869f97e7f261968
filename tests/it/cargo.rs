//! Every line that the tab offers to copy, run verbatim by Cargo itself over releases
//! on disk.

mod project;
mod registry;

use project::Project;
use registry::Registry;
use std::path::Path;
use std::process::{Command, Output};
use ui_component::commands::{dependents, find_downloads, pin, requirement, update};

/// Runs a line in a shell, with the Cargo that runs the tests and with its own home.
fn cargo(home: &Path, folder: &Path, line: &str) -> Output {
    let toolchain = Path::new(env!("CARGO")).parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(toolchain.to_owned()).chain(std::env::split_paths(&path));
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::join_paths(path).expect("a path"))
        .env("HOME", home)
        .env("CARGO_HOME", home.join(".cargo"))
        .output()
        .expect("a shell")
}

const RELEASES: [&str; 5] = ["0.7.3", "0.8.4", "0.8.5", "0.8.6", "0.9.1"];

#[test]
fn a_compatible_upgrade() {
    let registry = Registry::with_rand(&RELEASES);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"0.8\"\n", &["0.8.5"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    insta::assert_snapshot!(project.account(), @"
    $ cargo update rand@0.8.5 --precise 0.8.6
      Cargo.lock: rand 0.8.5 -> rand 0.8.6
    ");
}

/// A bare name is ambiguous.
#[test]
fn a_compatible_upgrade_of_one_of_two() {
    let registry = Registry::with_rand(&RELEASES).with_dependent("parent", "0.7");
    let manifest = "[dependencies]\nrand = \"0.8\"\nparent = \"1\"\n";
    let mut project = Project::new(registry, manifest, &["0.7.3", "0.8.5"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    insta::assert_snapshot!(project.account(), @"
    $ cargo update rand@0.8.5 --precise 0.8.6
      Cargo.lock: rand 0.8.5 -> rand 0.8.6
    ");
    project.run(Some("cargo update -p rand --precise 0.8.5".to_owned()));
    let account = project.account();
    assert!(account.contains("`rand` is ambiguous"), "{account}");
}

#[test]
fn a_compatible_upgrade_of_what_another_package_requires() {
    let registry = Registry::with_rand(&RELEASES).with_dependent("parent", "0.8");
    let manifest = "[dependencies]\nparent = \"1\"\n";
    let mut project = Project::new(registry, manifest, &["0.8.5"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    insta::assert_snapshot!(project.account(), @"
    $ cargo update rand@0.8.5 --precise 0.8.6
      Cargo.lock: rand 0.8.5 -> rand 0.8.6
    ");
}

/// Cargo refuses, and the line for that case names the parent.
#[test]
fn a_parent_requires_the_old_version() {
    let registry = Registry::with_rand(&RELEASES).with_dependent("parent", "=0.8.5");
    let manifest = "[dependencies]\nrand = \"0.8\"\nparent = \"1\"\n";
    let mut project = Project::new(registry, manifest, &["0.8.5"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    project.run(dependents("rand", "0.8.5"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@0.8.5 --precise 0.8.6
      error: failed to select a version for the requirement `rand = "=0.8.5"`
      candidate versions found which didn't match: 0.8.6
      required by package `parent v1.0.0`
    $ cargo tree --workspace --all-features --target all --invert rand@0.8.5
      rand v0.8.5
      ├── app v0.1.0
      └── parent v1.0.0
          └── app v0.1.0
    "#);
}

#[test]
fn the_manifest_requires_the_old_version() {
    let registry = Registry::with_rand(&RELEASES);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"=0.8.5\"\n", &["0.8.5"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    project.run(dependents("rand", "0.8.5"));
    project.change_version("Cargo.toml", "rand", requirement("0.8.6"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@0.8.5 --precise 0.8.6
      error: failed to select a version for the requirement `rand = "=0.8.5"`
      candidate versions found which didn't match: 0.8.6
    $ cargo tree --workspace --all-features --target all --invert rand@0.8.5
      rand v0.8.5
      └── app v0.1.0
    Cargo.toml: rand = "=0.8.5"
      now rand = "0.8.6"
      Cargo.lock: rand 0.8.5 -> rand 0.8.6
    "#);
}

/// `cargo tree --invert` alone finds nothing: the parent needs another platform, a
/// disabled feature, or another member of the workspace.
#[test]
fn a_parent_is_found_wherever_it_is() {
    for (root, member) in [
        (
            "[target.'cfg(target_os = \"none\")'.dependencies]\nparent = \"1\"\n",
            "",
        ),
        (
            "[dependencies]\nparent = { version = \"1\", optional = true }\n",
            "",
        ),
        ("", "[dependencies]\nparent = \"1\"\n"),
        ("", "[build-dependencies]\nparent = \"1\"\n"),
    ] {
        let registry = Registry::with_rand(&RELEASES).with_dependent("parent", "=0.8.5");
        let mut project = Project::workspace(registry, root, member, &["0.8.5"]);
        project.run(Some("cargo tree --invert rand@0.8.5".to_owned()));
        assert!(
            !project.account().contains("parent v1.0.0"),
            "{}",
            project.account()
        );
        project.run(dependents("rand", "0.8.5"));
        assert!(
            project.account().contains("parent v1.0.0"),
            "{}",
            project.account()
        );
    }
}

/// Cargo refuses, and names the release in the lock file.
#[test]
fn the_lock_file_holds_another_version() {
    let registry = Registry::with_rand(&RELEASES);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"0.8\"\n", &["0.8.4"]);
    project.run(update("rand", "0.8.5", "0.8.6"));
    project.run(update("rand", "0.8.4", "0.8.6"));
    insta::assert_snapshot!(project.account(), @"
    $ cargo update rand@0.8.5 --precise 0.8.6
      error: package ID specification `rand@0.8.5` did not match any packages
      help: there are similar package ID specifications:
        rand@0.8.4
    $ cargo update rand@0.8.4 --precise 0.8.6
      Cargo.lock: rand 0.8.4 -> rand 0.8.6
    ");
}

/// The version has build metadata, and the requirement has none.
#[test]
fn versions_with_metadata() {
    let registry = Registry::with_rand(&["1.0.0+a", "1.0.1+b", "2.0.0+c"]);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"1\"\n", &["1.0.0+a"]);
    project.run(update("rand", "1.0.0+a", "1.0.1+b"));
    project.run(dependents("rand", "1.0.1+b"));
    project.change_version("Cargo.toml", "rand", requirement("2.0.0+c"));
    project.change_version("Cargo.toml", "rand", pin("1.0.1+b"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@1.0.0+a --precise 1.0.1+b
      Cargo.lock: rand 1.0.0+a -> rand 1.0.1+b
    $ cargo tree --workspace --all-features --target all --invert rand@1.0.1+b
      rand v1.0.1+b
      └── app v0.1.0
    Cargo.toml: rand = "1"
      now rand = "2.0.0"
      Cargo.lock: rand 1.0.1+b -> rand 2.0.0+c
    Cargo.toml: rand = "2.0.0"
      now rand = "=1.0.1"
      Cargo.lock: rand 2.0.0+c -> rand 1.0.1+b
    "#);
}

#[test]
fn pre_releases() {
    let registry = Registry::with_rand(&["1.0.0-rc.1", "1.0.0-rc.2", "1.0.0"]);
    let manifest = "[dependencies]\nrand = \"1.0.0-rc.1\"\n";
    let mut project = Project::new(registry, manifest, &["1.0.0-rc.1"]);
    project.run(update("rand", "1.0.0-rc.1", "1.0.0-rc.2"));
    project.run(update("rand", "1.0.0-rc.2", "1.0.0"));
    insta::assert_snapshot!(project.account(), @"
    $ cargo update rand@1.0.0-rc.1 --precise 1.0.0-rc.2
      Cargo.lock: rand 1.0.0-rc.1 -> rand 1.0.0-rc.2
    $ cargo update rand@1.0.0-rc.2 --precise 1.0.0
      Cargo.lock: rand 1.0.0-rc.2 -> rand 1.0.0
    ");
}

/// Only the version changes: features, names and tables stay.
#[test]
fn a_breaking_upgrade() {
    let mut account = String::new();
    for (table, entry) in [
        ("[dependencies]", "rand = \"0.8\""),
        (
            "[dependencies]",
            "rand = { version = \"0.8\", default-features = false, features = [\"small\"] }",
        ),
        (
            "[dependencies]",
            "dice = { package = \"rand\", version = \"0.8.5\", features = [\"std\"] }",
        ),
        (
            "[dependencies.rand]\nfeatures = [\"std\"]",
            "version = \"0.8\"",
        ),
        ("[dev-dependencies]", "rand = \"0.8\""),
        (
            "[target.'cfg(target_os = \"none\")'.dependencies]",
            "rand = \"0.8\"",
        ),
    ] {
        let registry = Registry::with_rand(&RELEASES);
        let manifest = format!("{table}\n{entry}\n");
        let mut project = Project::new(registry, &manifest, &["0.8.6"]);
        let key = entry.split(' ').next().unwrap_or_default();
        project.change_version("Cargo.toml", key, requirement("0.9.1"));
        account += &format!("{table}\n{}\n", project.account());
    }
    insta::assert_snapshot!(account, @r#"
    [dependencies]
    Cargo.toml: rand = "0.8"
      now rand = "0.9.1"
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
    [dependencies]
    Cargo.toml: rand = { version = "0.8", default-features = false, features = ["small"] }
      now rand = { version = "0.9.1", default-features = false, features = ["small"] }
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
      features: small
    [dependencies]
    Cargo.toml: dice = { package = "rand", version = "0.8.5", features = ["std"] }
      now dice = { package = "rand", version = "0.9.1", features = ["std"] }
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
      features: std
    [dependencies.rand]
    features = ["std"]
    Cargo.toml: version = "0.8"
      now version = "0.9.1"
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
      features: std
    [dev-dependencies]
    Cargo.toml: rand = "0.8"
      now rand = "0.9.1"
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
    [target.'cfg(target_os = "none")'.dependencies]
    Cargo.toml: rand = "0.8"
      now rand = "0.9.1"
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
    "#);
}

#[test]
fn a_breaking_upgrade_of_a_workspace_dependency() {
    let registry = Registry::with_rand(&RELEASES);
    let root = "[workspace.dependencies]\nrand = { version = \"0.8\", default-features = false }\n";
    let member = "[dev-dependencies]\nrand = { workspace = true, features = [\"small\"] }\n";
    let mut project = Project::workspace(registry, root, member, &["0.8.6"]);
    project.change_version("Cargo.toml", "rand", requirement("0.9.1"));
    insta::assert_snapshot!(project.account(), @r#"
    Cargo.toml: rand = { version = "0.8", default-features = false }
      now rand = { version = "0.9.1", default-features = false }
      Cargo.lock: rand 0.8.6 -> rand 0.9.1
      features: small
    "#);
}

/// The next `cargo update` undoes it, unless the manifest requires the older release.
#[test]
fn back_to_an_older_release() {
    let registry = Registry::with_rand(&["0.3.9", "0.3.10"]);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"0.3\"\n", &["0.3.10"]);
    project.run(update("rand", "0.3.10", "0.3.9"));
    project.update_all();
    project.run(update("rand", "0.3.10", "0.3.9"));
    project.change_version("Cargo.toml", "rand", pin("0.3.9"));
    project.update_all();
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@0.3.10 --precise 0.3.9
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    $ cargo update --quiet
      Cargo.lock: rand 0.3.9 -> rand 0.3.10
    $ cargo update rand@0.3.10 --precise 0.3.9
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    Cargo.toml: rand = "0.3"
      now rand = "=0.3.9"
    $ cargo update --quiet
    "#);
}

#[test]
fn back_to_a_release_that_the_manifest_rules_out() {
    let registry = Registry::with_rand(&["0.3.9", "0.3.10"]);
    let manifest = "[dependencies]\nrand = \"0.3.10\"\n";
    let mut project = Project::new(registry, manifest, &["0.3.10"]);
    project.run(update("rand", "0.3.10", "0.3.9"));
    project.change_version("Cargo.toml", "rand", pin("0.3.9"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@0.3.10 --precise 0.3.9
      error: failed to select a version for the requirement `rand = "^0.3.10"`
      candidate versions found which didn't match: 0.3.9
    Cargo.toml: rand = "0.3.10"
      now rand = "=0.3.9"
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    "#);
}

#[test]
fn back_to_an_incompatible_release() {
    let registry = Registry::with_rand(&["0.3.9", "1.0.0"]);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"1\"\n", &["1.0.0"]);
    project.run(update("rand", "1.0.0", "0.3.9"));
    project.change_version("Cargo.toml", "rand", requirement("0.3.9"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@1.0.0 --precise 0.3.9
      error: failed to select a version for the requirement `rand = "^1"`
      candidate versions found which didn't match: 0.3.9
    Cargo.toml: rand = "1"
      now rand = "0.3.9"
      Cargo.lock: rand 1.0.0 -> rand 0.3.9
    "#);
}

/// Cargo accepts a yanked release if it is named, within the requirement, and keeps it
/// until the next `cargo update`.
#[test]
fn a_yanked_release() {
    let registry = Registry::with_rand(&["0.3.9*", "0.3.10"]);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"0.3\"\n", &["0.3.10"]);
    project.run(update("rand", "0.3.10", "0.3.9"));
    project.run(dependents("rand", "0.3.9"));
    project.update_all();
    project.change_version("Cargo.toml", "rand", pin("0.3.9"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@0.3.10 --precise 0.3.9
      warning: selected package `rand@0.3.9` was yanked by the author
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    $ cargo tree --workspace --all-features --target all --invert rand@0.3.9
      rand v0.3.9
      └── app v0.1.0
    $ cargo update --quiet
      Cargo.lock: rand 0.3.9 -> rand 0.3.10
    Cargo.toml: rand = "0.3"
      now rand = "=0.3.9"
      error: failed to select a version for the requirement `rand = "=0.3.9"`
        version 0.3.9 is yanked
    "#);
}

/// The lock file still has a release that was removed later.
#[test]
fn a_removed_release() {
    let mut account = String::new();
    for left in [&["0.3.8", "0.3.9"][..], &["0.3.9*"]] {
        let registry = Registry::with_rand(&["0.3.10"]);
        let manifest = "[dependencies]\nrand = \"0.3\"\n";
        let mut project = Project::new(registry, manifest, &["0.3.10"]);
        project.replace_releases(left);
        project.run(update("rand", "0.3.10", "0.3.9"));
        project.update_all();
        account += &format!("{left:?}\n{}\n", project.account());
    }
    insta::assert_snapshot!(account, @r#"
    ["0.3.8", "0.3.9"]
    $ cargo update rand@0.3.10 --precise 0.3.9
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    $ cargo update --quiet
    ["0.3.9*"]
    $ cargo update rand@0.3.10 --precise 0.3.9
      warning: selected package `rand@0.3.9` was yanked by the author
      Cargo.lock: rand 0.3.10 -> rand 0.3.9
    $ cargo update --quiet
      error: failed to select a version for the requirement `rand = "^0.3"`
        version 0.3.9 is yanked
    "#);
}

/// No line leads there: even with a changed manifest Cargo does not choose it.
#[test]
fn an_incompatible_yanked_release() {
    let registry = Registry::with_rand(&["0.3.9*", "1.0.0"]);
    let mut project = Project::new(registry, "[dependencies]\nrand = \"1\"\n", &["1.0.0"]);
    project.run(update("rand", "1.0.0", "0.3.9"));
    project.change_version("Cargo.toml", "rand", pin("0.3.9"));
    project.run(update("rand", "1.0.0", "0.3.9"));
    insta::assert_snapshot!(project.account(), @r#"
    $ cargo update rand@1.0.0 --precise 0.3.9
      warning: selected package `rand@0.3.9` was yanked by the author
      error: failed to select a version for the requirement `rand = "^1"`
      candidate versions found which didn't match: 0.3.9
    Cargo.toml: rand = "1"
      now rand = "=0.3.9"
      error: failed to select a version for the requirement `rand = "=0.3.9"`
        version 0.3.9 is yanked
    $ cargo update rand@1.0.0 --precise 0.3.9
      error: failed to select a version for the requirement `rand = "=0.3.9"`
        version 0.3.9 is yanked
    "#);
}

/// The line finds the releases that Cargo has downloaded, of this crate only.
#[test]
fn downloaded_releases() {
    let registry = Registry::with_rand(&["0.3.9", "0.3.10"]).with_dependent("rand-core", "=0.3.9");
    let _index = registry.with_index();
    let manifest = "[dependencies]\nrand-core = \"1\"\n";
    let mut project = Project::new(registry, manifest, &["0.3.9"]);
    let mut found = |num| {
        project.run(Some("cargo fetch".to_owned()));
        project.files(find_downloads("rand", num))
    };
    assert_eq!(found(None), ["rand-0.3.9.crate"]);
    assert_eq!(found(Some("0.3.9")), ["rand-0.3.9.crate"]);
    assert_eq!(found(Some("0.3.10")), [""; 0]);
}
