//! The Rust version that a release says it needs.
//!
//! It is unknown until the next sync, which reads every file again, because the
//! fingerprints of the known ones begin with an older derivation.

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

    /// The remaining rows equal those of the older derivation. With its mark, an older
    /// server considers them current, and one that knows the column reads them again.
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
