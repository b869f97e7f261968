//! Version requirements, parsed and matched as Cargo does.
//!
//! A requirement decides which releases Cargo may choose, by [`VersionReq::matches`].
//! An advisory decides which releases are affected, by
//! [`Ranges::affects`](super::verdict::Ranges::affects). The two treat pre-releases
//! differently, so neither may answer for the other.

use semver::{Version, VersionReq};

/// The longest requirement that is parsed, in bytes. Those on crates.io are far
/// shorter. The limit keeps hostile input cheap.
const MAX_LENGTH: usize = 256;

/// Parses a requirement as written in `Cargo.toml`, such as `1.2` or `>=1.2, <2`.
/// Returns `None` if Cargo would not accept it, or if it is longer than 256 bytes.
///
/// # Examples
/// ```
/// use server::domain::requirement;
///
/// let requirement = requirement::parse("1.2").expect("a requirement");
/// assert_eq!(requirement.to_string(), "^1.2");
/// assert_eq!(requirement::parse("latest"), None);
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<VersionReq> {
    // `semver` itself accepts at most 32 comparators.
    (text.len() <= MAX_LENGTH)
        .then(|| VersionReq::parse(text.trim()).ok())
        .flatten()
}

/// A published release, with the facts that a requirement needs.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The version.
    pub version: &'a Version,
    /// True if the release was yanked, so that Cargo does not choose it.
    pub is_yanked: bool,
    /// True if a counted advisory affects it.
    pub is_affected: bool,
    /// True if one of these advisories is a vulnerability or about malicious code.
    pub is_vulnerable: bool,
}

/// The releases that a requirement allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// The number of allowed releases: published, not yanked, and matched.
    pub matching: usize,
    /// The number of allowed releases that are affected.
    pub affected: usize,
    /// The number of allowed releases that are vulnerable.
    pub vulnerable: usize,
    /// The index of the newest allowed release. Cargo chooses it without a lock file,
    /// unless another requirement or the resolver's Rust version forbids it.
    pub chosen: Option<usize>,
    /// The index of the newest allowed release that is not affected.
    pub newest_unaffected: Option<usize>,
}

impl Matches {
    /// Returns the same matches for a longer list, in which the releases begin at
    /// `start`.
    pub(super) fn moved_by(self, start: usize) -> Self {
        let moved = |index: Option<usize>| index.map(|index| index + start);
        Self {
            chosen: moved(self.chosen),
            newest_unaffected: moved(self.newest_unaffected),
            ..self
        }
    }
}

