//! A published version, and the verdict on a version.

use super::advisory::Advisory;
use crate::domain::alert::Alert;
use crate::domain::rust_version::RustVersion;
use std::sync::Arc;

/// A published version.
#[derive(Debug)]
pub struct Release {
    /// The version, build metadata included.
    pub version: semver::Version,
    /// The same as text.
    pub num: String,
    /// Whether it was yanked.
    pub is_yanked: bool,
    /// The time of publication, where the index says it.
    pub published_at: Option<time::OffsetDateTime>,
    /// The Rust version that it claims to need, where the index says it.
    pub rust_version: Option<RustVersion>,
    /// The advisories that affect it.
    pub verdict: Verdict,
}

/// The advisories that affect one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Indexes of live advisories of any kind, ascending, so worst first.
    pub affecting: Vec<usize>,
    /// The number of those that count ([`Advisory::is_counted`]).
    pub counted: usize,
    /// The most prominent alert that one of them raises.
    pub alert: Alert,
}

impl Verdict {
    /// The verdict of these advisories, by their indexes; withdrawn ones are left
    /// out.
    pub(super) fn new(advisories: &[Arc<Advisory>], mut affecting: Vec<usize>) -> Self {
        affecting.retain(|&index| advisories[index].is_live());
        let is_counted = |&&index: &&usize| advisories[index].is_counted();
        let alerts = affecting.iter().map(|&index| advisories[index].alert());
        Self {
            counted: affecting.iter().filter(is_counted).count(),
            alert: alerts.max().unwrap_or_default(),
            affecting,
        }
    }
}
