//! Crates with a malicious release.

use crate::answer::{Advisory, Availability};

use super::advisories::{malicious, range, unscored};
use super::harbour::harbour;
use super::scene::Scene;
use super::{Sample, sample};

pub(super) fn aftermath() -> Vec<Sample> {
    let removed = || malicious(range("> 0.4.3"));
    let twin = |affected| Advisory {
        id: "RUSTSEC-2024-9015".to_owned(),
        ..malicious(range(affected))
    };
    let deleted = || Scene::new("harbour").availability(Availability::DELETED);
    vec![
        sample(
            "malicious-after",
            "A malicious release after the newest one, since removed",
            harbour().advisory(removed(), 0..0),
        ),
        sample(
            "malicious-after-removed-version",
            "The version of a malicious release, since removed",
            harbour().advisory(removed(), 0..0).unlisted("0.4.4", true),
        ),
        sample(
            "malicious-only-yanked-free",
            "Of releases that are not malicious, all are yanked",
            Scene::new("harbour")
                .releases(["0.4.2*", "0.4.3*"])
                .advisory(removed(), 0..0)
                .unlisted("0.4.4", true),
        ),
        sample(
            "malicious-within",
            "Malicious releases between others",
            harbour().advisory(malicious(range("> 0.4.1, < 0.4.3")), 0..0),
        ),
        sample(
            "malicious-twice",
            "Two advisories about malicious releases",
            harbour()
                .advisory(removed(), 0..0)
                .advisory(twin("= 0.3.6"), 0..0),
        ),
        sample(
            "malicious-every-version",
            "Every version is malicious, and still published",
            Scene::new("harbour")
                .releases(["0.1.0", "0.1.1"])
                .advisory(malicious(range("every version")), 0..2),
        ),
        sample(
            "malicious-unknown-list",
            "A malicious release, and no list of releases",
            Scene::new("harbour")
                .availability(Availability::UNKNOWN)
                .advisory(removed(), 0..0)
                .unlisted("0.4.3", false),
        ),
        sample(
            "malicious-withdrawn",
            "An advisory about a malicious release that was withdrawn",
            harbour().advisory(
                Advisory {
                    withdrawn: Some("2025-05-30".to_owned()),
                    is_counted: false,
                    ..removed()
                },
                0..0,
            ),
        ),
        sample(
            "deleted-crate-not-malicious",
            "A deleted crate that nobody called malicious",
            deleted().advisory(unscored(), 0..0),
        ),
    ]
}
