//! The states of the check of a requirement, one sentence each.

use crate::answer::{Advisory, Availability};

use super::advisories::{range, unscored, use_after_free};
use super::harbour::{harbour, with_three};
use super::scene::Scene;
use super::{Sample, sample};

pub(super) fn all() -> Vec<Sample> {
    let one = || harbour().advisory(use_after_free(), 0..11);
    let two = || one().advisory(unscored(), 0..15);
    let regression = Advisory {
        affected_ranges: vec![range(">= 0.3.5, < 0.4.0")],
        ..unscored()
    };
    vec![
        sample(
            "requirement-unaffected",
            "A requirement that allows no affected release",
            one().checked("^0.4", "^0.4", "0.4."),
        ),
        sample(
            "requirement-also-allows-affected",
            "Cargo chooses a release that is not affected, a lock file may hold another",
            two().checked("0.4", "^0.4", "0.4."),
        ),
        sample(
            "requirement-all-affected",
            "Every release that a requirement allows is affected",
            two().checked("~0.2", "~0.2", "0.2."),
        ),
        sample(
            "requirement-one-release",
            "A requirement that allows one release, which is affected",
            two().checked("=0.4.1", "=0.4.1", "0.4.1"),
        ),
        sample(
            "requirement-newest-affected",
            "The newest release that a requirement allows is affected, an older one is not",
            harbour()
                .advisory(regression, 12..13)
                .checked("^0.3", "^0.3", "0.3."),
        ),
        sample(
            "requirement-no-release",
            "A requirement that allows no published release",
            one().checked("^7", "^7", "7."),
        ),
        sample(
            "requirement-version",
            "A version, which Cargo reads as a requirement",
            two().shown("0.4.0").checked("0.4.0", "^0.4.0", "0.4."),
        ),
        sample(
            "requirement-wrong",
            "Something that is not a requirement",
            with_three().typed_wrong("^^1"),
        ),
        sample(
            "requirement-unknown-version-list",
            "No version list to match a requirement with",
            Scene::new("harbour")
                .availability(Availability::UNKNOWN)
                .advisory(use_after_free(), 0..0)
                .checked("^0.4", "^0.4", "0.4."),
        ),
        sample(
            "requirement-no-advisories",
            "No version list, and no advisory either",
            Scene::new("harbour")
                .availability(Availability::UNKNOWN)
                .checked("^0.4", "^0.4", "0.4."),
        ),
        sample(
            "requirement-deleted-crate",
            "A requirement on a deleted crate",
            Scene::new("harbour")
                .availability(Availability::DELETED)
                .advisory(use_after_free(), 0..0)
                .checked("^0.4", "^0.4", "0.4."),
        ),
    ]
}
