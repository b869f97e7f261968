//! The crate that most samples are about.

use super::advisories::{unscored, unsound, use_after_free};
use super::scene::Scene;

/// The releases that most samples share. The advisories below refer to their
/// indexes.
const RELEASES: [&str; 18] = [
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "0.2.1*",
    "0.2.2",
    "0.2.3",
    "0.3.0-rc.1",
    "0.3.0",
    "0.3.1",
    "0.3.2",
    "0.3.3*",
    "0.3.4",
    "0.3.5",
    "0.4.0",
    "0.4.1",
    "0.4.2",
    "0.4.3",
    "0.5.0-alpha.1",
];

/// Returns the crate with its releases, without an advisory.
pub(super) fn harbour() -> Scene {
    Scene::new("harbour").releases(RELEASES)
}

/// Returns the crate with three advisories: one until 0.3.3, one until 0.4.1,
/// one in between.
pub(super) fn with_three() -> Scene {
    harbour()
        .advisory(use_after_free(), 0..11)
        .advisory(unscored(), 0..15)
        .advisory(unsound(), 2..8)
}
