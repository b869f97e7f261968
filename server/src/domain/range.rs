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

use super::verdict::Ranges;
use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};
use std::cmp::Ordering;
use std::fmt;

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
#[must_use]
pub fn patched(ranges: &Ranges) -> Vec<Interval> {
    ranges.patched().iter().filter_map(Interval::of).collect()
}

/// Returns the lower bound of a requirement, or `None` if it has none.
#[must_use]
pub fn start(requirement: &VersionReq) -> Option<Version> {
    Some(Interval::of(requirement)?.lower?.version)
}

/// Returns the ranges that an advisory affects, in ascending order: all versions that
/// its requirements do not cover.
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

    /// Returns the interval as a person would write it. `2.0.0-0`, the lowest
    /// pre-release of 2.0.0, marks the place just before that release: a range that
    /// begins there begins with 2.0.0, and one that ends there ends before 2.0.0.
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
    fn is_just_before_release(&self) -> bool {
        self.version.pre.as_str() == "0"
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(patched: &[&str], unaffected: &[&str]) -> String {
        let ranges = Ranges::parse(patched, unaffected).expect("ranges");
        let texts: Vec<_> = affected(&ranges).iter().map(ToString::to_string).collect();
        texts.join("; ")
    }

    #[test]
    fn affected_ranges_as_text() {
        for (patched, unaffected, expect) in [
            (&[][..], &[][..], "every version"),
            (&[">=0.10.48"], &[], "< 0.10.48"),
            (&[">=0.10.48"], &["<0.9.7"], ">= 0.9.7, < 0.10.48"),
            (&[], &["<=0.3.9"], "> 0.3.9"),
            (&[], &["<1.2.0"], ">= 1.2.0"),
            (&[">0.3.9"], &[], "<= 0.3.9"),
            (&["^0.9.5", ">=0.10.2"], &[], "< 0.9.5; >= 0.10.0, < 0.10.2"),
            (&["0.9.5", ">=0.10.2"], &[], "< 0.9.5; >= 0.10.0, < 0.10.2"),
            (
                &["~1.2.4", ">=1.4"],
                &["<1"],
                ">= 1.0.0, < 1.2.4; >= 1.3.0, < 1.4.0",
            ),
            (&[">1.0.3"], &["<1.0.3"], "= 1.0.3"),
            (&[">1.4.0"], &["<=1.0.0"], "> 1.0.0, <= 1.4.0"),
            (&[">=2.0.0"], &["<=1.0.0"], "> 1.0.0, < 2.0.0"),
            (&[">=3.0.0-beta.9"], &[], "< 3.0.0-beta.9"),
            (
                &["^2.2.1", ">=3.0.0-beta.9"],
                &[],
                "< 2.2.1; pre-releases of 3.0.0, < 3.0.0-beta.9",
            ),
            (
                &["^2.2.1", ">3.0.0-beta.9"],
                &[],
                "< 2.2.1; pre-releases of 3.0.0, <= 3.0.0-beta.9",
            ),
            (
                &["^2.2.1", ">=3.0.0"],
                &[],
                "< 2.2.1; pre-releases of 3.0.0",
            ),
            (
                &["^2.2.1", ">3.0.0"],
                &[],
                "< 2.2.1; 3.0.0 and its pre-releases",
            ),
            // Bounds just before a release, as RustSec could write them too.
            (&[">3.0.0-0"], &[], "< 3.0.0"),
            (&["<=3.0.0-0"], &[], ">= 3.0.0"),
            (&["<3.0.0-0", ">3.0.0-0"], &[], "= 3.0.0-0"),
            (&[">=1.0.0"], &["<1.0.0"], ""),
        ] {
            assert_eq!(
                text(patched, unaffected),
                expect,
                "{patched:?} {unaffected:?}"
            );
        }
    }

    #[test]
    fn requirements_as_text() {
        for (requirement, expect) in [
            ("*", "every version"),
            ("^1.2", ">= 1.2.0, < 2.0.0"),
            ("~1.2.3", ">= 1.2.3, < 1.3.0"),
            ("=1.2.3", "= 1.2.3"),
            (">=1.2, <1.4", ">= 1.2.0, < 1.4.0"),
            (">1.2.0, <1.2.0", "> 1.2.0, < 1.2.0"),
        ] {
            let requirement = VersionReq::parse(requirement).expect("a requirement");
            let interval = Interval::of(&requirement).expect("an interval");
            assert_eq!(interval.to_string(), expect, "{requirement}");
        }
    }

    /// Returns the interval that a reader of this text would understand.
    fn read(text: &str) -> Interval {
        let open = Interval {
            lower: None,
            upper: None,
        };
        if text == "every version" {
            return open;
        }
        let Some(text) = text.strip_prefix("pre-releases of ") else {
            let release = text.strip_suffix(" and its pre-releases");
            let text = release.map_or(text.to_owned(), |release| {
                format!(">={release}-0, <={release}")
            });
            let requirement = VersionReq::parse(&text).expect("a requirement");
            return Interval::of(&requirement).expect("an interval");
        };
        let (release, end) = match text.split_once(", ") {
            Some((release, end)) => (release, end.to_owned()),
            None => (text, format!("<{text}")),
        };
        let requirement = format!(">={release}-0, {end}");
        let requirement = VersionReq::parse(&requirement).expect("a requirement");
        Interval::of(&requirement).expect("an interval")
    }

    /// Generates small numbers, so that bounds and versions coincide often.
    fn version() -> impl Strategy<Value = String> {
        let pre = prop_oneof![
            6 => Just(String::new()),
            1 => (0..3u8).prop_map(|n| format!("-alpha.{n}")),
            1 => Just("-0".to_owned()),
        ];
        let build = prop_oneof![4 => Just(""), 1 => Just("+b.1")];
        (0..3u8, 0..4u8, 0..4u8, pre, build).prop_map(|(major, minor, patch, pre, build)| {
            format!("{major}.{minor}.{patch}{pre}{build}")
        })
    }

    fn requirement() -> impl Strategy<Value = String> {
        let op = prop::sample::select(vec![">=", "<", "^", "", ">", "<=", "=", "~"]);
        let single = (op, version()).prop_map(|(op, version)| format!("{op}{version}"));
        let pair = (version(), version()).prop_map(|(a, b)| format!(">={a}, <{b}"));
        let partial = (0..3u8, 0..4u8).prop_map(|(major, minor)| format!("^{major}.{minor}"));
        prop_oneof![4 => single, 2 => pair, 1 => partial]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, max_global_rejects: 65_536, ..ProptestConfig::default() })]
        #[test]
        fn intervals_and_their_text_agree_with_rustsec(
            patched in prop::collection::vec(requirement(), 0..3),
            unaffected in prop::collection::vec(requirement(), 0..2),
            num in version(),
        ) {
            let Ok(ranges) = Ranges::parse(&patched, &unaffected) else {
                return Err(TestCaseError::reject("rustsec refuses these"));
            };
            let version = Version::parse(&num).expect("version");
            let intervals = affected(&ranges);
            let holds = |intervals: &[Interval]| intervals.iter().any(|it| it.contains(&version));
            prop_assert_eq!(holds(&intervals), ranges.affects(&version));

            let texts: Vec<String> = intervals.iter().map(ToString::to_string).collect();
            // The one respect in which a text is ambiguous.
            let bounds = intervals.iter().flat_map(|it| [&it.lower, &it.upper]);
            let mut rounded = bounds.flatten().filter(|bound| bound.is_just_before_release());
            let is_open = !version.pre.is_empty() && rounded.any(|bound| {
                let numbers = |it: &Version| (it.major, it.minor, it.patch);
                numbers(&bound.version) == numbers(&version)
            });
            if !is_open {
                let read: Vec<_> = texts.iter().map(|text| read(text)).collect();
                prop_assert_eq!(holds(&read), ranges.affects(&version), "{:?}", texts);
            }
            let is_synthetic = |text: &String| text.contains("-0") && !text.starts_with("= ");
            prop_assert!(!texts.iter().any(is_synthetic), "{:?}", texts);
        }
    }
}
