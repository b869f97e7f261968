//! The text of an interval, as a person would write it.

use super::{Bound, Interval};
use semver::Prerelease;
use std::fmt;

impl Interval {
    /// Returns the interval as a person would write it. `2.0.0-0`, the lowest
    /// pre-release of 2.0.0, marks the place just before that release: a range that
    /// begins there begins with 2.0.0, and one that ends there ends before 2.0.0.
    ///
    /// # Examples
    /// ```
    /// use semver::{Version, VersionReq};
    /// use server::domain::range::Interval;
    ///
    /// let interval = Interval::of(&VersionReq::parse("^1.2.3")?).expect("an interval");
    /// let end = |interval: Interval| interval.upper.map(|bound| bound.version);
    /// assert_eq!(end(interval.written()), Some(Version::new(2, 0, 0)));
    /// assert_eq!(end(interval), Some(Version::parse("2.0.0-0")?));
    /// # Ok::<(), semver::Error>(())
    /// ```
    #[must_use]
    pub fn written(&self) -> Self {
        let at_release = |bound: &Option<Bound>, is_inclusive| {
            let bound = bound.clone()?;
            if !bound.is_just_before_release() {
                return Some(bound);
            }
            let mut version = bound.version;
            version.pre = Prerelease::EMPTY;
            Some(Bound {
                version,
                is_inclusive,
            })
        };
        Self {
            lower: at_release(&self.lower, true),
            upper: at_release(&self.upper, false),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(lower), Some(upper)) = (&self.lower, &self.upper) {
            if lower == upper && lower.is_inclusive {
                return write!(f, "= {}", lower.version);
            }
            if lower.is_just_before_release() && have_same_numbers(lower, upper) {
                return fmt_prereleases(upper, f);
            }
        }
        let Self { lower, upper } = self.written();
        let lower = lower.map(|bound| match bound.is_inclusive {
            true => format!(">= {}", bound.version),
            false => format!("> {}", bound.version),
        });
        let upper = upper.map(|bound| match bound.is_inclusive {
            true => format!("<= {}", bound.version),
            false => format!("< {}", bound.version),
        });
        match (lower, upper) {
            (Some(lower), Some(upper)) => write!(f, "{lower}, {upper}"),
            (Some(one), None) | (None, Some(one)) => f.write_str(&one),
            (None, None) => f.write_str("every version"),
        }
    }
}

/// Formats the interval from the lowest pre-release of a release up to this bound,
/// which has the same numbers. Requirements have no notation for it.
fn fmt_prereleases(upper: &Bound, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut release = upper.version.clone();
    release.pre = Prerelease::EMPTY;
    match (upper.version.pre.is_empty(), upper.is_inclusive) {
        (true, true) => write!(f, "{release} and its pre-releases"),
        (true, false) => write!(f, "pre-releases of {release}"),
        (false, true) => write!(f, "pre-releases of {release}, <= {}", upper.version),
        (false, false) => write!(f, "pre-releases of {release}, < {}", upper.version),
    }
}

fn have_same_numbers(a: &Bound, b: &Bound) -> bool {
    let numbers = |bound: &Bound| {
        let version = &bound.version;
        (version.major, version.minor, version.patch)
    };
    numbers(a) == numbers(b)
}

impl Bound {
    /// Returns true for `2.0.0-0`, the lowest pre-release of 2.0.0.
    pub(super) fn is_just_before_release(&self) -> bool {
        self.version.pre.as_str() == "0"
    }
}
