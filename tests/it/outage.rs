//! A database, or GraphQL in another process, that hangs, is gone or is damaged.

use super::log::Log;
use futures_util::FutureExt;
use integration_tests::host::Host;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, get, postgres, remote_tab_door, skip};
use sea_orm::ConnectionTrait;
use server::http::{self, Connections};
use server::sync::Sources;
use std::fs;
use std::future::pending;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// A database that hangs or is gone gives a clear error in time, and the tab shows its
/// former pages. After both, the service recovers by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_or_is_gone() {
    let test = "a_database_that_hangs_or_is_gone";
    let Some(mut postgres) = postgres::Server::alone().await else {
        return skip::without_program(test, "PostgreSQL");
    };
    let database = TestDatabase::postgres(&postgres).await;
    database
        .sync(&Sources::sample())
        .await
        .expect("the sample syncs");
    let app = TestApp::over(database, SYNCED_AT).await;
    let catalog = app.engine().catalog().clone();
    tokio::spawn(async move { catalog.follow().await });
    let (tab, internal) = (app.tab_door(), app.internal_door());
    let get = async |router: &axum::Router, path: &str| {
        let begin = Instant::now();
        let reply = integration_tests::get(router.clone(), path).await;
        assert!(
            begin.elapsed() < Duration::from_secs(9),
            "{path}: {:?}",
            begin.elapsed()
        );
        reply
    };
    let good = get(&tab, "/security-tab/openssl").await;
    assert_eq!(good.status, 200);

    for (fault, unseen) in [
        ("hangs", "/security-tab/wasmtime"),
        ("is gone", "/security-tab/rsa"),
    ] {
        match fault {
            "hangs" => postgres.suspend(),
            _ => postgres.stop(),
        }
        // Other parameters of the query do not make another tab.
        let kept = get(&tab, "/security-tab/openssl?from=search").await;
        assert_eq!(
            (kept.status.as_u16(), &kept.body),
            (200, &good.body),
            "{fault}"
        );
        let other = get(&tab, unseen).await;
        assert_eq!(other.status, 503, "{fault}");
        assert!(
            other.body.contains("cannot be shown right now"),
            "{}",
            other.body
        );
        // After the outage is known, no visitor waits for the database: the page is
        // ready at the first poll.
        let again = get(&tab, "/security-tab/openssl").now_or_never();
        let again = again.expect("at once");
        assert_eq!((again.status.as_u16(), &again.body), (200, &good.body));
        assert!(again.headers.contains_key("x-security-stale"), "{fault}");
        let health = get(&internal, "/health").await;
        let said = (health.status.as_u16(), health.body.as_str());
        assert_eq!(said, (503, "the database does not respond"), "{fault}");

        match fault {
            "hangs" => postgres.resume(),
            _ => postgres.start_again().await,
        }
        let begin = Instant::now();
        loop {
            let back = get(&tab, unseen).await;
            if back.status == 200 {
                break;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(30),
                "{fault}: it does not recover"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let back = get(&tab, "/security-tab/openssl").await;
        assert_eq!(
            (back.status.as_u16(), &back.body),
            (200, &good.body),
            "{fault}"
        );
        assert!(!back.headers.contains_key("x-security-stale"), "{fault}");
    }
}

/// While GraphQL is unreachable the log says so once, for any number of visitors, and
/// once again when it is back.
#[tokio::test]
async fn graphql_out_of_reach() {
    let log = Log::default();
    let _logging = log.keep();
    let lines = |level: &str| {
        let level = format!("\"level\":\"{level}\"");
        let text = log.text();
        let lines = text.lines().filter(|line| line.contains(&level));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    drop(listener);
    let url = format!("http://hush:hush@{addr}/graphql");
    let door = remote_tab_door(&url, &[]).await;
    for _ in 0..50 {
        let reply = get(door.clone(), "/security-tab/openssl").await;
        assert_eq!(reply.status, 503);
    }
    let errors = lines("ERROR");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].contains("cannot reach GraphQL"), "{errors:?}");

    let listener = TcpListener::bind(addr).await.expect("the same port");
    let internal = TestApp::with_sample().await.internal_door();
    tokio::spawn(http::serve(
        listener,
        internal,
        Connections::DEFAULT,
        pending(),
    ));
    // The next check, within a second, finds it.
    let begin = Instant::now();
    while get(door.clone(), "/security-tab/openssl").await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", log.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let back = lines("INFO").into_iter();
    let back: Vec<String> = back
        .filter(|line| line.contains("reachable again"))
        .collect();
    assert_eq!(back.len(), 1, "{back:#?}");
    assert_eq!(lines("ERROR").len(), 1);
    assert!(!log.text().contains("hush"), "{}", log.text());
}

/// A tab door whose GraphQL has lost its database marks its pages until the database is back.
#[tokio::test]
async fn the_database_behind_graphql() {
    let app = TestApp::with_sample().await;
    let host = Host::over(app.internal_door()).await;
    let door = remote_tab_door(&host.url("/graphql"), &[]).await;
    let page = "/security-tab/openssl";
    let until = async |is_marked: bool| {
        let begin = Instant::now();
        loop {
            drop(app.engine().catalog().look().await);
            let reply = get(door.clone(), page).await;
            let is_so = reply.headers.contains_key("x-security-stale") == is_marked;
            if reply.status == 200 && is_so {
                return reply.body;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "{reply:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let good = until(false).await;
    for (table, name, is_marked) in [
        ("data_status", "away", true),
        ("away", "data_status", false),
    ] {
        let rename = format!("ALTER TABLE {table} RENAME TO {name}");
        let renamed = app.database.db.execute_unprepared(&rename).await;
        renamed.expect("a table is renamed");
        assert_eq!(until(is_marked).await, good);
    }
}

/// A file whose pages SQLite did not write is not healthy, although it is open and
/// answers.
#[tokio::test]
async fn a_damaged_database() {
    let database = TestDatabase::sqlite().await;
    database
        .sync(&Sources::sample())
        .await
        .expect("the sample syncs");
    let path = database.url.trim_start_matches("sqlite:").to_owned();
    // It has its own connections, which have read almost nothing yet.
    let app = TestApp::over(database, SYNCED_AT).await;
    let health = integration_tests::get(app.internal_door(), "/health").await;
    assert_eq!(health.status, 200, "{}", health.body);

    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let done = app.database.db.execute_unprepared(checkpoint).await;
    done.expect("all is in one file");
    let mut bytes = fs::read(&path).expect("the file");
    for (at, byte) in bytes.iter_mut().enumerate().skip(4096) {
        *byte = (at * 31 % 251) as u8;
    }
    fs::write(&path, bytes).expect("damaged");
    let page = app.tab("/security-tab/openssl").await;
    assert_eq!(page.status, 503, "{}", page.body);
    let health = integration_tests::get(app.internal_door(), "/health").await;
    assert_eq!(health.status, 503, "{}", health.body);
}
