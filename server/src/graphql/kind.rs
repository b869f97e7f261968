//! The kinds of advisory.

use crate::domain::kind::Kind;
use async_graphql::{Enum, SimpleObject};

/// What an advisory is about.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub(super) enum AdvisoryKind {
    /// A release that was made to do harm (RustSec's category `malicious`).
    Malicious,
    /// A security vulnerability.
    Vulnerability,
    /// Safe code that can cause undefined behaviour (`informational = "unsound"`).
    Unsound,
    /// Nobody maintains the crate any more (`informational = "unmaintained"`).
    Unmaintained,
    /// Something worth knowing that is not a fault (`informational = "notice"`).
    Notice,
    /// A kind that RustSec has added since; `kindName` tells.
    Other,
}

/// The live advisories that affect a version, counted by kind. The first three
/// are the counted ones: they add up to `affectingCount`.
#[derive(Default, SimpleObject)]
#[graphql(serial)]
pub(super) struct AdvisoryCounts {
    /// Malicious code.
    malicious: usize,
    /// Vulnerabilities. Malicious ones are not counted again here.
    vulnerabilities: usize,
    /// Unsoundness.
    unsound: usize,
    /// Advisories that say that the crate is unmaintained.
    unmaintained: usize,
    /// Notices.
    notices: usize,
    /// Advisories of a kind that RustSec has added since.
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
