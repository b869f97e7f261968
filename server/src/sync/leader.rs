//! Ensures that only one sync at a time runs on a database, on any number of
//! servers.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

/// The key of PostgreSQL's advisory lock: an arbitrary number that no other
/// program should use.
const LOCK: i64 = 0x5ec0_7ab0_5ec0_7ab0;

/// Begins the transaction that alone may write. Returns `None` if another
/// process has it. The lock ends with the connection, so a process that dies
/// does not block others.
pub(super) async fn begin(db: &DatabaseConnection) -> Result<Option<DatabaseTransaction>, DbErr> {
    match db.get_database_backend() {
        DbBackend::Sqlite => {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            match db.begin_with_options(options).await {
                Ok(transaction) => Ok(Some(transaction)),
                Err(error) if is_busy(&error) => Ok(None),
                Err(error) => Err(error),
            }
        }
        backend => {
            let transaction = db.begin().await?;
            let lock = "SELECT pg_try_advisory_xact_lock($1) AS is_ours";
            let lock = Statement::from_sql_and_values(backend, lock, [LOCK.into()]);
            let row = transaction.query_one_raw(lock).await?;
            let is_ours = row.map_or(Ok(false), |row| row.try_get("", "is_ours"))?;
            Ok(is_ours.then_some(transaction))
        }
    }
}

/// Returns true for SQLite's `SQLITE_BUSY`, which comes after the wait for the
/// lock.
fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return false;
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return false;
    };
    let code = cause.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "5")
}
