//! The metrics that monitoring reads.

use integration_tests::{CONNECTIONS, SYNCED_AT, TestDatabase};
use sea_orm::DatabaseConnection;
use server::sync::{Guard, Sources};
use server::telemetry::metrics::read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use time::Duration;

/// A sync that commits between two statements is never half visible: the data's
/// status and the outcome of the last attempt are from one state of the database.
#[tokio::test(flavor = "multi_thread")]
async fn one_state_of_the_database() {
    for (database, _server) in TestDatabase::each("one state for metrics").await {
        let folders = integration_tests::fixture::Folders::new();
        let sources = folders.sources();
        database.sync(&sources).await.expect("the sync");
        let mut db = database.db.clone();
        let is_first = Arc::new(AtomicBool::new(true));
        let (url, is_done) = (database.url.clone(), is_first.clone());
        db.set_metric_callback(move |_| {
            if is_done.swap(false, Ordering::Relaxed) {
                let (url, sources) = (url.clone(), sources.clone());
                let synced = std::thread::spawn(move || sync_an_hour_later(&url, &sources));
                synced.join().expect("the sync between two statements");
            }
        });
        assert_eq!(times(&db).await, (SYNCED_AT, SYNCED_AT));
        assert!(!is_first.load(Ordering::Relaxed), "something was read");
        let later = SYNCED_AT + Duration::HOUR;
        assert_eq!(times(&db).await, (later, later));
    }
}

/// Returns the times of the last good sync and of the last attempt.
async fn times(db: &DatabaseConnection) -> (time::OffsetDateTime, time::OffsetDateTime) {
    let (status, attempt) = read(db).await.expect("the database");
    (
        status.expect("a status").synced_at,
        attempt.expect("an attempt").tried_at,
    )
}

#[tokio::main(flavor = "current_thread")]
async fn sync_an_hour_later(url: &str, sources: &Sources) {
    let db = server::database::open(url, CONNECTIONS).await;
    let db = db.expect("the database opens");
    let later = SYNCED_AT + Duration::HOUR;
    let synced = server::sync::run(&db, sources, &Guard::default(), later).await;
    synced.expect("the sync");
}
