//! Up and down, on an empty database and on one that holds data.

use integration_tests::rows::rows;
use integration_tests::{TestDatabase, postgres, skip};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use server::database;
use server::entity::krate;
use server::sync::Sources;

/// The migrations since the one that made the verdicts a list, that one included.
const SINCE_THE_LIST: u32 = 2;

#[tokio::test]
async fn up_down_and_up_again_with_data() {
    for (database, _server) in TestDatabase::each("migrations").await {
        let db = &database.db;
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");

        Migrator::down(db, None)
            .await
            .expect("every migration can be taken back");
        assert!(
            krate::Entity::find().all(db).await.is_err(),
            "the tables are gone"
        );
        Migrator::up(db, None).await.expect("and applied again");

        let report = database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        assert_eq!(report.revision, 1, "nothing of the old data is left");
    }
}

/// The verdicts of a database that is migrated are the ones that it had, before any
/// sync.
#[tokio::test]
async fn verdicts_are_converted() {
    for (database, _server) in TestDatabase::each("verdicts").await {
        let db = &database.db;
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        let known = rows(&database).await;
        let is_verdict = |row: &&String| row.contains(" affects ");
        let pairs = known.iter().filter(is_verdict).count();
        assert!(pairs > 100, "{pairs}");

        Migrator::down(db, Some(SINCE_THE_LIST))
            .await
            .expect("back to links");
        let links = "SELECT COUNT(*) AS links FROM affected_versions \
                     JOIN advisories ON advisories.id = affected_versions.advisory_id \
                     JOIN versions ON versions.id = affected_versions.version_id \
                     WHERE versions.crate_id = advisories.crate_id";
        let links = db.query_one_raw(Statement::from_string(db.get_database_backend(), links));
        let links = links.await.expect("the links").expect("a row");
        let links: i64 = links.try_get("", "links").expect("a number");
        assert_eq!(usize::try_from(links), Ok(pairs));

        Migrator::up(db, None).await.expect("up again");
        assert_eq!(rows(&database).await, known);
        let report = database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        assert!(!report.is_changed, "{report}");
    }
}

/// Servers that start together on an empty database.
#[tokio::test(flavor = "multi_thread")]
async fn several_servers_at_once() {
    let test = "several_servers_at_once";
    let Some(server) = postgres::server().await else {
        return skip::without_program(test, "PostgreSQL");
    };
    let url = server.create_database().await;
    let starts = (0..4).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let db = database::open(&url, 2).await.expect("a connection");
            database::migrate(&db).await
        })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.expect("it runs").expect("the migrations run");
    }
}

/// The database refuses what would make it contradict itself.
#[tokio::test]
async fn keys_are_kept_by_the_database() {
    for (database, _server) in TestDatabase::each("keys").await {
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        for statement in [
            "INSERT INTO crates (id, name, lookup_name) VALUES (9999, 'OpenSSL', 'openssl')",
            "INSERT INTO versions (id, crate_id, num, is_yanked) VALUES (99999, 88888, '1.0.0', false)",
            "INSERT INTO versions (id, crate_id, num, is_yanked) \
             SELECT 99999, crate_id, num, false FROM versions LIMIT 1",
            "DELETE FROM crates WHERE lookup_name = 'openssl'",
        ] {
            let refused = database.db.execute_unprepared(statement).await;
            assert!(refused.is_err(), "not refused: {statement}");
        }
    }
}
