//! Opens the database: SQLite by default, PostgreSQL by URL.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, Statement, TransactionTrait,
};
use std::path::Path;
use std::time::Duration;

/// The scheme of an SQLite URL.
const SQLITE: &str = "sqlite:";

/// Opens the database at `url` (`sqlite:PATH` or `postgres://…`); an SQLite
/// file and its folder are made when missing. There are up to so many
/// connections: a sync holds one for minutes, while it waits for the network, and
/// SeaORM would open a single one to SQLite.
///
/// # Errors
/// [`DbErr`] when it cannot be opened. It may hold the driver's words: for the
/// operator's log, never for a client.
pub async fn open(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    if let Some(path) = url.strip_prefix(SQLITE) {
        let path = path.trim_start_matches("//");
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        make_folder(Path::new(path))?;
    }
    options
        .sqlx_logging(false)
        .max_connections(connections)
        .connect_timeout(Duration::from_secs(5))
        .acquire_timeout(Duration::from_secs(5))
        .map_sqlx_sqlite_opts(|options| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            options
                .create_if_missing(true)
                .foreign_keys(true)
                // Readers go on while the sync writes.
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
        });
    Database::connect(options).await
}

/// The key of PostgreSQL's advisory lock for migrations.
const MIGRATIONS: i64 = 0x5ec0_7ab1_5ec0_7ab1;

/// Brings the tables up to date. Servers that start together do it one after
/// another, and all but the first find nothing to do.
///
/// # Errors
/// [`DbErr`]; for the operator's log.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    let lock = match db.get_database_backend() {
        DbBackend::Sqlite => None,
        backend => {
            let lock = db.begin().await?;
            let statement = "SELECT pg_advisory_xact_lock($1)";
            let statement = Statement::from_sql_and_values(backend, statement, [MIGRATIONS.into()]);
            lock.query_one_raw(statement).await?;
            Some(lock)
        }
    };
    Migrator::up(db, None).await?;
    match lock {
        Some(lock) => lock.rollback().await,
        None => Ok(()),
    }
}

/// Begins a read that sees one state of the database from its first statement
/// to its last, whatever a sync commits meanwhile.
///
/// # Errors
/// [`DbErr`] when no connection is to be had.
pub async fn begin_read(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    match db.get_database_backend() {
        // A deferred transaction in WAL mode is a snapshot already.
        DbBackend::Sqlite => db.begin().await,
        _ => {
            let isolation = Some(IsolationLevel::RepeatableRead);
            db.begin_with_config(isolation, Some(AccessMode::ReadOnly))
                .await
        }
    }
}

fn make_folder(file: &Path) -> Result<(), DbErr> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| DbErr::Custom(format!("{}: {error}", folder.display()))),
        _ => Ok(()),
    }
}
