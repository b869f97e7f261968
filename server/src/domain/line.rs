//! Release lines: the releases that Cargo treats as compatible with each other.

use super::requirement::{self, Matches, Release};
use super::version::is_compatible;
use semver::{Comparator, Op, Prerelease, Version, VersionReq};

/// A release line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The requirement that allows the line and nothing else, such as `^0.10`.
    pub req: VersionReq,
    /// The releases that the requirement allows, as indexes into the crate's list.
    pub matches: Matches,
}

/// Groups a crate's releases, newest first, into lines, newest first. Leaves out a line
/// if all of its releases are yanked or pre-releases, so that none can be chosen.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::line::lines;
/// use server::domain::requirement::Release;
///
/// let versions = [Version::new(1, 2, 0), Version::new(0, 10, 1), Version::new(0, 9, 4)];
/// let releases = versions.each_ref().map(|version| Release {
///     version,
///     is_yanked: false,
///     is_affected: false,
///     is_vulnerable: false,
/// });
/// let lines = lines(&releases).into_iter().map(|line| line.req.to_string());
/// assert!(lines.eq(["^1", "^0.10", "^0.9"]));
/// ```
#[must_use]
pub fn lines(releases: &[Release<'_>]) -> Vec<Line> {
    let mut start = 0;
    let mut lines = Vec::new();
    // Compatible releases are next to each other in the list.
    for line in releases.chunk_by(|a, b| is_compatible(a.version, b.version)) {
        let req = requirement_of(line[0].version);
        let matches = requirement::resolve(&req, line).moved_by(start);
        start += line.len();
        if matches.matching > 0 {
            lines.push(Line { req, matches });
        }
    }
    lines
}

/// Returns the shortest default requirement that allows the version's line.
fn requirement_of(version: &Version) -> VersionReq {
    let Version {
        major,
        minor,
        patch,
        ..
    } = *version;
    let comparator = Comparator {
        op: Op::Caret,
        major,
        minor: (major == 0).then_some(minor),
        patch: (major == 0 && minor == 0).then_some(patch),
        pre: Prerelease::EMPTY,
    };
    VersionReq {
        comparators: vec![comparator],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parses releases, newest first; `!` yanked, `*` affected.
    fn releases(text: &str) -> Vec<(Version, bool, bool)> {
        let mut releases: Vec<_> = text
            .split_whitespace()
            .map(|word| {
                let version = Version::parse(word.trim_matches(['!', '*'])).expect("version");
                (version, word.contains('!'), word.contains('*'))
            })
            .collect();
        releases.sort_by(|a, b| b.cmp(a));
        releases
    }

    fn borrowed(releases: &[(Version, bool, bool)]) -> Vec<Release<'_>> {
        let releases = releases.iter();
        releases
            .map(|(version, is_yanked, is_affected)| Release {
                version,
                is_yanked: *is_yanked,
                is_affected: *is_affected,
                is_vulnerable: *is_affected,
            })
            .collect()
    }

    /// Prints each line as
    /// `requirement: affected of matching, newest, newest unaffected`.
    fn print(text: &str) -> Vec<String> {
        let releases = releases(text);
        let num = |index: Option<usize>| {
            index.map_or("none".to_owned(), |index| releases[index].0.to_string())
        };
        let lines = lines(&borrowed(&releases)).into_iter().map(|line| {
            let Matches {
                matching,
                affected,
                chosen,
                newest_unaffected,
                ..
            } = line.matches;
            let (newest, unaffected) = (num(chosen), num(newest_unaffected));
            format!(
                "{}: {affected} of {matching}, {newest}, {unaffected}",
                line.req
            )
        });
        lines.collect()
    }

    #[test]
    fn lines_newest_first() {
        let text = "0.0.2 0.0.3* 0.0.3+b 0.1.0* 0.10.1 0.10.9* 1.0.0* 1.2.0* 12.0.0";
        let expect = [
            "^12: 0 of 1, 12.0.0, 12.0.0",
            "^1: 2 of 2, 1.2.0, none",
            "^0.10: 1 of 2, 0.10.9, 0.10.1",
            "^0.1: 1 of 1, 0.1.0, none",
            "^0.0.3: 1 of 2, 0.0.3+b, 0.0.3+b",
            "^0.0.2: 0 of 1, 0.0.2, 0.0.2",
        ];
        assert_eq!(print(text), expect);
    }

    #[test]
    fn releases_that_cannot_be_chosen() {
        let text = "3.0.0-rc.1 2.0.0! 1.3.0-rc.1 1.2.0! 1.1.0* 1.0.0 0.9.0-a 0.9.0!";
        assert_eq!(print(text), ["^1: 1 of 2, 1.1.0, 1.0.0"]);
        assert!(print("").is_empty());
    }

    fn release() -> impl Strategy<Value = (Version, bool, bool)> {
        let pre = prop_oneof![3 => Just(""), 1 => Just("-rc.1"), 1 => Just("+b")];
        let version = (0..3u8, 0..3u8, 0..4u8, pre).prop_map(|(major, minor, patch, pre)| {
            Version::parse(&format!("{major}.{minor}.{patch}{pre}")).expect("version")
        });
        (version, any::<bool>(), any::<bool>())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]
        /// Each line matches the result of its requirement among all releases, and each
        /// release that can be chosen is in exactly one line.
        #[test]
        fn a_line_is_what_its_requirement_allows(
            mut releases in prop::collection::vec(release(), 0..24),
        ) {
            releases.sort_by(|a, b| b.cmp(a));
            let releases = borrowed(&releases);
            let lines = lines(&releases);
            let mut matching = 0;
            for line in &lines {
                prop_assert_eq!(requirement::resolve(&line.req, &releases), line.matches);
                matching += line.matches.matching;
            }
            let can_be_chosen = |it: &&Release<'_>| !it.is_yanked && it.version.pre.is_empty();
            prop_assert_eq!(matching, releases.iter().filter(can_be_chosen).count());
            let newest = |line: &Line| releases[line.matches.chosen.expect("one")].version;
            prop_assert!(lines.is_sorted_by(|a, b| newest(a) > newest(b)));
        }
    }
}
