//! Ranges of versions, in the notation of Cargo's version requirements.
//!
//! `rustsec` decides which versions are affected ([`Ranges::affects`]); this module
//! only writes the ranges down. The intervals of `rustsec` have bounds that no author
//! wrote, such as `3.0.0-0`. The intervals here are read from the requirements
//! themselves, and a test compares them, and their text, with `rustsec`.
//!
//! The text is ambiguous in one respect: `< 3.0.0` may or may not include the
//! pre-releases of 3.0.0. To be exact it would need `3.0.0-0`, a bound that looks like
//! a release.

#[cfg(test)]
mod tests;
mod text;

use super::verdict::Ranges;
use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};
use std::cmp::Ordering;

/// One end of an [`Interval`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The version at the end.
    pub version: Version,
    /// True if the interval contains that version.
    pub is_inclusive: bool,
}

/// All versions between two bounds. Without a bound, the interval is open on that
/// side. Its `Display` is the text that is shown: `>= 37.0.0, < 42.0.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The lower end.
    pub lower: Option<Bound>,
    /// The upper end.
    pub upper: Option<Bound>,
}

/// Returns the ranges that contain a fix, published or not, as RustSec lists them.
///
/// # Examples
/// ```
/// use server::domain::range;
/// use server::domain::verdict::Ranges;
///
/// let ranges = Ranges::parse(&["^0.9.5", ">=0.10.2"], &[])?;
/// let patched = range::patched(&ranges);
/// assert_eq!(patched[0].to_string(), ">= 0.9.5, < 0.10.0");
/// assert_eq!(patched[1].to_string(), ">= 0.10.2");
/// # Ok::<(), server::domain::verdict::RequirementsError>(())
/// ```
#[must_use]
pub fn patched(ranges: &Ranges) -> Vec<Interval> {
    ranges.patched().iter().filter_map(Interval::of).collect()
}

/// Returns the lower bound of a requirement, or `None` if it has none.
///
/// # Examples
/// ```
/// use semver::{Version, VersionReq};
/// use server::domain::range;
///
/// assert_eq!(range::start(&VersionReq::parse(">=1.2, <1.4")?), Some(Version::new(1, 2, 0)));
/// assert_eq!(range::start(&VersionReq::parse("<1.4")?), None);
/// # Ok::<(), semver::Error>(())
/// ```
#[must_use]
pub fn start(requirement: &VersionReq) -> Option<Version> {
    Some(Interval::of(requirement)?.lower?.version)
}

/// Returns the ranges that an advisory affects, in ascending order: all versions that
/// its requirements do not cover.
///
/// # Examples
/// ```
/// use server::domain::range;
/// use server::domain::verdict::Ranges;
///
/// // Fixed in 0.10.2, and backported to 0.9.5.
/// let ranges = Ranges::parse(&["^0.9.5", ">=0.10.2"], &["<0.9.0"])?;
/// let affected = range::affected(&ranges);
/// assert_eq!(affected[0].to_string(), ">= 0.9.0, < 0.9.5");
/// assert_eq!(affected[1].to_string(), ">= 0.10.0, < 0.10.2");
/// # Ok::<(), server::domain::verdict::RequirementsError>(())
/// ```
#[must_use]
pub fn affected(ranges: &Ranges) -> Vec<Interval> {
    let requirements = ranges.patched().iter().chain(ranges.unaffected());
    let mut safe: Vec<Interval> = requirements.filter_map(Interval::of).collect();
    safe.sort_by(|a, b| match (&a.lower, &b.lower) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => a.version.cmp(&b.version),
    });

    // The gaps before the first range, between neighbours, and after the last.
    let mut gaps = Vec::with_capacity(safe.len() + 1);
    let mut open = Some(None);
    for interval in safe {
        if let (Some(lower), Some(start)) = (open.take(), interval.lower) {
            let upper = Some(start.complement());
            gaps.push(Interval { lower, upper });
        }
        open = interval.upper.map(|end| Some(end.complement()));
    }
    gaps.extend(open.map(|lower| Interval { lower, upper: None }));
    gaps.retain(|gap| !gap.is_empty());
    gaps
}

