//! Ranges of versions in words that people say.
//!
//! `rustsec` decides what is affected ([`Ranges::affects`]); this module only
//! words it. `rustsec`'s own intervals carry bounds that nobody wrote, such as
//! `3.0.0-0`, so the intervals here are read from the requirements themselves,
//! and a test holds them against `rustsec`.

use super::verdict::Ranges;
use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};
use std::cmp::Ordering;
use std::fmt;

/// One end of an [`Interval`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The version at the end.
    pub version: Version,
    /// Whether the interval holds that version.
    pub is_inclusive: bool,
}

/// All versions between two bounds; without one it is open on that side.
/// Its `Display` is the text a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The lower end.
    pub lower: Option<Bound>,
    /// The upper end.
    pub upper: Option<Bound>,
}

/// What an advisory affects: all that its requirements leave open, in
/// ascending order.
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

    // What lies before the first, between two neighbours, and after the last.
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
    /// The interval that a requirement spans, read as `rustsec` reads it.
    /// `None` when it spans none, or is not of a form RustSec uses.
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

    /// Whether the version lies in the interval, by semver precedence.
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

    /// Two requirements that meet leave nothing between them.
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
        let (Some(lower), Some(upper)) = (&self.lower, &self.upper) else {
            return match (&self.lower, &self.upper) {
                (
                    Some(Bound {
                        is_inclusive: true, ..
                    }),
                    _,
                ) => {
                    write!(f, "{} and later", Bound::text(&self.lower))
                }
                (Some(_), _) => write!(f, "after {}", Bound::text(&self.lower)),
                (
                    _,
                    Some(Bound {
                        is_inclusive: true, ..
                    }),
                ) => {
                    write!(f, "{} and earlier", Bound::text(&self.upper))
                }
                (_, Some(_)) => write!(f, "before {}", Bound::text(&self.upper)),
                (None, None) => f.write_str("every version"),
            };
        };
        let (from, to) = (lower.written(), upper.written());
        if from > to {
            // From before 3.0.0, written for its lowest pre-release, to one of
            // its own pre-releases.
            return write!(f, "pre-releases of {from} before {to}");
        }
        match (lower.is_inclusive, upper.is_inclusive) {
            (true, true) if from == to => write!(f, "{from} only"),
            (true, true) => write!(f, "{from} to {to}"),
            (true, false) => write!(f, "{from} up to {to} (not included)"),
            (false, true) => write!(f, "after {from} up to {to}"),
            (false, false) => write!(f, "after {from} and before {to}"),
        }
    }
}

impl Bound {
    /// The version as a person would write it: the lowest pre-release of
    /// `2.0.0`, `2.0.0-0`, stands for the place just before it and is nobody's
    /// release.
    #[must_use]
    pub fn written(&self) -> Version {
        let mut version = self.version.clone();
        if version.pre.as_str() == "0" {
            version.pre = Prerelease::EMPTY;
        }
        version
    }

    fn text(bound: &Option<Self>) -> String {
        bound
            .as_ref()
            .map(|b| b.written().to_string())
            .unwrap_or_default()
    }

    /// The bound of what lies on the other side.
    fn complement(self) -> Self {
        Self {
            is_inclusive: !self.is_inclusive,
            ..self
        }
    }
}

/// The lowest version that the comparator's numbers name: `1.2` is `1.2.0`.
fn lowest(comparator: &Comparator) -> Version {
    Version {
        major: comparator.major,
        minor: comparator.minor.unwrap_or(0),
        patch: comparator.patch.unwrap_or(0),
        pre: comparator.pre.clone(),
        build: BuildMetadata::EMPTY,
    }
}

/// The first version that `^` no longer lets in. `None`: there is no such number.
fn next_incompatible(comparator: &Comparator) -> Option<Version> {
    Some(
        match (comparator.major, comparator.minor, comparator.patch) {
            (0, Some(0), Some(patch)) => Version::new(0, 0, patch.checked_add(1)?),
            (0, Some(minor), _) => Version::new(0, minor.checked_add(1)?, 0),
            (major, _, _) => Version::new(major.checked_add(1)?, 0, 0),
        },
    )
}

/// The first version that `~` no longer lets in. `None`: there is no such number.
fn next_minor(comparator: &Comparator) -> Option<Version> {
    Some(match comparator.minor {
        Some(minor) => Version::new(comparator.major, minor.checked_add(1)?, 0),
        None => Version::new(comparator.major.checked_add(1)?, 0, 0),
    })
}

/// The lowest version of all that share these numbers.
fn first_prerelease(mut version: Version) -> Version {
    version.pre = Prerelease::new("0").unwrap_or_default();
    version
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(patched: &[&str], unaffected: &[&str]) -> String {
        let ranges = Ranges::parse(patched, unaffected).expect("ranges");
        let texts: Vec<_> = affected(&ranges).iter().map(ToString::to_string).collect();
        texts.join("; ")
    }

    #[test]
    fn affected_ranges_in_words() {
        for (patched, unaffected, expect) in [
            (&[][..], &[][..], "every version"),
            (&[">=0.10.48"], &[], "before 0.10.48"),
            (
                &[">=0.10.48"],
                &["<0.9.7"],
                "0.9.7 up to 0.10.48 (not included)",
            ),
            (&[], &["<=0.3.9"], "after 0.3.9"),
            (&[], &["<1.2.0"], "1.2.0 and later"),
            (&[">0.3.9"], &[], "0.3.9 and earlier"),
            (
                &["^0.9.5", ">=0.10.2"],
                &[],
                "before 0.9.5; 0.10.0 up to 0.10.2 (not included)",
            ),
            (
                &["0.9.5", ">=0.10.2"],
                &[],
                "before 0.9.5; 0.10.0 up to 0.10.2 (not included)",
            ),
            (
                &["~1.2.4", ">=1.4"],
                &["<1"],
                "1.0.0 up to 1.2.4 (not included); 1.3.0 up to 1.4.0 (not included)",
            ),
            (&[">1.0.3"], &["<1.0.3"], "1.0.3 only"),
            (&[">1.4.0"], &["<=1.0.0"], "after 1.0.0 up to 1.4.0"),
            (&[">=2.0.0"], &["<=1.0.0"], "after 1.0.0 and before 2.0.0"),
            (&[">=3.0.0-beta.9"], &[], "before 3.0.0-beta.9"),
            (
                &["^2.2.1", ">=3.0.0-beta.9"],
                &[],
                "before 2.2.1; pre-releases of 3.0.0 before 3.0.0-beta.9",
            ),
            (&[">=1.0.0"], &["<1.0.0"], ""),
        ] {
            assert_eq!(
                words(patched, unaffected),
                expect,
                "{patched:?} {unaffected:?}"
            );
        }
    }

    /// Small numbers, so that bounds and versions meet often.
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
        fn words_agree_with_rustsec(
            patched in prop::collection::vec(requirement(), 0..3),
            unaffected in prop::collection::vec(requirement(), 0..2),
            num in version(),
        ) {
            let Ok(ranges) = Ranges::parse(&patched, &unaffected) else {
                return Err(TestCaseError::reject("rustsec refuses these"));
            };
            let version = Version::parse(&num).expect("version");
            let worded = affected(&ranges).iter().any(|interval| interval.contains(&version));
            prop_assert_eq!(worded, ranges.affects(&version));
        }
    }
}
