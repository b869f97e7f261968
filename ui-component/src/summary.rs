//! The verdict in numbers, for a host that wants to highlight its tab.

use crate::Data;
use crate::answer::{Advisory, AdvisoryKind, SeverityWord};
use crate::facts::Facts;
use crate::severity;

/// How many counted advisories there are, and how many affect the version shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Counted advisories that affect the version shown.
    pub affected: u32,
    /// Counted advisories of the crate.
    pub total: u32,
    /// The worst that affects the version shown: `malicious`, or the highest
    /// severity word in lower case. None when nothing affects it or nothing is scored.
    pub worst: Option<String>,
}

/// The verdict in numbers. Counted are live advisories that a change of version
/// cures: malicious, vulnerability, unsound.
#[must_use]
pub fn summary(data: &Data) -> Summary {
    let Some(krate) = &data.crate_ else {
        return Summary::default();
    };
    let facts = Facts::of(krate);
    Summary {
        affected: u32::try_from(facts.affecting.len()).unwrap_or(u32::MAX),
        total: u32::try_from(facts.counted()).unwrap_or(u32::MAX),
        worst: worst(&facts.affecting).map(|worst| worst.to_lowercase()),
    }
}

fn worst<'a>(affecting: &[&'a Advisory]) -> Option<&'a str> {
    if affecting.iter().any(|a| a.kind == AdvisoryKind::MALICIOUS) {
        return Some("malicious");
    }
    highest(affecting).map(severity::word)
}

/// The highest severity word that any of them was given.
pub(crate) fn highest<'a>(advisories: &[&'a Advisory]) -> Option<&'a SeverityWord> {
    let scored = advisories.iter().filter_map(|a| a.severity.as_ref());
    scored
        .max_by(|a, b| a.score.total_cmp(&b.score))
        .map(|severity| &severity.word)
}
