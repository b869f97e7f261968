//! Writes and deletes rows of any table, in as few statements as the databases'
//! limits allow.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Iterable, QueryFilter};

/// The maximum number of values that one statement binds: SQLite allows 32,766.
pub(in crate::sync) const MAX_BINDS: usize = 30_000;

/// The numbers of rows that a statement inserts, largest first. Few sizes mean
/// few statements, which both databases prepare once and keep.
const INSERTS: [usize; 4] = [1000, 100, 10, 1];

/// Inserts rows.
pub(in crate::sync) async fn insert_all<E>(
    db: &DatabaseTransaction,
    rows: Vec<E::ActiveModel>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::ActiveModel: Send,
{
    insert_or::<E>(db, rows, None).await
}

/// Inserts rows, with this action on a conflict.
pub(in crate::sync) async fn insert_or<E>(
    db: &DatabaseTransaction,
    mut rows: Vec<E::ActiveModel>,
    on_conflict: Option<OnConflict>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::ActiveModel: Send,
{
    let most = MAX_BINDS / E::Column::iter().count();
    for size in INSERTS.into_iter().filter(|size| *size <= most) {
        while rows.len() >= size {
            let rest = rows.split_off(size);
            let mut insert = E::insert_many(rows);
            if let Some(on_conflict) = &on_conflict {
                insert = insert.on_conflict(on_conflict.clone());
            }
            insert.exec_without_returning(db).await?;
            rows = rest;
        }
    }
    Ok(())
}

/// Deletes the rows whose column has one of these values.
pub(in crate::sync) async fn delete_all<E: EntityTrait>(
    db: &DatabaseTransaction,
    column: E::Column,
    values: &[i32],
) -> Result<(), DbErr> {
    for values in values.chunks(MAX_BINDS) {
        let is_one = column.is_in(values.iter().copied());
        E::delete_many().filter(is_one).exec(db).await?;
    }
    Ok(())
}
