//! The states of the verdict: what it says, where it leads, what it counts.

use crate::answer::{Advisory, AdvisoryKind, Availability};

use super::advisories::{
    below, malicious, notice, open, unmaintained, unscored, use_after_free, withdrawn,
};
use super::harbour::{harbour, with_three};
use super::scene::Scene;
use super::{Sample, sample};

pub(super) fn verdicts() -> Vec<Sample> {
    vec![
        sample(
            "no-advisories",
            "No advisory at all",
            Scene::new("harbour")
                .availability(Availability::UNKNOWN)
                .unlisted("0.4.3", false),
        ),
        sample(
            "none-affect-this-version",
            "Advisories, none of which affects the version shown",
            with_three(),
        ),
        sample(
            "one-affects",
            "One of three affects the version shown",
            with_three().shown("0.4.1"),
        ),
        sample(
            "all-affect",
            "All three affect the version shown",
            with_three().shown("0.2.2"),
        ),
        sample(
            "only-one-clear",
            "The only advisory does not affect the version shown",
            harbour().advisory(use_after_free(), 0..11),
        ),
    ]
}

pub(super) fn ways_out() -> Vec<Sample> {
    let fix_in_next_line = Advisory {
        affected_ranges: vec![below("before 0.4.0", "0.4.0")],
        patched: vec![open("0.4.0 and later")],
        ..use_after_free()
    };
    let unfixed = Advisory {
        patched: Vec::new(),
        affected_ranges: vec![open("every version")],
        ..use_after_free()
    };
    let since = Advisory {
        affected_ranges: vec![open("0.3.0 and later")],
        ..unfixed.clone()
    };
    vec![
        sample(
            "breaking-way-out",
            "Only a breaking upgrade leads out",
            harbour().advisory(fix_in_next_line, 0..13).shown("0.3.1"),
        ),
        sample(
            "previous-way-out",
            "Only an older release is free of it",
            harbour().advisory(since.clone(), 7..18),
        ),
        sample(
            "no-fix",
            "No fixed release is published",
            harbour().advisory(unfixed, 0..18),
        ),
        sample(
            "no-release-free-of-all",
            "Each advisory has a way out, the version has none",
            harbour()
                .advisory(since, 7..18)
                .advisory(unscored(), 0..15)
                .shown("0.4.1"),
        ),
    ]
}

pub(super) fn kinds() -> Vec<Sample> {
    let unknown_kind = Advisory {
        kind: AdvisoryKind::OTHER,
        kind_name: "deprecated-interface".to_owned(),
        ..notice()
    };
    vec![
        sample(
            "malicious-removed",
            "A malicious release, since removed",
            harbour().advisory(malicious(below("0.4.4 only", "0.4.4")), 0..0),
        ),
        sample(
            "malicious-open-range",
            "A malicious release whose range is still open",
            harbour().advisory(malicious(open("0.4.3 and later")), 16..18),
        ),
        sample(
            "unmaintained-only",
            "Unmaintained, and nothing else",
            harbour().advisory(unmaintained(), 0..18),
        ),
        sample(
            "unmaintained-too",
            "Affected, and unmaintained as well",
            harbour()
                .advisory(use_after_free(), 0..11)
                .advisory(unmaintained(), 0..18)
                .advisory(notice(), 0..17)
                .shown("0.3.2"),
        ),
        sample(
            "unknown-kind",
            "A kind of advisory that this tab does not know",
            harbour().advisory(unknown_kind, 0..17),
        ),
        sample(
            "withdrawn-only",
            "The only advisory was withdrawn",
            harbour().advisory(withdrawn(), 0..18),
        ),
        sample(
            "withdrawn-too",
            "One stands, one was withdrawn",
            harbour()
                .advisory(use_after_free(), 0..11)
                .advisory(withdrawn(), 0..18),
        ),
    ]
}
