//! A published version, and the verdict on a version.

use super::advisory::Advisory;
use crate::domain::alert::Alert;
use crate::domain::rust_version::RustVersion;
use std::sync::Arc;

/// A published version.
#[derive(Debug)]
pub struct Release {
    /// The version, including build metadata.
    pub version: semver::Version,
    /// The version as text.
    pub num: String,
    /// True if it was yanked.
    pub is_yanked: bool,
    /// The time of publication, if the index has it.
    pub published_at: Option<time::OffsetDateTime>,
    /// The Rust version that it says it needs, if the index has it.
    pub rust_version: Option<RustVersion>,
    /// The advisories that affect it.
    pub verdict: Verdict,
}

/// The advisories that affect one version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Indexes of live advisories of any kind, ascending and therefore worst
    /// first.
    pub affecting: Vec<usize>,
    /// The number of affecting advisories that count ([`Advisory::is_counted`]).
    pub counted: usize,
    /// The most prominent alert of the affecting advisories.
    pub alert: Alert,
}

impl Verdict {
    /// Returns the verdict of the advisories with these indexes, without
    /// withdrawn ones.
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
