//! The Rust version that a release claims to need.
//!
//! It is unknown until the next sync, which reads every file anew: the fingerprints of
//! the known ones begin with an older derivation.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("versions")
                    .add_column(text_null("rust_version"))
                    .to_owned(),
            )
            .await
    }

    /// The rows that are left are those that the older derivation makes. Marked so, they
    /// are current to an older server, and are read anew by one that knows the column.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("versions")
                    .drop_column("rust_version")
                    .to_owned(),
            )
            .await?;
        for (table, column) in [("crates", "index_hash"), ("advisories", "source_hash")] {
            manager
                .get_connection()
                .execute_unprepared(&format!(
                    "UPDATE {table} SET {column} = '2:' || SUBSTR({column}, 3) \
                     WHERE {column} LIKE '_:%'"
                ))
                .await?;
        }
        Ok(())
    }
}
