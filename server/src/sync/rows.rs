//! Rows into and out of any table, in as few statements as the databases' limits
//! allow.

use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Iterable, QueryFilter};

/// How many values one statement binds at most: SQLite takes 32,766.
pub(super) const MAX_BINDS: usize = 30_000;

/// How many rows a statement inserts, largest first. Few sizes are few
/// statements, which both databases prepare once and keep.
const INSERTS: [usize; 4] = [1000, 100, 10, 1];

/// Inserts rows.
pub(super) async fn insert_all<E>(
    db: &DatabaseTransaction,
    mut rows: Vec<E::ActiveModel>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::ActiveModel: Send,
{
    let most = MAX_BINDS / E::Column::iter().count();
    for size in INSERTS.into_iter().filter(|size| *size <= most) {
        while rows.len() >= size {
            let rest = rows.split_off(size);
            E::insert_many(rows).exec_without_returning(db).await?;
            rows = rest;
        }
    }
    Ok(())
}

/// Deletes the rows whose column has one of these values.
pub(super) async fn delete_all<E: EntityTrait>(
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
