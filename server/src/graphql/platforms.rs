//! Platforms.

use crate::domain::platforms;
use async_graphql::SimpleObject;

/// The platforms that a fault is limited to, in Rust's names.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Platforms {
    /// Operating systems (`target_os`), by name. Empty: any.
    os: Vec<String>,
    /// Processor architectures (`target_arch`), by name. Empty: any.
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
