//! The verdict in numbers, for a host that wants to highlight its tab.

use crate::Data;
use crate::answer::{Advisory, AdvisoryKind, SeverityWord};
use crate::facts::Facts;
use crate::severity;

/// The numbers of advisories that concern the version shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Counted advisories that affect the version shown: malicious code,
    /// vulnerabilities and unsoundness together.
    pub affected: u32,
    /// Counted advisories of the crate.
    pub total: u32,
    /// The worst that affects the version shown: `malicious`, or the highest severity
    /// word in lower case. `None` if nothing affects it or nothing is scored.
    pub worst: Option<String>,
    /// Vulnerabilities that affect it, without malicious ones.
    pub vulnerabilities: u32,
    /// Unsoundness advisories that affect it.
    pub unsound: u32,
    /// Advisories about malicious code that affect it.
    pub malicious: u32,
    /// Advisories that call the crate unmaintained. They are not in `affected`.
    pub unmaintained: u32,
}

/// Returns the verdict in numbers. Live advisories count if they are of a kind that a
/// change of version cures.
#[must_use]
pub fn summary(data: &Data) -> Summary {
    let Some(krate) = &data.crate_ else {
        return Summary::default();
    };
    let facts = Facts::of(krate);
    let affected = number(facts.affecting.len());
    let total = number(facts.counted());
    let worst = worst(&facts.affecting).map(|worst| worst.to_lowercase());
    let Some(version) = facts.version() else {
        return Summary {
            total,
            ..Summary::default()
        };
    };
    Summary {
        affected,
        total,
        worst,
        vulnerabilities: number(version.counts.vulnerabilities),
        unsound: number(version.counts.unsound),
        malicious: number(version.counts.malicious),
        unmaintained: number(version.counts.unmaintained),
    }
}

fn number<N: TryInto<u32>>(n: N) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

fn worst<'a>(affecting: &[&'a Advisory]) -> Option<&'a str> {
    if affecting.iter().any(|a| a.kind == AdvisoryKind::MALICIOUS) {
        return Some("malicious");
    }
    highest(affecting).map(severity::word)
}

/// Returns the highest severity word of these advisories.
pub(crate) fn highest<'a>(advisories: &[&'a Advisory]) -> Option<&'a SeverityWord> {
    let scored = advisories.iter().filter_map(|a| a.severity.as_ref());
    scored
        .max_by(|a, b| a.score.total_cmp(&b.score))
        .map(|severity| &severity.word)
}
