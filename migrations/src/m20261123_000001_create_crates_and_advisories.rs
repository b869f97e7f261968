//! Crates, their versions, the advisories, and the versions that each advisory
//! affects.
//!
//! Keys are plain integers that the sync assigns: it is the only writer, and with
//! keys known beforehand it inserts rows that belong together in one batch.

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
                    .table("crates")
                    .col(integer("id").primary_key())
                    .col(text("name").unique_key())
                    .col(text("lookup_name").unique_key())
                    .col(text_null("index_hash"))
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("versions")
                    .col(integer("id").primary_key())
                    .col(integer("crate_id"))
                    .col(text("num"))
                    .col(boolean("is_yanked"))
                    .col(timestamp_with_time_zone_null("published_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_versions_crate")
                            .from("versions", "crate_id")
                            .to("crates", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        // Also the index for reading the versions of one crate.
        manager
            .create_index(
                Index::create()
                    .name("uq_versions_crate_num")
                    .table("versions")
                    .col("crate_id")
                    .col("num")
                    .unique()
                    .to_owned(),
            )
            .await?;

        manager
            .create_table(
                Table::create()
                    .table("advisories")
                    .col(integer("id").primary_key())
                    .col(text("source_path").unique_key())
                    .col(text("source_hash"))
                    .col(text("advisory_id"))
                    .col(text("collection"))
                    .col(text("package"))
                    .col(integer_null("crate_id"))
                    .col(text("title"))
                    .col(text("description"))
                    .col(date("date"))
                    .col(date_null("withdrawn"))
                    .col(text_null("informational"))
                    .col(text_null("cvss"))
                    .col(text_null("url"))
                    .col(text("license"))
                    .col(boolean("expect_deleted"))
                    .col(json_binary("patched"))
                    .col(json_binary("unaffected"))
                    .col(json_binary("functions"))
                    .col(json_binary("os"))
                    .col(json_binary("arch"))
                    .col(json_binary("aliases"))
                    .col(json_binary("related"))
                    .col(json_binary("references"))
                    .col(json_binary("categories"))
                    .col(json_binary("keywords"))
                    .foreign_key(
                        ForeignKey::create()
                            .name("fk_advisories_crate")
                            .from("advisories", "crate_id")
                            .to("crates", "id")
                            .on_delete(ForeignKeyAction::Restrict),
                    )
                    .to_owned(),
            )
            .await?;
        for column in ["crate_id", "advisory_id"] {
            manager
                .create_index(
                    Index::create()
                        .name(format!("ix_advisories_{column}"))
                        .table("advisories")
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }

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
        // For the cascade from a version that leaves the index.
        manager
            .create_index(
                Index::create()
                    .name("ix_affected_versions_version")
                    .table("affected_versions")
                    .col("version_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["affected_versions", "advisories", "versions", "crates"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
