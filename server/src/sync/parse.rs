//! A file of a source to the rows that it makes.

pub(super) mod advisory_file;
pub(super) mod derivation;
pub(super) mod index_file;
