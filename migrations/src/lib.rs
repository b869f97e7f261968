//! The schema of the database, step by step.
//!
//! A migration never changes after its release: it uses literal names and no entity, so
//! that it always does the same. To change the schema, add a file.
//!
//! During an upgrade, servers of the previous release run on the new tables. A migration
//! therefore only adds: tables, or columns that are nullable or have a default. Unused
//! columns are removed one release later.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261123_000001_create_crates_and_advisories;
mod m20261123_000002_create_data_status;
mod m20261124_000001_create_sync_attempts;
mod m20261126_000001_affected_versions_of_an_advisory;
mod m20261126_000002_index_stamp;
mod m20261126_000003_rust_version;
mod m20261126_000004_revision_id;

/// Every migration, oldest first. Each runs up and down on SQLite and PostgreSQL.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_crates_and_advisories::Migration),
            Box::new(m20261123_000002_create_data_status::Migration),
            Box::new(m20261124_000001_create_sync_attempts::Migration),
            Box::new(m20261126_000001_affected_versions_of_an_advisory::Migration),
            Box::new(m20261126_000002_index_stamp::Migration),
            Box::new(m20261126_000003_rust_version::Migration),
            Box::new(m20261126_000004_revision_id::Migration),
        ]
    }
}
