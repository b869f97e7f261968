//! The tables: one file each, with its row, its relations and the queries that
//! the service asks of it by name. No GraphQL, no verdicts.

pub mod advisory;
pub mod data_status;
pub mod krate;
pub mod list;
pub mod skipped_file;
pub mod sync_attempt;
pub mod version;
