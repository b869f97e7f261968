//! The states of the tab that the start page has examples of, with candidates for each.

use super::Destination;
use crate::Data;
use crate::answer::{Availability, DataSource, ShownVersion};
use crate::facts::{Facts, is_unmaintained};

/// A state of the tab, for which the preview looks for an example in the current data.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// A short description of the state.
    pub title: &'static str,
    /// Pages that showed this state in RustSec's data or in the bundled sample when the list
    /// was written. Use [`State::holds`] to check that a page still does.
    pub candidates: &'static [Destination<'static>],
    holds: fn(&Facts<'_>) -> bool,
}

impl State {
    /// Returns true if a page with this data shows the state. Returns false before the first
    /// sync.
    #[must_use]
    pub fn holds(&self, data: &Data) -> bool {
        let has_data = data.data_status.source != DataSource::NONE;
        let krate = data.crate_.as_ref().filter(|_| has_data);
        krate.is_some_and(|krate| (self.holds)(&Facts::of(krate)))
    }
}

const fn default(krate: &'static str) -> Destination<'static> {
    Destination {
        krate,
        version: None,
        req: None,
    }
}

const fn at(krate: &'static str, num: &'static str) -> Destination<'static> {
    Destination {
        version: Some(num),
        ..default(krate)
    }
}

/// The most instructive states, in the order in which the start page lists them.
pub const STATES: [State; 14] = [
    State {
        title: "Affected; a compatible upgrade",
        candidates: &[at("openssl", "0.10.8"), at("tokio", "1.18.0")],
        holds: |facts| upgrades(facts).is_some_and(|up| up.0),
    },
    State {
        title: "Affected; a breaking upgrade only",
        candidates: &[at("openssl", "0.9.24"), at("idna", "0.5.0")],
        holds: |facts| upgrades(facts) == Some((false, true, false)),
    },
    State {
        title: "Only an older release is unaffected",
        candidates: &[default("bitmaps"), at("append-only-vec", "0.1.10")],
        holds: |facts| upgrades(facts) == Some((false, false, true)),
    },
    State {
        title: "No release is unaffected",
        candidates: &[default("rsa"), default("im")],
        holds: |facts| upgrades(facts) == Some((false, false, false)),
    },
    State {
        title: "Malicious code",
        candidates: &[
            at("arrayref", "0.3.10"),
            at("append-only-vec", "0.1.10"),
            default("rustdecimal"),
        ],
        holds: |facts| shown(facts).is_some_and(|version| version.counts.malicious > 0),
    },
    State {
        title: "Unsound, and not vulnerable",
        candidates: &[at("tokio", "1.43.0"), at("rand", "0.8.4"), default("im")],
        holds: |facts| facts.is_unsound_only(),
    },
    State {
        title: "Affected on some platforms only",
        candidates: &[at("tower-http", "0.2.0"), at("time", "0.1.43")],
        holds: |facts| shown(facts).is_some_and(|version| version.platforms.is_some()),
    },
    State {
        title: "Not affected; older releases were",
        candidates: &[default("openssl"), default("tokio")],
        holds: |facts| facts.affecting.is_empty() && !facts.elsewhere.is_empty(),
    },
    State {
        title: "Unmaintained",
        candidates: &[default("yaml-rust"), default("paste"), default("instant")],
        holds: |facts| facts.counted() == 0 && facts.notes.iter().any(|it| is_unmaintained(it)),
    },
    State {
        title: "Every advisory withdrawn",
        candidates: &[default("markdown"), default("sample-withdrawn-only")],
        holds: |facts| {
            facts.counted() == 0 && facts.notes.is_empty() && !facts.withdrawn.is_empty()
        },
    },
    State {
        title: "A yanked release",
        candidates: &[at("zeroize_derive", "1.1.1"), default("sample-all-yanked")],
        holds: |facts| shown(facts).is_some_and(|version| version.is_yanked),
    },
    State {
        title: "Removed from crates.io",
        candidates: &[default("rustdecimal"), default("sample-deleted")],
        holds: |facts| facts.is_deleted(),
    },
    State {
        title: "Advisories, but no list of versions",
        candidates: &[default("libcrux-ed25519"), default("parse_duration")],
        holds: |facts| facts.krate.availability == Availability::UNKNOWN && facts.counted() > 0,
    },
    State {
        title: "No advisory",
        candidates: &[default("serde"), default("toml"), default("log")],
        holds: |facts| facts.krate.advisories.is_empty(),
    },
];

fn shown<'a>(facts: &Facts<'a>) -> Option<&'a ShownVersion> {
    facts.version()
}

/// Returns whether there is a compatible, a breaking and an older release to change to, in
/// this order. Returns `None` for a version that is not affected.
fn upgrades(facts: &Facts<'_>) -> Option<(bool, bool, bool)> {
    let version = facts.version().filter(|_| !facts.affecting.is_empty())?;
    let Some(upgrade) = &version.upgrade else {
        return Some((false, false, false));
    };
    let nearest = &upgrade.nearest;
    Some((
        nearest.compatible.is_some(),
        nearest.breaking.is_some(),
        nearest.previous.is_some(),
    ))
}
