//! Writes the difference as rows, within the single transaction of a sync.

mod bulk;
pub(super) mod judge;
mod rows;
pub(super) mod status;
pub(super) mod write;
