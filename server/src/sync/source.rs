//! The sources of a sync: a folder, a git repository or an index over HTTP, each as
//! a tree of files.

pub(super) mod disk;
pub(super) mod files;
pub(super) mod git;
pub(super) mod listing;
mod network;
pub(super) mod sample;
pub(super) mod sources;
pub(super) mod sparse;
mod stamp;
