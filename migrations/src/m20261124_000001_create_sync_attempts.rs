//! The result of the last sync, and data for the next one: the commit's time,
//! to detect a source that goes back, and the validators of the index's
//! answers.

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
                    .table("sync_attempts")
                    .col(integer("id").primary_key())
                    .col(timestamp_with_time_zone("tried_at"))
                    .col(text_null("problem"))
                    .col(timestamp_with_time_zone_null("problem_since"))
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("data_status")
                    .add_column(timestamp_with_time_zone_null("committed_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("crates")
                    .add_column(text_null("index_etag"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("crates", "index_etag"), ("data_status", "committed_at")] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        manager
            .drop_table(Table::drop().table("sync_attempts").to_owned())
            .await
    }
}
