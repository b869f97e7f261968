//! The way out of an affected version: which release to move to.

use super::version::{is_compatible, is_prerelease};
use semver::Version;
use std::cmp::Ordering;

/// A published release, as far as an upgrade needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its version.
    pub version: &'a Version,
    /// Whether it was yanked: cargo would not choose it.
    pub is_yanked: bool,
    /// Whether an advisory that matters here affects it.
    pub is_affected: bool,
}

/// Where to go, with the index of the release among the candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// A newer release that `^` lets in.
    Compatible(usize),
    /// A newer release; none that `^` lets in is free.
    Breaking(usize),
    /// An older release; no newer one is free.
    Previous(usize),
    /// No published release is free.
    None,
}

/// The nearest release that is not affected: newer and compatible first, only
/// else newer and breaking, only else older. Never one that is yanked; a
/// pre-release only for someone who is on one. "Nearest" and "newer" are
/// semver precedence, which leaves build metadata out.
#[must_use]
pub fn find(from: &Version, releases: &[Candidate<'_>]) -> Upgrade {
    let qualifies = |release: &Candidate<'_>| {
        !release.is_yanked
            && !release.is_affected
            && (!is_prerelease(release.version) || is_prerelease(from))
    };
    let on_side = |side: Ordering| {
        releases
            .iter()
            .enumerate()
            .filter(move |(_, release)| {
                qualifies(release) && release.version.cmp_precedence(from) == side
            })
            .map(|(index, release)| (release.version, index))
    };
    let nearest_newer = |compatible: bool| {
        on_side(Ordering::Greater)
            .filter(|(version, _)| is_compatible(from, version) == compatible)
            .min()
            .map(|(_, index)| index)
    };
    if let Some(index) = nearest_newer(true) {
        return Upgrade::Compatible(index);
    }
    if let Some(index) = nearest_newer(false) {
        return Upgrade::Breaking(index);
    }
    match on_side(Ordering::Less).max() {
        Some((_, index)) => Upgrade::Previous(index),
        None => Upgrade::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Release {
        version: Version,
        is_yanked: bool,
        is_affected: bool,
    }

    /// `!` yanked, `*` affected.
    fn releases(text: &str) -> Vec<Release> {
        text.split_whitespace()
            .map(|word| Release {
                version: Version::parse(word.trim_matches(['!', '*'])).expect("version"),
                is_yanked: word.contains('!'),
                is_affected: word.contains('*'),
            })
            .collect()
    }

    fn candidates(releases: &[Release]) -> Vec<Candidate<'_>> {
        releases
            .iter()
            .map(|r| Candidate {
                version: &r.version,
                is_yanked: r.is_yanked,
                is_affected: r.is_affected,
            })
            .collect()
    }

    fn found(from: &str, text: &str) -> String {
        let releases = releases(text);
        let from = Version::parse(from).expect("version");
        let at = |index: usize| releases[index].version.to_string();
        match find(&from, &candidates(&releases)) {
            Upgrade::Compatible(i) => format!("compatible {}", at(i)),
            Upgrade::Breaking(i) => format!("breaking {}", at(i)),
            Upgrade::Previous(i) => format!("previous {}", at(i)),
            Upgrade::None => "none".to_owned(),
        }
    }

    #[test]
    fn the_way_out() {
        for (from, text, expect) in [
            (
                "1.0.0",
                "1.0.0* 1.0.1* 1.1.0 1.2.0 2.0.0",
                "compatible 1.1.0",
            ),
            (
                "1.0.0",
                "1.0.0* 1.0.1! 1.1.0* 2.0.0 2.0.1",
                "breaking 2.0.0",
            ),
            ("0.3.10", "0.3.8 0.3.9 0.3.10*", "previous 0.3.9"),
            ("1.0.0", "1.0.0* 1.0.1-rc.1", "none"),
            (
                "1.0.0-rc.1",
                "1.0.0-rc.1* 1.0.0-rc.2 1.0.0",
                "compatible 1.0.0-rc.2",
            ),
            ("0.1.0", "0.1.0* 0.2.0", "breaking 0.2.0"),
            ("1.0.5", "1.0.0* 1.0.1", "previous 1.0.1"),
            (
                "110.0.0",
                "110.0.0* 110.0.0+1.1.0f 110.0.1+1.1.0g",
                "compatible 110.0.1+1.1.0g",
            ),
            ("1.0.0", "", "none"),
        ] {
            assert_eq!(found(from, text), expect, "{from} among {text}");
        }
    }

    fn version() -> impl Strategy<Value = Version> {
        let pre = prop_oneof![3 => Just(""), 1 => Just("-alpha.1"), 1 => Just("-rc.1")];
        let build = prop_oneof![3 => Just(""), 1 => Just("+b")];
        (0..3u8, 0..3u8, 0..4u8, pre, build).prop_map(|(major, minor, patch, pre, build)| {
            Version::parse(&format!("{major}.{minor}.{patch}{pre}{build}")).expect("version")
        })
    }

    fn release() -> impl Strategy<Value = Release> {
        (version(), any::<bool>(), any::<bool>()).prop_map(|(version, is_yanked, is_affected)| {
            Release {
                version,
                is_yanked,
                is_affected,
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]
        #[test]
        fn never_yanked_never_affected_on_its_side_and_nearest(
            from in version(),
            releases in prop::collection::vec(release(), 0..12),
        ) {
            let candidates = candidates(&releases);
            let free = |r: &&Release| {
                !r.is_yanked && !r.is_affected && (r.version.pre.is_empty() || !from.pre.is_empty())
            };
            let newer = |r: &&Release| r.version.cmp_precedence(&from) == Ordering::Greater;
            let older = |r: &&Release| r.version.cmp_precedence(&from) == Ordering::Less;
            let compatible = |r: &&Release| is_compatible(&from, &r.version);
            let free: Vec<&Release> = releases.iter().filter(free).collect();
            let count = |side: &dyn Fn(&&Release) -> bool| free.iter().filter(|r| side(r)).count();
            match find(&from, &candidates) {
                Upgrade::Compatible(index) => {
                    let to = &releases[index];
                    prop_assert!(!to.is_yanked && !to.is_affected);
                    prop_assert!(newer(&to) && compatible(&to));
                    let nearer = |r: &&Release| newer(r) && r.version < to.version;
                    prop_assert_eq!(count(&nearer), 0);
                }
                Upgrade::Breaking(index) => {
                    let to = &releases[index];
                    prop_assert!(!to.is_yanked && !to.is_affected);
                    prop_assert!(newer(&to) && !compatible(&to));
                    prop_assert_eq!(count(&|r| newer(r) && compatible(r)), 0);
                    prop_assert_eq!(count(&|r| newer(r) && r.version < to.version), 0);
                }
                Upgrade::Previous(index) => {
                    let to = &releases[index];
                    prop_assert!(!to.is_yanked && !to.is_affected);
                    prop_assert!(older(&to));
                    prop_assert_eq!(count(&newer), 0);
                    prop_assert_eq!(count(&|r| older(r) && r.version > to.version), 0);
                }
                Upgrade::None => {
                    prop_assert_eq!(count(&newer) + count(&older), 0);
                }
            }
            let is_prerelease_offered = match find(&from, &candidates) {
                Upgrade::Compatible(i) | Upgrade::Breaking(i) | Upgrade::Previous(i) => {
                    !releases[i].version.pre.is_empty()
                }
                Upgrade::None => false,
            };
            prop_assert!(!is_prerelease_offered || !from.pre.is_empty());
        }
    }
}
