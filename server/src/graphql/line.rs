//! A release line.

use super::version::Version;
use crate::catalog::Dossier;
use crate::domain::line::Line;
use async_graphql::SimpleObject;
use std::sync::Arc;

/// Releases that Cargo treats as compatible with each other. Only releases that
/// the line's default requirement allows count: published, not yanked, not a
/// pre-release.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct ReleaseLine {
    /// The requirement that allows the releases, such as `^0.10`.
    req: String,
    /// The number of releases.
    matching: usize,
    /// The number of releases that a counted advisory affects.
    affected: usize,
    /// The newest release.
    newest: Option<Version>,
    /// The newest release that no counted advisory affects.
    newest_unaffected: Option<Version>,
    /// The Rust version that the newest release declares as its minimum. Null if
    /// the index does not have it.
    rust_version: Option<String>,
}

impl ReleaseLine {
    pub(super) fn new(dossier: &Arc<Dossier>, Line { req, matches }: &Line) -> Self {
        let version = |index| Version::published(dossier, index);
        let rust_version = |index: usize| dossier.versions[index].rust_version;
        Self {
            req: req.to_string(),
            matching: matches.matching,
            affected: matches.affected,
            newest: matches.chosen.map(version),
            newest_unaffected: matches.newest_unaffected.map(version),
            rust_version: matches
                .chosen
                .and_then(rust_version)
                .map(|it| it.to_string()),
        }
    }
}
