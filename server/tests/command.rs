//! The program as it is shipped: its refusals to start, its output, and the files that
//! it leaves behind.

#![allow(clippy::expect_used, reason = "a test fails by it")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
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

/// An error that prevents the start names the mistake and the next step, on one line.
#[test]
fn refuses_to_start() {
    let folder = folder();
    let here = folder.path().display().to_string();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("its address").to_string();
    let url = format!("sqlite:{here}");
    let advisory_db = format!("{SAMPLE}/advisory-db");
    let mut others = Vec::new();
    for (arguments, expect) in [
        (
            &["migrate", "--database-url", "data.db"][..],
            "--database-url must be `sqlite:PATH` or `postgres://USER@HOST/NAME`",
        ),
        (
            &["migrate", "--database-url", &url],
            "cannot open the SQLite database HERE: it is a folder; check --database-url",
        ),
        (
            &["serve", "--database-url", "postgres://u@127.0.0.1:1/tab"],
            "cannot open the PostgreSQL database \"tab\" at 127.0.0.1:1: Connection refused; \
             check --database-url",
        ),
        (
            &["serve", "--tab-addr", &taken],
            "cannot listen on TAKEN: Address already in use; stop the process \
             that listens there, or choose another address with --tab-addr",
        ),
        (
            &[
                "serve",
                "--tab-addr",
                "192.0.2.1:4001",
                "--graphql-addr",
                "unix:a.sock",
            ],
            "cannot listen on 192.0.2.1:4001: Cannot assign requested address; \
             choose an address of this machine with --tab-addr",
        ),
        (
            &["serve", "--dev", "--tab-addr", "0.0.0.0:0"],
            "--dev requires loopback addresses, such as 127.0.0.1:4001; 0.0.0.0:0 is not one. \
             Leave out --dev to serve other machines",
        ),
        (
            &["serve", "--graphql-addr", "0.0.0.0:0"],
            "--graphql-addr 0.0.0.0:0 is not a loopback address and needs a secret: set \
             --graphql-secret-file or SECURITY_GRAPHQL_SECRET",
        ),
        (
            &[
                "serve",
                "--advisory-db",
                "sample",
                "--tab-addr",
                "0.0.0.0:0",
            ],
            "--advisory-db sample requires loopback addresses; other machines are never shown \
             the sample",
        ),
        (
            &["serve", "--advisory-db", "/no/such"],
            "cannot start without data: /no/such is not a readable advisory-db: expected a \
             folder `crates` with advisories, as in a clone of RustSec's repository",
        ),
        (
            &["serve", "--advisory-db", &here, "--index", "none"],
            "cannot start without data: HERE is not a readable advisory-db: expected a folder \
             `crates` with advisories, as in a clone of RustSec's repository",
        ),
        (
            &[
                "sync",
                "--advisory-db",
                "git@example.com:rustsec/advisory-db",
            ],
            "--advisory-db: git@example.com:rustsec/advisory-db is neither a folder nor a URL \
             as in `https://…` or `file://…`",
        ),
        (
            &["sync", "--advisory-db", "http://127.0.0.1:1/advisory-db"],
            "sync failed; the database is unchanged: cannot fetch the advisory-db from \
             http://127.0.0.1:1/advisory-db; check the address and the network, or give \
             --advisory-db a folder",
        ),
        (
            &["sync", "--advisory-db", &advisory_db, "--index", "/no/such"],
            "sync failed; the database is unchanged: cannot read the index /no/such: it is not \
             a folder; check --index",
        ),
        (
            &["sync", "--index", "https://example.com/"],
            "--index: https://example.com/ is not a sparse index; use the form \
             `sparse+https://…`",
        ),
        (
            &["sync", "--all-crates"],
            "--all-crates requires --index to be a folder in the plain layout, such as a clone \
             of crates.io-index",
        ),
        (
            &["serve", "--documents", "/no/such"],
            "cannot register the documents: cannot read /no/such: No such file or directory",
        ),
        (
            &["serve", "--graphql-secret-file", "/no/such"],
            "cannot load the internal door's secret: cannot read /no/such: No such file or \
             directory",
        ),
        (
            &["serve", "--tab-addr", "4001"],
            "invalid value '4001' for '--tab-addr <ADDR>': expected an address with a port, \
             such as 127.0.0.1:4001",
        ),
        (
            &["serve", "--graphql-addr", "localhost:4000"],
            "invalid value 'localhost:4000' for '--graphql-addr <ADDR>': expected an address \
             with a port, such as 127.0.0.1:4000, or unix:PATH",
        ),
        (&["sreve"], "unrecognized subcommand 'sreve'"),
    ] {
        let said = refusal(program(&folder, arguments).env("RUST_LOG", "off"));
        let line = said.lines().next().unwrap_or_default();
        let line = line.replace(&here, "HERE").replace(&taken, "TAKEN");
        // Remove the error number, which depends on the operating system.
        let (words, rest) = line.split_once(" (os error ").unwrap_or((&line, ")"));
        let line = words.to_owned() + rest.split_once(')').map_or("", |(_, rest)| rest);
        if line != format!("error: {expect}") {
            others.push(format!("{arguments:?}: {line}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));

    let said = refusal(program(&folder, &["schema"]).env("RUST_LOG", "info,server=loud"));
    assert!(
        said.contains("invalid directive \"server=loud\" in RUST_LOG"),
        "{said}"
    );
}

/// Without a network, the first run shows the sample, and the greeting says so.
#[test]
fn a_first_run_offline() {
    let folder = folder();
    let mut server = program(&folder, &["serve", "--dev", "--sync-every", "0"])
        .args(["--advisory-db", "http://127.0.0.1:1/advisory-db"])
        .args(["--graphql-addr", "127.0.0.1:0", "--tab-addr", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let lines = |output: Option<Box<dyn Read>>| BufReader::new(output.expect("its output")).lines();
    let (stdout, stderr) = (server.stdout.take(), server.stderr.take());
    let mut stdout = lines(stdout.map(|it| Box::new(it) as Box<dyn Read>));
    let mut stderr = lines(stderr.map(|it| Box::new(it) as Box<dyn Read>));
    let mut said = String::new();
    while !said.contains("Ctrl-C") {
        said += &stdout.next().expect("a greeting").expect("text");
        said += "\n";
    }
    for part in [
        "/crates/openssl/security?version=0.10.8\n",
        "the bundled sample: 95 advisories on 50 crates",
        "until http://127.0.0.1:1/advisory-db has been read; offline, it stays",
        "in sqlite:data/crates-io-security.db\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let failure = stderr.find(|line| {
        line.as_ref()
            .is_ok_and(|line| line.contains("sync failed; the database is unchanged"))
    });
    let failure = failure.expect("a line of the log").expect("text");
    assert!(
        failure.contains("check the address and the network"),
        "{failure}"
    );
    drop(server.kill());
    drop(server.wait());
}

/// Returns all output of the program with these variables and arguments: its help, its errors
/// and every line of the log.
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

/// An index folder without any of the crates causes a warning, because it is probably the
/// wrong folder.
#[test]
fn a_folder_that_is_not_an_index() {
    let folder = folder();
    let advisory_db = format!("{SAMPLE}/advisory-db");
    let sources = ["--advisory-db", &advisory_db, "--index", SAMPLE];
    let output = program(&folder, &["sync"]).args(sources).output();
    let Output { status, stderr, .. } = output.expect("it runs");
    assert!(status.success());
    let said = String::from_utf8(stderr).expect("UTF-8");
    let warning = "the index has none of the crates; check --index";
    assert!(said.contains(warning), "{said}");
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
