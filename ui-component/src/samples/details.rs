//! The states of all other parts: cards, versions, sizes, data.

use crate::Data;
use crate::answer::{Advisory, AdvisoryKind, Availability, DataSource, DataStatus};

use super::advisories::{
    advisory, critical, cvss4, functions, malicious, medium, range, unscored, unsound,
    use_after_free,
};
use super::harbour::{harbour, with_three};
use super::scene::Scene;
use super::{Sample, State, hostile, many, sample};

pub(super) fn cards() -> Vec<Sample> {
    let cvss_4 = Advisory {
        severity: Some(cvss4()),
        ..unscored()
    };
    let paths: Vec<String> = (1..=52)
        .map(|n| format!("harbour::codec::Codec{n}::<Text, Wide>::decode"))
        .collect();
    let many_functions = Advisory {
        functions: functions(&paths, "< 0.4.2"),
        ..unscored()
    };
    let on_windows = Advisory {
        os: vec!["windows".to_owned()],
        arch: vec!["x86".to_owned(), "x86_64".to_owned()],
        ..unscored()
    };
    let attributed = Advisory {
        license: "CC-BY-4.0".to_owned(),
        url: Some("https://example.org/advisories/17".to_owned()),
        severity: Some(medium()),
        ..unscored()
    };
    let backported = Advisory {
        affected_ranges: vec![range("< 0.2.3"), range(">= 0.3.0, < 0.3.4")],
        patched: vec![range(">= 0.2.3, < 0.3.0"), range(">= 0.3.4")],
        severity: Some(critical()),
        ..advisory(
            21,
            AdvisoryKind::VULNERABILITY,
            "Signature of an empty message is always right",
        )
    };
    let shown = |advisory| harbour().advisory(advisory, 0..15).shown("0.4.1");
    vec![
        sample(
            "unscored",
            "A vulnerability without a score",
            shown(unscored()),
        ),
        sample(
            "cvss-4",
            "A CVSS 4.0 vector with a threat metric",
            shown(cvss_4),
        ),
        sample("functions", "52 affected functions", shown(many_functions)),
        sample("os-only", "Only on some platforms", shown(on_windows)),
        sample(
            "attribution",
            "A licence that asks for attribution",
            shown(attributed),
        ),
        sample(
            "backports",
            "Fixed in two lines",
            harbour()
                .advisory(backported, 0..5)
                .advisory(unscored(), 0..15)
                .shown("0.2.2"),
        ),
    ]
}

pub(super) fn versions() -> Vec<Sample> {
    let unknown = || Scene::new("harbour").availability(Availability::UNKNOWN);
    vec![
        sample(
            "deleted-crate",
            "The crate is no longer on crates.io",
            Scene::new("harbour")
                .availability(Availability::DELETED)
                .advisory(malicious(range("every version")), 0..0),
        ),
        sample(
            "deleted-crate-version",
            "A version of a deleted crate",
            Scene::new("harbour")
                .availability(Availability::DELETED)
                .advisory(malicious(range("every version")), 0..0)
                .unlisted("0.1.0", true),
        ),
        sample(
            "unknown-version",
            "A version that is not in the list",
            with_three().unlisted("0.4.999", false),
        ),
        sample(
            "unknown-version-list",
            "No version list, no version chosen",
            unknown().advisory(use_after_free(), 0..0),
        ),
        sample(
            "unknown-version-list-affected",
            "No version list, an affected version chosen",
            unknown()
                .advisory(use_after_free(), 0..0)
                .unlisted("0.3.2", true),
        ),
        sample(
            "unknown-version-list-clear",
            "No version list, a version that is not affected",
            unknown()
                .advisory(use_after_free(), 0..0)
                .unlisted("0.9.0", false),
        ),
        sample(
            "pre-release-selected",
            "A pre-release is shown",
            with_three().shown("0.3.0-rc.1"),
        ),
        sample(
            "yanked-selected",
            "A yanked release is shown",
            with_three().shown("0.3.3"),
        ),
        sample(
            "no-releases",
            "Every release was removed, so there is none to judge",
            Scene::new("harbour").advisory(malicious(range("= 0.4.4")), 0..0),
        ),
        sample(
            "all-yanked",
            "Every release is yanked",
            Scene::new("harbour")
                .releases(["0.1.0*", "0.2.0*"])
                .advisory(ever_unsound(), 0..1),
        ),
    ]
}

/// Returns unsoundness that no release has fixed.
fn ever_unsound() -> Advisory {
    Advisory {
        affected_ranges: vec![range("every version")],
        patched: Vec::new(),
        unaffected: Vec::new(),
        ..unsound()
    }
}

pub(super) fn sizes() -> Vec<Sample> {
    vec![
        sample(
            "one-release",
            "A crate with a single release",
            Scene::new("harbour")
                .releases(["0.1.0"])
                .advisory(ever_unsound(), 0..1),
        ),
        sample("many", "42 advisories", many::advisories()),
        sample("many-releases", "700 releases", many::releases()),
        sample(
            "many-releases-old-shown",
            "700 releases, an old one shown",
            many::releases().shown("2.3.4"),
        ),
    ]
}

pub(super) fn data() -> Vec<Sample> {
    let not_a_name = Data {
        crate_: None,
        asked: None,
        data_status: DataStatus {
            revision: 7,
            revision_id: Some("5a3c0e91d7f2468bb1c9e06d84f7a235".to_owned()),
            source: DataSource::FOLDER,
            commit: None,
            committed_at: None,
            is_stale: false,
        },
    };
    vec![
        sample(
            "data-stale",
            "The data was not refreshed for a while",
            with_three().stale(),
        ),
        sample(
            "sample-data",
            "Bundled examples instead of real data",
            with_three().sample(),
        ),
        sample(
            "not-read-yet",
            "No advisory was read yet",
            Scene::new("harbour")
                .availability(Availability::UNKNOWN)
                .unread(),
        ),
        sample(
            "hostile-text",
            "Advisories that attack the page",
            hostile::scene(with_three()),
        ),
        Sample {
            name: "not-a-crate-name",
            title: "A name that no crate could have",
            state: State::Answered(Box::new(not_a_name), None),
        },
        Sample {
            name: "not-a-version",
            title: "A version that is none",
            state: State::NotAVersion,
        },
        Sample {
            name: "loading",
            title: "Waiting for the answer",
            state: State::Loading,
        },
        Sample {
            name: "unreachable",
            title: "The service does not answer",
            state: State::Unreachable,
        },
    ]
}
