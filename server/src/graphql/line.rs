//! A release line.

use super::version::Version;
use crate::catalog::Dossier;
use crate::domain::line::Line;
use async_graphql::SimpleObject;
use std::sync::Arc;

/// Releases that Cargo treats as compatible with each other. Only those that the
/// line's default requirement allows count: published, not yanked, not a
/// pre-release.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct ReleaseLine {
    /// The requirement that allows them, such as `^0.10`.
    req: String,
    /// The number of them.
    matching: usize,
    /// The number of those that a counted advisory affects.
    affected: usize,
    /// The newest of them.
    newest: Option<Version>,
    /// The newest of them that no counted advisory affects.
    newest_unaffected: Option<Version>,
    /// The Rust version that the newest one claims to need. Null when the index
    /// does not say.
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
