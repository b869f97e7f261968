//! The states of the verdict: its sentences, links and counts.

use crate::answer::{Advisory, AdvisoryKind, AdvisoryTwins, Availability};

use super::advisories::{
    critical, malicious, medium, notice, range, unmaintained, unscored, unsound, use_after_free,
    withdrawn,
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

pub(super) fn kinds() -> Vec<Sample> {
    let unknown_kind = Advisory {
        kind: AdvisoryKind::OTHER,
        kind_name: "deprecated-interface".to_owned(),
        ..notice()
    };
    let medium_only = Advisory {
        severity: Some(medium()),
        ..unscored()
    };
    let scored_unsound = Advisory {
        severity: Some(critical()),
        ..unsound()
    };
    let on = |os: &str, advisory: Advisory| Advisory {
        os: vec![os.to_owned()],
        ..advisory
    };
    let twin = |number, other: u32| Advisory {
        twins: vec![AdvisoryTwins {
            id: format!("RUSTSEC-2024-{other:04}"),
        }],
        id: format!("RUSTSEC-2024-{number:04}"),
        ..use_after_free()
    };
    vec![
        sample(
            "unsound-only",
            "Affected by unsoundness, and by no vulnerability",
            harbour().advisory(unsound(), 2..8).shown("0.3.0"),
        ),
        sample(
            "unsound-only-scored",
            "Unsoundness that has a score, beside a vulnerability of the past",
            harbour()
                .advisory(unscored(), 0..2)
                .advisory(scored_unsound, 2..8)
                .shown("0.3.0"),
        ),
        sample(
            "medium-only",
            "A vulnerability of medium severity",
            harbour().advisory(medium_only, 0..15).shown("0.4.1"),
        ),
        sample(
            "platforms-differ",
            "Two advisories, each limited to another platform",
            harbour()
                .advisory(on("windows", use_after_free()), 0..11)
                .advisory(on("nuttx", unscored()), 0..15)
                .shown("0.3.2"),
        ),
        sample(
            "twins",
            "Two ids for one fault",
            harbour()
                .advisory(twin(9006, 9007), 0..11)
                .advisory(twin(9007, 9006), 0..11)
                .shown("0.3.2"),
        ),
        sample(
            "malicious-removed",
            "A malicious release, since removed",
            harbour().advisory(malicious(range("= 0.4.4")), 0..0),
        ),
        sample(
            "malicious-open-range",
            "A malicious release whose range is still open",
            harbour().advisory(malicious(range(">= 0.4.3")), 16..18),
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
