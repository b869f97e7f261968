//! The difference between the sources and the database, and whether it is plausible.

pub(super) mod guard;
pub(super) mod known;
