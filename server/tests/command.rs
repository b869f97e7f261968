//! The program as it is shipped: its refusals to start, its output, and the files that
//! it leaves behind.

#![allow(clippy::expect_used, reason = "a test fails by it")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");

/// Returns a command for the program in its own folder, without the caller's settings.
fn program(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crates-io-security"));
    let is_ours = |(name, _): &(std::ffi::OsString, _)| {
        let name = name.to_string_lossy();
        name.starts_with("SECURITY_") || name == "DATABASE_URL" || name == "RUST_LOG"
    };
    for (name, _) in std::env::vars_os().filter(is_ours) {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).args(arguments);
    command
}

fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

/// Returns options for the sample's files, as the operator's own advisory-db and index.
fn sources() -> Vec<String> {
    ["advisory-db", "index"]
        .into_iter()
        .flat_map(|source| [format!("--{source}"), format!("{SAMPLE}/{source}")])
        .collect()
}

/// Returns the message of a refusal to start.
fn refusal(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().expect("it runs");
    assert!(!status.success(), "it starts");
    String::from_utf8(stderr).expect("UTF-8")
}

/// Asserts that the database is a single file, which is not empty.
fn assert_in_one_file(folder: &Path) {
    let data = folder.join("data");
    let size = |name: &str| fs::metadata(data.join(name)).map_or(0, |file| file.len());
    assert!(size("crates-io-security.db") > 100_000);
    assert_eq!(size("crates-io-security.db-wal"), 0);
}

#[test]
fn refuses_to_start() {
    let folder = folder();
    let said = refusal(program(&folder, &["schema"]).env("RUST_LOG", "server=loud"));
    assert!(said.contains("invalid RUST_LOG \"server=loud\""), "{said}");

    let url = format!("sqlite:{}", folder.path().display());
    let said = refusal(&mut program(&folder, &["migrate", "--database-url", &url]));
    let expect = format!("database {}: it is a folder", folder.path().display());
    assert!(said.contains(&expect), "{said}");

    let sample = ["--advisory-db", "sample", "--tab-addr", "0.0.0.0:0"];
    let said = refusal(&mut program(&folder, &sample));
    assert!(
        said.contains("--advisory-db sample requires loopback"),
        "{said}"
    );
}

/// Returns all output of the program with these variables and arguments, including its
/// help and every line of the log.
fn said_with(variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let folder = folder();
    let proxy = "[http]\nproxy = \"http://hush:hush@127.0.0.1:1/\"\n";
    fs::write(folder.path().join("config.toml"), proxy).expect("written");
    let mut command = program(&folder, arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.ends_with("_proxy")) {
        command.env_remove(name);
    }
    command.env("CARGO_HOME", folder.path());
    command.env("RUST_LOG", "trace");
    command.envs(variables.iter().copied());
    let Output { stdout, stderr, .. } = command.output().expect("it runs");
    let said = [stdout, stderr].concat();
    let said = String::from_utf8(said).expect("UTF-8");
    format!("{variables:?}\n{said}")
}

/// The user, password and query of a URL never appear in the log, an error, or the help.
#[test]
fn credentials_are_never_said() {
    // A part of every secret, in plain text and in base64.
    let secrets = ["hush", "aHVzaDpodXNo"];
    let assert_silent = |said: &str| {
        let (_, said) = said.split_once('\n').unwrap_or_default();
        for secret in secrets {
            let line = said.lines().find(|line| line.contains(secret));
            assert_eq!(line, None);
        }
    };
    let advisory_db = (
        "SECURITY_ADVISORY_DB",
        "http://hush:hush@localhost:1/db?token=hush",
    );
    let index = (
        "SECURITY_INDEX",
        "sparse+http://hush:hush@localhost:1/index/",
    );
    let database = (
        "DATABASE_URL",
        "postgres://reader:hush@127.0.0.1:1/advisories",
    );
    let graphql = (
        "SECURITY_GRAPHQL_URL",
        "http://hush:hush@localhost:1/graphql",
    );
    let folder = format!("{SAMPLE}/advisory-db");
    let folder = ("SECURITY_ADVISORY_DB", folder.as_str());

    for command in ["serve", "sync", "migrate"] {
        let said = said_with(
            &[advisory_db, index, database, graphql],
            &[command, "--help"],
        );
        assert!(said.contains("--database-url"), "{said}");
        assert_silent(&said);
    }
    for (variables, arguments, expect) in [
        (
            &[advisory_db][..],
            &["sync"][..],
            "cannot fetch the advisory-db from http://localhost:1/db",
        ),
        (&[folder, index], &["sync"], "cannot reach the index"),
        (&[database], &["sync"], "advisories\" at 127.0.0.1:1"),
        (
            &[("SECURITY_ADVISORY_DB", "ssh://hush:hush@h/x")],
            &["sync"],
            "ssh://h/x is neither",
        ),
        (
            &[("SECURITY_ADVISORY_DB", "http://hush:hu/sh@h/x")],
            &["sync"],
            "http://\u{2026} is neither",
        ),
        (
            &[("SECURITY_INDEX", "git+http://hush:hush@h/x")],
            &["sync"],
            "git+http://h/x is not a sparse",
        ),
        (
            &[("DATABASE_URL", "mysql://hush:hush@h/x")],
            &["sync"],
            "--database-url must be",
        ),
        (
            &[("SECURITY_GRAPHQL_URL", "http://hush:hu/sh@h/x")],
            &["serve"],
            "--graphql-url",
        ),
    ] {
        let said = said_with(variables, arguments);
        assert!(said.contains(expect), "{said}");
        assert_silent(&said);
    }
}

#[test]
fn a_sync_leaves_one_file() {
    let folder = folder();
    let output = program(&folder, &["sync"]).args(sources()).output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.expect("it runs");
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let said = String::from_utf8(stdout).expect("UTF-8");
    assert!(said.contains("Now at revision 1."), "{said}");
    assert_in_one_file(folder.path());
}

/// SIGTERM ends it in good order, even during the only sync of `--sync-every 0`.
#[cfg(unix)]
#[test]
fn a_server_leaves_one_file() {
    let folder = folder();
    let addrs = ["--graphql-addr", "127.0.0.1:0", "--tab-addr", "127.0.0.1:0"];
    let mut server = program(&folder, &["serve", "--sync-every", "0"])
        .args(addrs)
        .args(sources())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
    let is_open = lines.any(|line| line.is_ok_and(|line| line.starts_with("The tab")));
    assert!(is_open, "the doors open");
    let killed = Command::new("kill").arg(server.id().to_string()).status();
    assert!(killed.is_ok_and(|status| status.success()));
    assert!(server.wait().expect("it ends").success());
    assert_in_one_file(folder.path());
}
