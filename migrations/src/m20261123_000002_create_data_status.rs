//! The last good sync: one row, with the revision that is the key of caches,
//! and the files that it skipped.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("data_status")
                    .col(integer("id").primary_key())
                    .col(integer("revision"))
                    .col(text("source"))
                    .col(text_null("commit"))
                    .col(timestamp_with_time_zone("synced_at"))
                    .col(integer("advisories"))
                    .col(integer("packages"))
                    .col(integer("versions"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("skipped_files")
                    .col(text("path").primary_key())
                    .col(text("reason"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["skipped_files", "data_status"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
