//! Up and down, on an empty database and on one with data.

use integration_tests::fixture::Folders;
use integration_tests::rows::{rows, sync_as_from_empty};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, postgres, skip};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use server::database;
use server::entity::{data_status, krate, version};
use server::sync::{self, Guard, Sources};
use time::Duration;

/// The number of migrations from the one that made the verdicts a list, inclusive.
const SINCE_THE_LIST: u32 = 4;

/// The number of migrations from the one that added the Rust versions, inclusive.
const SINCE_THE_RUST_VERSION: u32 = 2;

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

/// Migrating a database keeps its verdicts, without a sync.
#[tokio::test]
async fn verdicts_are_converted() {
    for (database, _server) in TestDatabase::each("verdicts").await {
        let db = &database.db;
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        let verdicts = async || {
            let mut rows = rows(&database).await;
            rows.retain(|row| row.contains(" affects "));
            rows
        };
        let known = verdicts().await;
        let pairs = known.len();
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

        migrate_up(&database).await;
        assert_eq!(verdicts().await, known);
        sync_as_from_empty(&database, &Sources::sample()).await;
        assert_eq!(verdicts().await, known);
    }
}

/// Migrates as a newer version does, on its own connection: to add a column, SQLite uses
/// its connection's view of the table, which may be old.
async fn migrate_up(database: &TestDatabase) {
    let db = database::open(&database.url, 1)
        .await
        .expect("a connection");
    Migrator::up(&db, None).await.expect("up again");
}

/// A database that an older version has filled gets its Rust versions with the next
/// sync, although no file has changed, even if an unchanged index would not be listed
/// again.
#[tokio::test]
async fn rust_versions_come_with_the_next_sync() {
    for (database, _server) in TestDatabase::each("rust versions").await {
        let db = &database.db;
        let folders = Folders::new();
        let line = r#"{"name":"widget","vers":"1.0.0","rust_version":"1.63"}"#;
        folders.write("index/wi/dg/widget", line);
        folders.write("index/config.json", "{}");
        let sources = Sources {
            all_crates: true,
            ..folders.sources()
        };
        // All files are unchanged for long enough by then.
        let later = SYNCED_AT + Duration::weeks(5000);
        let sync = async || {
            let report = sync::run(db, &sources, &Guard::default(), later).await;
            report.expect("the sync")
        };
        let rust_version = async || {
            let version = version::Entity::find().one(db).await.expect("versions");
            version.expect("a version").rust_version
        };
        sync().await;
        assert_eq!(rust_version().await.as_deref(), Some("1.63"));
        assert!(!sync().await.is_changed);

        Migrator::down(db, Some(SINCE_THE_RUST_VERSION))
            .await
            .expect("an older version");
        migrate_up(&database).await;
        assert_eq!(rust_version().await, None);
        let report = sync().await;
        assert_eq!(report.versions.changed, ["widget@1.0.0"]);
        assert_eq!(rust_version().await.as_deref(), Some("1.63"));
        assert!(!sync().await.is_changed);
    }
}

/// Several servers start together on an empty database.
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

/// A revision that an older release has written gets an id with the migration, and the
/// next revision gets another one.
#[tokio::test]
async fn a_revision_has_an_id() {
    for (database, _server) in TestDatabase::each("a revision has an id").await {
        let db = &database.db;
        let folders = Folders::new();
        let id = async || {
            let synced = database.sync(&folders.sources()).await;
            synced.expect("the sync");
            let status = data_status::Entity::current().one(db).await;
            let id = status.expect("a status").expect("a row").revision_id;
            id.filter(|id| id.len() == 32).expect("an id")
        };
        let first = id().await;
        assert_eq!(id().await, first, "nothing has changed");
        Migrator::down(db, Some(1)).await.expect("an older version");
        migrate_up(&database).await;
        let migrated = id().await;
        assert_ne!(migrated, first);
        folders.advisory("crates/widget/RUSTSEC-2024-0002", "patched = []");
        assert_ne!(id().await, migrated);
    }
}

/// A server starts, reads and syncs on tables that the next release has migrated, as
/// long as that has only added: a row among the migrations, and a column to each table.
#[tokio::test]
async fn tables_of_the_next_release() {
    for (database, _server) in TestDatabase::each("tables of the next release").await {
        let folders = Folders::new();
        database.sync(&folders.sources()).await.expect("the sync");
        let tables = [
            "crates",
            "versions",
            "advisories",
            "data_status",
            "skipped_files",
            "sync_attempts",
        ];
        let statements = tables.map(|table| format!("ALTER TABLE {table} ADD COLUMN newer text"));
        for statement in &statements {
            let altered = database.db.execute_unprepared(statement).await;
            altered.expect(statement);
        }
        note_migration(&database, "m29991231_000001_newer").await;

        let app = TestApp::over(database, SYNCED_AT).await;
        let page = app.tab("/security-tab/widget").await;
        assert!(page.body.contains("RUSTSEC-2024-0001"), "{}", page.body);
        folders.advisory("crates/widget/RUSTSEC-2024-0002", "patched = []");
        let synced = app.database.sync(&folders.sources()).await;
        assert_eq!(synced.expect("the sync").revision, 2);
        let page = app.tab("/security-tab/widget").await;
        assert!(page.body.contains("RUSTSEC-2024-0002"), "{}", page.body);
    }
}

/// Tables from any other program are refused, with the names of the unknown migrations.
#[tokio::test]
async fn tables_of_another_program() {
    for (database, _server) in TestDatabase::each("tables of another program").await {
        note_migration(&database, "m20200101_000001_other").await;
        let refused = database::migrate(&database.db).await;
        let said = refused.expect_err("refused").to_string();
        assert!(said.contains("m20200101_000001_other"), "{said}");
    }
}

async fn note_migration(database: &TestDatabase, name: &str) {
    let row = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', 0)");
    let noted = database.db.execute_unprepared(&row).await;
    noted.expect("a row");
}

/// The database rejects rows that would contradict each other.
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
