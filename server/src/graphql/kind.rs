//! The kinds of advisory.

use crate::domain::kind::Kind;
use async_graphql::{Enum, SimpleObject};

/// The kind of an advisory.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub(super) enum AdvisoryKind {
    /// A release made to do harm (RustSec category `malicious`).
    Malicious,
    /// A security vulnerability.
    Vulnerability,
    /// Safe code that can cause undefined behaviour (`informational = "unsound"`).
    Unsound,
    /// The crate is no longer maintained (`informational = "unmaintained"`).
    Unmaintained,
    /// Information for users; not a fault (`informational = "notice"`).
    Notice,
    /// A kind that this service does not know; see `kindName`.
    Other,
}

/// The number of live advisories that affect a version, by kind. The first
/// three add up to `affectingCount`.
#[derive(Default, SimpleObject)]
#[graphql(serial)]
pub(super) struct AdvisoryCounts {
    /// Advisories about malicious code.
    malicious: usize,
    /// Vulnerabilities, not including malicious code.
    vulnerabilities: usize,
    /// Advisories about unsoundness.
    unsound: usize,
    /// Advisories that call the crate unmaintained.
    unmaintained: usize,
    /// Notices.
    notices: usize,
    /// Advisories of a kind that this service does not know.
    other: usize,
}

impl FromIterator<Kind> for AdvisoryCounts {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut counts = Self::default();
        for kind in kinds {
            *match kind {
                Kind::Malicious => &mut counts.malicious,
                Kind::Vulnerability => &mut counts.vulnerabilities,
                Kind::Unsound => &mut counts.unsound,
                Kind::Unmaintained => &mut counts.unmaintained,
                Kind::Notice => &mut counts.notices,
                Kind::Other => &mut counts.other,
            } += 1;
        }
        counts
    }
}
