//! The difference into rows, within the one transaction of a sync.

mod bulk;
pub(super) mod judge;
mod rows;
pub(super) mod status;
pub(super) mod write;
