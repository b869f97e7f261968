//! A database that hangs or is gone, and comes back.

use integration_tests::{SYNCED_AT, TestApp, TestDatabase, postgres, skip};
use server::sync::Sources;
use std::time::{Duration, Instant};

/// A database that hangs gives a clear error in time; the tab shows what it
/// showed before. The same for one that is gone. Both come back by themselves.
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
        // What else the query says makes no other tab.
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
        let health = get(&internal, "/health").await;
        let said = (health.status.as_u16(), health.body.as_str());
        assert_eq!(said, (503, "the database does not answer"), "{fault}");

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
