//! The upgrades from an affected version.

use crate::answer::Advisory;

use super::advisories::{range, unscored, unsound, use_after_free};
use super::harbour::{harbour, with_three};
use super::scene::Scene;
use super::{Sample, sample};

/// Returns upgrades to a release that no advisory affects.
pub(super) fn upgrades() -> Vec<Sample> {
    let fixed_in_next_line = || Advisory {
        affected_ranges: vec![range("< 0.4.0")],
        patched: vec![range(">= 0.4.0")],
        id: "RUSTSEC-2024-9022".to_owned(),
        ..use_after_free()
    };
    let rising = || {
        let scene = with_three().shown("0.3.2").rust("0.3.0", "1.62");
        scene.rust("0.4.0", "1.88")
    };
    vec![
        sample(
            "upgrade-newest-affected",
            "The newest release is affected, the nearest is not",
            harbour()
                .advisory(use_after_free(), 0..11)
                .advisory(since(">= 0.4.2"), 15..18)
                .shown("0.3.2"),
        ),
        sample(
            "upgrade-affected-again",
            "A later release of the same line is affected again",
            harbour()
                .advisory(use_after_free(), 0..15)
                .advisory(since(">= 0.4.3"), 16..18)
                .shown("0.4.1"),
        ),
        sample(
            "upgrade-breaking",
            "Only a breaking upgrade helps",
            harbour()
                .advisory(fixed_in_next_line(), 0..13)
                .shown("0.3.1"),
        ),
        sample(
            "upgrade-breaking-affected-again",
            "The newest release of the line to upgrade to is affected again",
            harbour()
                .advisory(fixed_in_next_line(), 0..13)
                .advisory(since(">= 0.4.2"), 15..18)
                .shown("0.3.1"),
        ),
        sample(
            "upgrade-newer-rust",
            "The upgrade needs a newer Rust",
            rising(),
        ),
        sample(
            "upgrade-without-newer-rust",
            "A later release needs no newer Rust",
            rising().rust("0.4.3", "1.62"),
        ),
        sample(
            "upgrade-partial",
            "A compatible upgrade is affected by fewer",
            harbour()
                .advisory(use_after_free(), 0..11)
                .advisory(fixed_in_next_line(), 0..13)
                .advisory(unsound(), 2..10)
                .shown("0.3.1"),
        ),
        sample(
            "upgrade-build-metadata",
            "Versions with build metadata",
            Scene::new("harbour-src")
                .releases(["1.0.0+3.1", "1.0.1+3.2", "2.0.0+4.0"])
                .advisory(use_after_free(), 0..1)
                .shown("1.0.0+3.1"),
        ),
        sample(
            "upgrade-breaking-build-metadata",
            "A requirement has no build metadata",
            Scene::new("harbour-src")
                .releases(["1.0.0+3.1", "2.0.0+4.0"])
                .advisory(use_after_free(), 0..1)
                .shown("1.0.0+3.1"),
        ),
    ]
}

/// Returns the states in which no newer release is free of all advisories.
pub(super) fn without_a_newer_release() -> Vec<Sample> {
    let with_workaround = Advisory {
        description: format!(
            "{}\n\n## Workarounds\n\nTurn tickets off.",
            since("every version").description
        ),
        ..since("every version")
    };
    vec![
        sample(
            "back-to-compatible",
            "An older release of the same line is free of it",
            harbour().advisory(since(">= 0.4.2"), 15..18),
        ),
        sample(
            "back-to-incompatible",
            "Only a release of an older line is free of it",
            harbour().advisory(since(">= 0.3.0"), 7..18),
        ),
        sample(
            "only-yanked-free",
            "Only a yanked release is free of it",
            Scene::new("harbour")
                .releases(["0.4.1*", "0.4.2*", "0.4.3"])
                .advisory(since(">= 0.4.3"), 2..3),
        ),
        sample(
            "only-yanked-free-incompatible",
            "Only a yanked release of another line is free of them",
            Scene::new("harbour")
                .releases(["0.3.9*", "0.4.3"])
                .advisory(since(">= 0.4.0"), 1..2)
                .advisory(unscored(), 1..2),
        ),
        sample(
            "no-fix",
            "No fixed release is published",
            harbour().advisory(since("every version"), 0..18),
        ),
        sample(
            "no-fix-workaround",
            "No fixed release is published, and the advisory has workarounds",
            harbour().advisory(with_workaround, 0..18),
        ),
        sample(
            "no-release-free-of-all",
            "Each advisory has an upgrade, the version has none",
            harbour()
                .advisory(since(">= 0.3.0"), 7..18)
                .advisory(unscored(), 0..15)
                .shown("0.4.1"),
        ),
    ]
}

/// Returns a fault without a fix.
fn since(affected: &str) -> Advisory {
    Advisory {
        patched: Vec::new(),
        affected_ranges: vec![range(affected)],
        id: "RUSTSEC-2024-9023".to_owned(),
        ..use_after_free()
    }
}
