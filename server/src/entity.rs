//! The tables: one file for each, with its row, its relations and its named
//! queries. They know nothing of GraphQL or of verdicts.

pub mod advisory;
pub mod data_status;
pub mod krate;
pub mod list;
pub mod skipped_file;
pub mod sync_attempt;
pub mod version;
