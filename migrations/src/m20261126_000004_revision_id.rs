//! An id for each revision, which no other database has: two databases can have the
//! same revision with different data.
//!
//! Null only if a release without ids makes the first sync.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

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
                    .table("data_status")
                    .add_column(text_null("revision_id"))
                    .to_owned(),
            )
            .await?;
        let id = match manager.get_database_backend() {
            DbBackend::Sqlite => "lower(hex(randomblob(16)))",
            _ => "replace(gen_random_uuid()::text, '-', '')",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!("UPDATE data_status SET revision_id = {id}"))
            .await
            .map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("data_status")
                    .drop_column("revision_id")
                    .to_owned(),
            )
            .await
    }
}
