//! Opening the database succeeds or fails with a reason, and closing it leaves a
//! single file.

use integration_tests::rows::rows;
use integration_tests::skip::note;
use integration_tests::{CONNECTIONS, TestDatabase};
use server::database::{OpenError, close, open};
use server::sync::Sources;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Returns the reason of an error without the advice after it.
async fn refusal(url: &str) -> String {
    let refused = open(url, 1).await.expect_err(url).to_string();
    let reason = refused.strip_suffix("; check --database-url");
    reason.expect("the advice").to_owned()
}

/// The error names PostgreSQL's host and port and the reason, without a password.
#[tokio::test]
async fn postgresql_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address").to_string();
    let silent = format!("postgres://reader:hush@{addr}/advisories");
    let (refused, silent) = tokio::join!(
        refusal("postgres://reader:hush@127.0.0.1:1/advisories"),
        refusal(&silent),
    );
    assert_eq!(
        refused,
        "cannot open the PostgreSQL database \"advisories\" at 127.0.0.1:1: \
         Connection refused (os error 111)"
    );
    assert_eq!(
        silent.replace(&addr, "ADDR"),
        "cannot open the PostgreSQL database \"advisories\" at ADDR: no answer within 5s"
    );
}

#[tokio::test]
async fn urls_of_no_database() {
    for url in [
        "",
        "data.db",
        "mysql://root:hush@localhost/x",
        "postgres://[",
        "postgres:x",
    ] {
        let refused = open(url, 1).await;
        assert_eq!(refused.err(), Some(OpenError::NotADatabase), "{url}");
    }
}

/// The error names SQLite's path and the reason of the file system.
#[tokio::test]
async fn sqlite_that_cannot_be_opened() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(path("folder")).expect("a folder");
    fs::write(
        path("file"),
        "not a database, and longer than a header of one: ".repeat(9),
    )
    .expect("a file");
    for (name, reason) in [
        ("folder", "it is a folder"),
        (
            "file/x.db",
            "cannot create its folder: File exists (os error 17)",
        ),
    ] {
        let said = refusal(&format!("sqlite:{}", path(name))).await;
        let expect = format!("cannot open the SQLite database {}: {reason}", path(name));
        assert_eq!(said, expect);
    }
    let said = refusal(&format!("sqlite:{}", path("file"))).await;
    assert!(
        said.contains(&path("file")) && said.contains("not a database"),
        "{said}"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);

    let readable = fs::Permissions::from_mode(0o444);
    fs::set_permissions(path("file"), readable).expect("ours");
    if fs::OpenOptions::new()
        .append(true)
        .open(path("file"))
        .is_ok()
    {
        return note("skipped a file without permission: this user needs none");
    }
    let said = refusal(&format!("sqlite:{}", path("file"))).await;
    assert!(
        said.ends_with("file: Permission denied (os error 13)"),
        "{said}"
    );
}

/// A copy of the single file is the whole database.
#[tokio::test]
async fn closed_into_one_file() {
    let database = TestDatabase::sqlite().await;
    database
        .sync(&Sources::sample())
        .await
        .expect("the sample syncs");
    let before = rows(&database).await;
    close(database.db.clone()).await;

    let path = database.url.trim_start_matches("sqlite:");
    let folder = TempDir::new().expect("a temporary folder");
    let copy = folder.path().join("copy.db");
    fs::copy(path, &copy).expect("a copy");
    let url = format!("sqlite:{}", copy.display());
    let db = open(&url, CONNECTIONS).await.expect("the copy opens");
    let mut copied = database;
    copied.db = db;
    assert_eq!(rows(&copied).await, before);
}
