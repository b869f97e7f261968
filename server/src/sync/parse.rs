//! Parses a file of a source into its rows.

pub(super) mod advisory_file;
pub(super) mod derivation;
pub(super) mod index_file;