impl Interval {
    /// Returns the interval that a requirement spans, read as `rustsec` reads it.
    /// Returns `None` if it spans none, or has a form that RustSec does not use.
    ///
    /// # Examples
    /// ```
    /// use semver::VersionReq;
    /// use server::domain::range::Interval;
    ///
    /// // In 0.x, `^` keeps the minor number.
    /// let interval = Interval::of(&VersionReq::parse("^0.9.5")?).expect("an interval");
    /// assert_eq!(interval.to_string(), ">= 0.9.5, < 0.10.0");
    /// assert_eq!(Interval::of(&VersionReq::parse("0.9.*")?), None);
    /// # Ok::<(), semver::Error>(())
    /// ```
    #[must_use]
    pub fn of(requirement: &VersionReq) -> Option<Self> {
        let mut interval = Self {
            lower: None,
            upper: None,
        };
        let is_alone = requirement.comparators.len() == 1;
        for comparator in &requirement.comparators {
            let version = lowest(comparator);
            let inclusive = |version| {
                Some(Bound {
                    version,
                    is_inclusive: true,
                })
            };
            let exclusive = |version| {
                Some(Bound {
                    version,
                    is_inclusive: false,
                })
            };
            match comparator.op {
                Op::Greater => interval.lower = exclusive(version),
                Op::GreaterEq => interval.lower = inclusive(version),
                Op::Less => interval.upper = exclusive(version),
                Op::LessEq => interval.upper = inclusive(version),
                Op::Exact if is_alone => {
                    interval.lower = inclusive(version.clone());
                    interval.upper = inclusive(version);
                }
                Op::Caret if is_alone => {
                    interval.upper = exclusive(first_prerelease(next_incompatible(comparator)?));
                    interval.lower = inclusive(version);
                }
                Op::Tilde if is_alone => {
                    interval.upper = exclusive(first_prerelease(next_minor(comparator)?));
                    interval.lower = inclusive(version);
                }
                _ => return None,
            }
        }
        Some(interval)
    }

    /// Returns true if the version lies in the interval, by semver precedence.
    ///
    /// # Examples
    /// ```
    /// use semver::{Version, VersionReq};
    /// use server::domain::range::Interval;
    ///
    /// let requirement = VersionReq::parse(">=3.0.0")?;
    /// let interval = Interval::of(&requirement).expect("an interval");
    /// let prerelease = Version::parse("3.1.0-rc.1")?;
    /// assert!(interval.contains(&prerelease));
    /// // Cargo's rule for pre-releases is a different one.
    /// assert!(!requirement.matches(&prerelease));
    /// # Ok::<(), semver::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        let above =
            self.lower
                .as_ref()
                .is_none_or(|bound| match version.cmp_precedence(&bound.version) {
                    Ordering::Greater => true,
                    Ordering::Equal => bound.is_inclusive,
                    Ordering::Less => false,
                });
        let below =
            self.upper
                .as_ref()
                .is_none_or(|bound| match version.cmp_precedence(&bound.version) {
                    Ordering::Less => true,
                    Ordering::Equal => bound.is_inclusive,
                    Ordering::Greater => false,
                });
        above && below
    }

    /// Returns true if nothing lies between the bounds, as between two adjacent
    /// requirements.
    fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Some(lower), Some(upper)) => match lower.version.cmp_precedence(&upper.version) {
                Ordering::Less => false,
                Ordering::Equal => !(lower.is_inclusive && upper.is_inclusive),
                Ordering::Greater => true,
            },
            _ => false,
        }
    }
}

impl Bound {
    /// Returns the bound of the range on the other side.
    fn complement(self) -> Self {
        Self {
            is_inclusive: !self.is_inclusive,
            ..self
        }
    }
}

/// Returns the lowest version that matches the comparator's numbers: `1.2` is `1.2.0`.
fn lowest(comparator: &Comparator) -> Version {
    Version {
        major: comparator.major,
        minor: comparator.minor.unwrap_or(0),
        patch: comparator.patch.unwrap_or(0),
        pre: comparator.pre.clone(),
        build: BuildMetadata::EMPTY,
    }
}

/// Returns the first version after those that `^` allows, or `None` if the number
/// overflows.
fn next_incompatible(comparator: &Comparator) -> Option<Version> {
    Some(
        match (comparator.major, comparator.minor, comparator.patch) {
            (0, Some(0), Some(patch)) => Version::new(0, 0, patch.checked_add(1)?),
            (0, Some(minor), _) => Version::new(0, minor.checked_add(1)?, 0),
            (major, _, _) => Version::new(major.checked_add(1)?, 0, 0),
        },
    )
}

/// Returns the first version after those that `~` allows, or `None` if the number
/// overflows.
fn next_minor(comparator: &Comparator) -> Option<Version> {
    Some(match comparator.minor {
        Some(minor) => Version::new(comparator.major, minor.checked_add(1)?, 0),
        None => Version::new(comparator.major.checked_add(1)?, 0, 0),
    })
}

/// Returns the lowest version that has these numbers.
fn first_prerelease(mut version: Version) -> Version {
    version.pre = Prerelease::new("0").unwrap_or_default();
    version
}
