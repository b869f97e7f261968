//! Moves the versions that an advisory affects to a list in its own row: a page reads
//! a few advisories instead of thousands of links.
//!
//! The links are converted, not dropped, so that the known verdicts hold until the
//! next sync.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// A process that dies in the middle must not leave it half done, on SQLite
    /// either.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("advisories")
                    .add_column(json("affected_versions").default("[]"))
                    .to_owned(),
            )
            .await?;
        let list = match manager.get_database_backend() {
            DbBackend::Sqlite => "json_group_array(version_id ORDER BY version_id)",
            _ => "json_agg(version_id ORDER BY version_id)",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "UPDATE advisories SET affected_versions = lists.list \
                 FROM (SELECT advisory_id, {list} AS list \
                       FROM affected_versions GROUP BY advisory_id) AS lists \
                 WHERE lists.advisory_id = advisories.id"
            ))
            .await?;
        manager
            .drop_table(Table::drop().table("affected_versions").to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("affected_versions")
                    .col(integer("advisory_id"))
                    .col(integer("version_id"))
                    .primary_key(Index::create().col("advisory_id").col("version_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_affected_versions_advisory")
                            .from("affected_versions", "advisory_id")
                            .to("advisories", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_affected_versions_version")
                            .from("affected_versions", "version_id")
                            .to("versions", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_affected_versions_version")
                    .table("affected_versions")
                    .col("version_id")
                    .to_owned(),
            )
            .await?;
        let elements = match manager.get_database_backend() {
            DbBackend::Sqlite => "json_each(affected_versions)",
            _ => "json_array_elements_text(affected_versions)",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "INSERT INTO affected_versions (advisory_id, version_id) \
                 SELECT advisories.id, CAST(element.value AS INTEGER) \
                 FROM advisories, {elements} AS element"
            ))
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table("advisories")
                    .drop_column("affected_versions")
                    .to_owned(),
            )
            .await
    }
}
