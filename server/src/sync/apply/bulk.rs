//! Writes crates and versions by the hundred thousand, in the fastest way for each
//! database.
//!
//! SQLite takes values that are bound one by one. PostgreSQL takes the rows of a
//! statement as a JSON document, which needs a third less time.

use crate::entity::{krate, version};
use crate::sync::apply::rows::insert_or;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IntoActiveModel, Statement};
use serde::Serialize;
use time::OffsetDateTime;

/// The maximum number of rows in one JSON document: a few megabytes.
const ROWS: usize = 10_000;

/// A row of `crates`.
#[derive(Serialize)]
struct Crate<'a> {
    id: i32,
    name: &'a str,
    lookup_name: &'a str,
    index_hash: Option<&'a str>,
    index_etag: Option<&'a str>,
}

/// A row of `versions`.
#[derive(Serialize)]
struct Version<'a> {
    id: i32,
    crate_id: i32,
    num: &'a str,
    is_yanked: bool,
    #[serde(with = "time::serde::rfc3339::option")]
    published_at: Option<OffsetDateTime>,
    rust_version: Option<&'a str>,
}

/// Writes these crates, replacing rows with the same keys.
pub(in crate::sync) async fn put_crates(
    db: &DatabaseTransaction,
    crates: Vec<krate::Model>,
) -> Result<(), DbErr> {
    use krate::Column::{Id, IndexEtag, IndexHash, LookupName, Name};
    if db.get_database_backend() == DbBackend::Sqlite {
        let crates = crates.into_iter().map(IntoActiveModel::into_active_model);
        let mut update = OnConflict::column(Id);
        update.update_columns([Name, LookupName, IndexHash, IndexEtag]);
        return insert_or::<krate::Entity>(db, crates.collect(), Some(update)).await;
    }
    let columns = ["id", "name", "lookup_name", "index_hash", "index_etag"];
    put(db, "crates", &columns, &crates, |row| Crate {
        id: row.id,
        name: &row.name,
        lookup_name: &row.lookup_name,
        index_hash: row.index_hash.as_deref(),
        index_etag: row.index_etag.as_deref(),
    })
    .await
}

/// Writes these versions, replacing rows with the same keys.
pub(in crate::sync) async fn put_versions(
    db: &DatabaseTransaction,
    versions: Vec<version::Model>,
) -> Result<(), DbErr> {
    use version::Column::{CrateId, Id, IsYanked, Num, PublishedAt, RustVersion};
    if db.get_database_backend() == DbBackend::Sqlite {
        let versions = versions.into_iter().map(IntoActiveModel::into_active_model);
        let mut update = OnConflict::column(Id);
        update.update_columns([CrateId, Num, IsYanked, PublishedAt, RustVersion]);
        return insert_or::<version::Entity>(db, versions.collect(), Some(update)).await;
    }
    let columns = [
        "id",
        "crate_id",
        "num",
        "is_yanked",
        "published_at",
        "rust_version",
    ];
    put(db, "versions", &columns, &versions, |row| Version {
        id: row.id,
        crate_id: row.crate_id,
        num: &row.num,
        is_yanked: row.is_yanked,
        published_at: row.published_at,
        rust_version: row.rust_version.as_deref(),
    })
    .await
}

/// Inserts the rows of JSON documents into PostgreSQL, or updates rows with the same
/// keys.
async fn put<'a, M, R: Serialize>(
    db: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    rows: &'a [M],
    row: impl Fn(&'a M) -> R,
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let updates = columns[1..].iter();
    let updates = updates.map(|column| format!("{column} = excluded.{column}"));
    let updates = updates.collect::<Vec<_>>().join(", ");
    let columns = columns.join(", ");
    let statement = format!(
        "INSERT INTO {table} ({columns}) \
         SELECT {columns} FROM json_populate_recordset(NULL::{table}, CAST($1 AS json)) \
         ON CONFLICT (id) DO UPDATE SET {updates}"
    );
    for rows in rows.chunks(ROWS) {
        let rows: Vec<R> = rows.iter().map(&row).collect();
        let rows = serde_json::to_string(&rows).map_err(|error| DbErr::Json(error.to_string()))?;
        let statement = Statement::from_sql_and_values(backend, &statement, [rows.into()]);
        db.execute_raw(statement).await?;
    }
    Ok(())
}
