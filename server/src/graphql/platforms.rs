//! Platforms.

use crate::domain::platforms;
use async_graphql::SimpleObject;

/// The platforms that a fault is limited to, by their names in Rust.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Platforms {
    /// The operating systems (`target_os`), sorted by name. Empty if not
    /// limited.
    os: Vec<String>,
    /// The processor architectures (`target_arch`), sorted by name. Empty if
    /// not limited.
    arch: Vec<String>,
}

impl From<platforms::Platforms<'_>> for Platforms {
    fn from(platforms: platforms::Platforms<'_>) -> Self {
        let names =
            |set: std::collections::BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
        Self {
            os: names(platforms.os),
            arch: names(platforms.arch),
        }
    }
}