/// Matches a requirement against releases in any order.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::requirement::{Release, parse, resolve};
///
/// let versions = [Version::new(1, 2, 0), Version::new(1, 3, 0), Version::new(2, 0, 0)];
/// let [old, new, breaking] = versions.each_ref().map(|version| Release {
///     version,
///     is_yanked: false,
///     is_affected: false,
///     is_vulnerable: false,
/// });
/// let new = Release { is_affected: true, ..new };
/// let matches = resolve(&parse("1").expect("a requirement"), &[old, new, breaking]);
/// assert_eq!((matches.affected, matches.matching), (1, 2));
/// assert_eq!((matches.chosen, matches.newest_unaffected), (Some(1), Some(0)));
/// ```
#[must_use]
pub fn resolve(requirement: &VersionReq, releases: &[Release<'_>]) -> Matches {
    let allowed = releases.iter().enumerate();
    let allowed =
        allowed.filter(|(_, release)| !release.is_yanked && requirement.matches(release.version));
    let mut matches = Matches::default();
    let newer = |old: Option<usize>, new: usize| match old {
        Some(old) if releases[old].version > releases[new].version => Some(old),
        _ => Some(new),
    };
    for (index, release) in allowed {
        matches.matching += 1;
        matches.affected += usize::from(release.is_affected);
        matches.vulnerable += usize::from(release.is_vulnerable);
        matches.chosen = newer(matches.chosen, index);
        if !release.is_affected {
            matches.newest_unaffected = newer(matches.newest_unaffected, index);
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Published {
        version: Version,
        is_yanked: bool,
        is_affected: bool,
    }

    impl Published {
        fn release(&self) -> Release<'_> {
            Release {
                version: &self.version,
                is_yanked: self.is_yanked,
                is_affected: self.is_affected,
                is_vulnerable: self.is_affected,
            }
        }
    }

    fn resolve_all(requirement: &VersionReq, releases: &[Published]) -> Matches {
        let releases: Vec<Release<'_>> = releases.iter().map(Published::release).collect();
        resolve(requirement, &releases)
    }

    /// Parses releases: `!` yanked, `*` affected.
    fn releases(text: &str) -> Vec<Published> {
        text.split_whitespace()
            .map(|word| Published {
                version: Version::parse(word.trim_matches(['!', '*'])).expect("version"),
                is_yanked: word.contains('!'),
                is_affected: word.contains('*'),
            })
            .collect()
    }

    #[test]
    fn requirements_as_cargo_reads_them() {
        for (text, printed) in [
            ("1.2", "^1.2"),
            (" ^0.10 ", "^0.10"),
            (">=1.2, <2", ">=1.2, <2"),
            ("=1.2.3", "=1.2.3"),
            ("~1.2", "~1.2"),
            ("*", "*"),
            ("1.*", "1.*"),
            ("1.0.0-rc.1", "^1.0.0-rc.1"),
        ] {
            let requirement = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(requirement.to_string(), printed);
        }
        let long = format!("1.0.0-{}", "a".repeat(300));
        let many = ">0.0.0,".repeat(40);
        let endless = ">0,".repeat(10_000);
        for text in [
            "",
            " ",
            "^^1",
            "1.2.3.4",
            "v1",
            "one",
            "1 2",
            ">=",
            "1.0\0",
            "\u{202e}1",
            "1, *",
            &long,
            &many,
            &endless,
        ] {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_a_requirement_allows() {
        for (requirement, among, expect) in [
            // (matching, affected, chosen, newest unaffected)
            ("^0.10", "0.10.1* 0.10.2 0.11.0", (2, 1, "0.10.2", "0.10.2")),
            ("^0.9", "0.9.1* 0.9.2* 0.10.0", (2, 2, "0.9.2", "")),
            ("~1.2", "1.2.7 1.2.9* 1.3.0", (2, 1, "1.2.9", "1.2.7")),
            ("^7", "1.0.0", (0, 0, "", "")),
            // A yanked release is not chosen.
            ("^1", "1.0.0* 1.1.0!", (1, 1, "1.0.0", "")),
            // Pre-releases by Cargo's rule: only if the requirement names one.
            ("^1", "1.0.0* 1.1.0-rc.1", (1, 1, "1.0.0", "")),
            (
                "^1.1.0-rc.1",
                "1.1.0-rc.1 1.1.0*",
                (2, 1, "1.1.0", "1.1.0-rc.1"),
            ),
            ("*", "0.1.0 2.0.0* 3.0.0-a", (2, 1, "2.0.0", "0.1.0")),
        ] {
            let releases = releases(among);
            let found = resolve_all(&parse(requirement).expect(requirement), &releases);
            let num = |index: Option<usize>| {
                index.map_or(String::new(), |index| releases[index].version.to_string())
            };
            let (matching, affected, chosen, newest_unaffected) = expect;
            assert_eq!(
                (found.matching, found.affected),
                (matching, affected),
                "{requirement}"
            );
            assert_eq!(num(found.chosen), chosen, "{requirement}");
            assert_eq!(
                num(found.newest_unaffected),
                newest_unaffected,
                "{requirement}"
            );
        }
    }

    #[test]
    fn vulnerable_releases_are_some_of_the_affected_ones() {
        let version = Version::new(1, 0, 0);
        let vulnerable = Release {
            version: &version,
            is_yanked: false,
            is_affected: true,
            is_vulnerable: true,
        };
        let unsound = Release {
            is_vulnerable: false,
            ..vulnerable
        };
        let found = resolve(&VersionReq::STAR, &[vulnerable, unsound, vulnerable]);
        assert_eq!((found.affected, found.vulnerable), (3, 2));
    }

    fn version() -> impl Strategy<Value = Version> {
        let pre = prop_oneof![3 => Just(""), 1 => Just("-alpha.1"), 1 => Just("-rc.1")];
        (0..3u8, 0..3u8, 0..4u8, pre).prop_map(|(major, minor, patch, pre)| {
            Version::parse(&format!("{major}.{minor}.{patch}{pre}")).expect("version")
        })
    }

    fn release() -> impl Strategy<Value = Published> {
        (version(), any::<bool>(), any::<bool>()).prop_map(|(version, is_yanked, is_affected)| {
            Published {
                version,
                is_yanked,
                is_affected,
            }
        })
    }

    fn requirement() -> impl Strategy<Value = VersionReq> {
        let one = (
            prop_oneof![
                Just("^"),
                Just("~"),
                Just("="),
                Just(">"),
                Just(">="),
                Just("<"),
                Just("<=")
            ],
            version(),
        );
        prop::collection::vec(one, 1..3).prop_map(|comparators| {
            let texts: Vec<String> = comparators
                .into_iter()
                .map(|(op, version)| format!("{op}{version}"))
                .collect();
            parse(&texts.join(", ")).expect("requirement")
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]
        #[test]
        fn chosen_is_the_maximum_and_nothing_newer_is_unaffected(
            requirement in requirement(),
            releases in prop::collection::vec(release(), 0..16),
        ) {
            let found = resolve_all(&requirement, &releases);
            let matching = || releases.iter().filter(|it| !it.is_yanked && requirement.matches(&it.version));
            prop_assert_eq!(found.matching, matching().count());
            prop_assert_eq!(found.affected, matching().filter(|it| it.is_affected).count());
            let at = |index: Option<usize>| index.map(|index| &releases[index].version);
            prop_assert_eq!(at(found.chosen), matching().map(|it| &it.version).max());
            let newest = at(found.newest_unaffected);
            let newer = |it: &&Published| newest.is_none_or(|newest| it.version > *newest);
            prop_assert!(matching().filter(newer).all(|it| it.is_affected));
            prop_assert!(found.newest_unaffected.is_none_or(|index| !releases[index].is_affected));
        }

        #[test]
        fn one_release_is_judged_as_itself(release in release()) {
            let only = parse(&format!("={}", release.version)).expect("requirement");
            let found = resolve_all(&only, std::slice::from_ref(&release));
            let is_listed = usize::from(!release.is_yanked);
            prop_assert_eq!(found.matching, is_listed);
            prop_assert_eq!(found.affected, is_listed * usize::from(release.is_affected));
            prop_assert_eq!(found.chosen.is_some(), !release.is_yanked);
        }
    }
}
