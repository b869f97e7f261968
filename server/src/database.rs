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

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// How many rows SQLite's thread reads ahead of the task that waits for them. With few,
/// the two wake each other most of the time.
const ROWS_AT_ONCE: usize = 1000;

/// How long to ask PostgreSQL once more, for the reason.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// How long the database may take to be closed.
const CLOSE: Duration = Duration::from_secs(5);

/// The database cannot be opened. It names the place without a password, and holds the
/// driver's words: for the operator's log, never for a client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The URL is of no database that is supported.
    #[error("--database-url must be `sqlite:PATH` or `postgres://USER@HOST/NAME`")]
    NotADatabase,
    /// There is no database in that place, or it lets nobody in.
    #[error("cannot open {place}: {cause}")]
    Closed {
        /// The kind of database and where it is.
        place: String,
        /// What is in the way.
        cause: String,
    },
}

/// Where a database is.
enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Opens the database at `url` (`sqlite:PATH` or `postgres://…`). An SQLite file and its
/// folder are made when missing. Opens at most `connections` connections: a sync holds
/// one for minutes, while it waits for the network.
///
/// # Errors
/// [`OpenError`].
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
                // Readers go on while the sync writes.
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

/// Closes the database. Afterwards, all that SQLite holds is in its one file, unless
/// another process has it open; what is not written there yet is in `-wal` until then.
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

    /// The options for a connection. SeaORM may log their URL, so that of PostgreSQL, which
    /// may hold a password, is not among them.
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

    /// Why it could not be opened.
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

/// Whether no connection came about in time. The pool tries again when it is refused
/// one, since PostgreSQL may be about to start, and forgets why.
fn is_timeout(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error)) => matches!(**error, sqlx::Error::PoolTimedOut),
        _ => false,
    }
}

/// Asks PostgreSQL for a connection, to learn why there is none.
async fn ask(options: &PgConnectOptions) -> String {
    match timeout(ASK_AGAIN, sqlx::ConnectOptions::connect(options)).await {
        Ok(Ok(_)) => format!("no answer within {CONNECT:?}, but it answers now; try again"),
        Ok(Err(sqlx::Error::Io(error))) => error.to_string(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {CONNECT:?}"),
    }
}

/// What the file system has against this file: SQLite itself says no more than that it
/// cannot open it.
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

/// Brings the tables up to date. Servers that start together do it one after
/// another, and all but the first find nothing to do. Tables that a later release has
/// migrated are left as they are: a release keeps them usable for the one before it.
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
    match later_migrations(db).await? {
        later if later.is_empty() => Migrator::up(db, None).await?,
        later => tracing::warn!(?later, "the tables are of a later release; using them"),
    }
    match lock {
        Some(lock) => lock.rollback().await,
        None => Ok(()),
    }
}

/// The migrations of a later release that are applied, if all of this one's are too.
/// Their names begin with their dates.
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

fn make_folder(file: &Path) -> Result<(), String> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create its folder: {error}")),
        _ => Ok(()),
    }
}
