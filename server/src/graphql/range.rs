//! Ranges of versions.

use crate::domain::range::{Bound, Interval};
use async_graphql::SimpleObject;
use semver::VersionReq;

/// A range of versions.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct VersionRange {
    /// The range in the notation of Cargo's version requirements, such as
    /// `< 0.10.48`, `>= 0.8.0, < 0.8.13` or `= 1.2.3`; "every version" for all of
    /// them. Pre-releases alone are described in words: "pre-releases of 3.0.0".
    text: String,
    /// RustSec's requirement, such as `>=0.10.48`. Null for an affected range,
    /// which is derived from the requirements.
    requirement: Option<String>,
    /// The lower end. Null if the range begins with the first version.
    lower: Option<VersionBound>,
    /// The upper end. Null if the range includes all later versions.
    upper: Option<VersionBound>,
}

/// An end of a range.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct VersionBound {
    /// The version at the end.
    version: String,
    /// True if the range includes that version.
    is_inclusive: bool,
}

impl VersionRange {
    pub(super) fn of(requirement: &VersionReq) -> Self {
        let range = Interval::of(requirement).map(Self::from);
        let requirement = requirement.to_string();
        match range {
            Some(range) => Self {
                requirement: Some(requirement),
                ..range
            },
            // RustSec does not use this form for ranges; show the requirement
            // itself.
            None => Self {
                text: requirement.clone(),
                requirement: Some(requirement),
                lower: None,
                upper: None,
            },
        }
    }
}

impl From<Interval> for VersionRange {
    fn from(interval: Interval) -> Self {
        let Interval { lower, upper } = interval.written();
        Self {
            text: interval.to_string(),
            requirement: None,
            lower: lower.map(VersionBound::from),
            upper: upper.map(VersionBound::from),
        }
    }
}

impl From<Bound> for VersionBound {
    fn from(bound: Bound) -> Self {
        Self {
            version: bound.version.to_string(),
            is_inclusive: bound.is_inclusive,
        }
    }
}
