//! Opens the database: SQLite by default, PostgreSQL by URL.

use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx;
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, RuntimeErr, Statement, TransactionTrait,
};
use sqlx::postgres::PgConnectOptions;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;

/// The timeout of a connection attempt.
const CONNECT: Duration = Duration::from_secs(5);

/// The number of rows that SQLite's thread reads ahead of the waiting task. With few, the
/// two spend most of their time waking each other.
const ROWS_AT_ONCE: usize = 1000;

/// The time to ask PostgreSQL once more, for the reason of a failure.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// The time limit for closing the database.
const CLOSE: Duration = Duration::from_secs(5);

/// The database cannot be opened. The error names the place without a password, and
/// contains the driver's message: it is for the operator's log, never for a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The URL is not that of a supported database.
    #[error("--database-url must be `sqlite:PATH` or `postgres://USER@HOST/NAME`")]
    NotADatabase,
    /// The database does not exist or cannot be opened.
    #[error("cannot open {place}: {cause}; check --database-url")]
    Closed {
        /// The kind of database and its place.
        place: String,
        /// The cause.
        cause: String,
    },
}

/// The place of a database.
enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Opens the database at `url` (`sqlite:PATH` or `postgres://…`). Creates an SQLite file
/// and its folder if they are missing. Opens at most `connections` connections: a sync
/// holds one for minutes, while it waits for the network.
///
/// # Errors
/// Returns [`OpenError`].
pub async fn open(url: &str, connections: u32) -> Result<DatabaseConnection, OpenError> {
    let place = Place::parse(url)?;
    let closed = |cause| OpenError::Closed {
        place: place.to_string(),
        cause,
    };
    if let Place::Sqlite(path) = &place {
        make_folder(path).map_err(closed)?;
    }
    let mut options = place.options(url);
    options
        .sqlx_logging(false)
        .max_connections(connections)
        .connect_timeout(CONNECT)
        .acquire_timeout(CONNECT)
        .map_sqlx_sqlite_opts(|options| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            options
                .create_if_missing(true)
                .foreign_keys(true)
                // Readers continue while the sync writes.
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .row_buffer_size(ROWS_AT_ONCE)
                .busy_timeout(Duration::from_secs(5))
        });
    match Database::connect(options).await {
        Ok(db) => Ok(db),
        Err(error) => Err(closed(place.cause(&error).await)),
    }
}

/// Closes the database. Afterwards, all data of SQLite is in its single file, unless
/// another process has it open; until then, recent data is in `-wal`.
pub async fn close(db: DatabaseConnection) {
    let closing = async {
        if db.get_database_backend() == DbBackend::Sqlite {
            db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                .await?;
        }
        db.close().await
    };
    match timeout(CLOSE, closing).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "cannot close the database"),
        Err(_) => tracing::warn!("closing the database took longer than {CLOSE:?}; giving up"),
    }
}

impl Place {
    fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            let path = path.split_once('?').map_or(path, |(path, _)| path);
            return Ok(Self::Sqlite(path.into()));
        }
        let is_postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let options = url.parse().ok().filter(|_| is_postgres);
        let options = options.ok_or(OpenError::NotADatabase)?;
        Ok(Self::Postgres(Box::new(options)))
    }

    /// Returns the options for a connection. SeaORM may log their URL, so they do not
    /// include that of PostgreSQL, which may contain a password.
    fn options(&self, url: &str) -> ConnectOptions {
        match self {
            Self::Sqlite(_) => ConnectOptions::new(url),
            Self::Postgres(parsed) => {
                let parsed = sqlx::ConnectOptions::disable_statement_logging(*parsed.clone());
                let mut options = ConnectOptions::new("postgres://localhost");
                options.map_sqlx_postgres_opts(move |_| parsed.clone());
                options
            }
        }
    }

    /// Returns the cause of a failure to open it.
    async fn cause(&self, error: &DbErr) -> String {
        match self {
            Self::Sqlite(path) => in_the_way_of(path).unwrap_or_else(|| error.to_string()),
            Self::Postgres(options) if is_timeout(error) => ask(options).await,
            Self::Postgres(_) => error.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "the SQLite database {}", path.display()),
            Self::Postgres(options) => {
                let name = options.get_database().unwrap_or(options.get_username());
                write!(f, "the PostgreSQL database {name:?} at ")?;
                match options.get_socket() {
                    Some(socket) => write!(f, "{}", socket.display()),
                    None => write!(f, "{}:{}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

/// Returns true if no connection was made in time. The pool retries a refused connection,
/// because PostgreSQL may be about to start, and forgets the reason.
fn is_timeout(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error)) => matches!(**error, sqlx::Error::PoolTimedOut),
        _ => false,
    }
}

/// Tries a connection to PostgreSQL to learn the reason of a failure.
async fn ask(options: &PgConnectOptions) -> String {
    match timeout(ASK_AGAIN, sqlx::ConnectOptions::connect(options)).await {
        Ok(Ok(_)) => format!("no answer within {CONNECT:?}, but it answers now; try again"),
        Ok(Err(sqlx::Error::Io(error))) => error.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {CONNECT:?}"),
    }
}

/// Returns the reason why the file system does not allow this file: SQLite says only that
/// it cannot open it.
fn in_the_way_of(path: &Path) -> Option<String> {
    if path.is_dir() {
        return Some("it is a folder".to_owned());
    }
    let opened = OpenOptions::new().read(true).append(true).open(path);
    if let Err(error) = opened {
        return Some(error.to_string());
    }
    // SQLite makes two more files beside it.
    let beside = path.with_added_extension("writable");
    let made = OpenOptions::new()
        .append(true)
        .create_new(true)
        .open(&beside);
    match made {
        Ok(_) => {
            drop(std::fs::remove_file(&beside));
            None
        }
        Err(error) => Some(format!("cannot write to its folder: {error}")),
    }
}

/// The key of PostgreSQL's advisory lock for migrations.
const MIGRATIONS: i64 = 0x5ec0_7ab1_5ec0_7ab1;

/// Brings the tables up to date. Servers that start together take turns, and all but the
/// first find nothing to do. Leaves tables that a later release has migrated unchanged,
/// because a release keeps them usable for the previous one.
///
/// # Errors
/// Returns [`DbErr`], for the operator's log.
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
    match later_migrations(db).await? {
        later if later.is_empty() => Migrator::up(db, None).await?,
        later => tracing::warn!(?later, "the tables are of a later release; using them"),
    }
    match lock {
        Some(lock) => lock.rollback().await,
        None => Ok(()),
    }
}

/// Returns the applied migrations of a later release, if all of this release's are applied
/// too. Their names begin with their dates.
async fn later_migrations(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let applied = Migrator::get_migration_models(db).await?.into_iter();
    let applied: BTreeSet<String> = applied.map(|applied| applied.version).collect();
    let own = Migrator::get_migration_files().into_iter();
    let own: BTreeSet<String> = own.map(|own| own.name().to_owned()).collect();
    let later: Vec<String> = applied.difference(&own).cloned().collect();
    let is_later = |name: &String| Some(name) > own.last();
    let is_whole = own.is_subset(&applied) && later.iter().all(is_later);
    Ok(if is_whole { later } else { Vec::new() })
}

/// Begins a read that sees the same state of the database from its first statement to its
/// last, even if a sync commits meanwhile.
///
/// # Errors
/// Returns [`DbErr`] if there is no connection.
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

fn make_folder(file: &Path) -> Result<(), String> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create its folder: {error}")),
        _ => Ok(()),
    }
}
