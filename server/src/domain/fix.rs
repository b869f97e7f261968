//! The release that first contained the fix of an advisory.

use super::range::Interval;
use super::version::is_prerelease;
use semver::Version;
use time::OffsetDateTime;

/// A published release, with the facts that decide whether it was the first with a fix.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The version.
    pub version: &'a Version,
    /// The time of publication, if known.
    pub published_at: Option<OffsetDateTime>,
    /// True if the release was yanked.
    pub is_yanked: bool,
    /// True if the advisory affects the release.
    pub is_affected: bool,
}

impl Release<'_> {
    /// Returns true if the release contains the fix. `rustsec` decides whether it is
    /// affected. The patched ranges, read by precedence, then tell a fixed release from
    /// one that never had the fault.
    fn is_fixed(&self, patched: &[Interval]) -> bool {
        !self.is_affected && patched.iter().any(|range| range.contains(self.version))
    }
}

/// Finds the first published release in the patched ranges and returns its index in
/// `releases`. Pre-releases and yanked releases do not count. Of two releases published
/// at the same time, the lower version wins. Returns `None` if there is no such release,
/// or if one of them has no time of publication and might be the first.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::fix::{Release, first_release};
/// use server::domain::range;
/// use server::domain::verdict::Ranges;
/// use time::macros::datetime;
///
/// // Fixed in 2.0.0 first, and backported to 1.1.0.
/// let ranges = Ranges::parse(&["^1.1.0", ">=2.0.0"], &[])?;
/// let published = [
///     (Version::new(1, 0, 0), datetime!(2024-01-01 0:00 UTC)),
///     (Version::new(1, 1, 0), datetime!(2024-03-01 0:00 UTC)),
///     (Version::new(2, 0, 0), datetime!(2024-02-01 0:00 UTC)),
/// ];
/// let releases = published.iter().map(|(version, time)| Release {
///     version,
///     published_at: Some(*time),
///     is_yanked: false,
///     is_affected: ranges.affects(version),
/// });
/// assert_eq!(first_release(&range::patched(&ranges), releases), Some(2));
/// # Ok::<(), server::domain::verdict::RequirementsError>(())
/// ```
pub fn first_release<'a>(
    patched: &[Interval],
    releases: impl Iterator<Item = Release<'a>>,
) -> Option<usize> {
    let fixed = releases.enumerate().filter(|(_, release)| {
        !release.is_yanked && !is_prerelease(release.version) && release.is_fixed(patched)
    });
    let mut first = None;
    for (index, release) in fixed {
        let order = (release.published_at?, release.version);
        if first.is_none_or(|(least, _)| order < least) {
            first = Some((order, index));
        }
    }
    first.map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::range;
    use crate::domain::verdict::Ranges;
    use time::Duration;

    /// Returns the release that is found. `text` lists releases, each with its day of
    /// publication: `!` yanked, `?` time not known.
    fn first(patched: &[&str], unaffected: &[&str], text: &str) -> Option<String> {
        let ranges = Ranges::parse(patched, unaffected).expect("ranges");
        let words = text.split_whitespace().map(|word| {
            let (num, day) = word.split_once('@').expect("version@day");
            let version = Version::parse(num.trim_end_matches('!')).expect("a version");
            (version, num.ends_with('!'), day.parse().ok())
        });
        let words: Vec<(Version, bool, Option<i64>)> = words.collect();
        let releases = words.iter().map(|(version, is_yanked, day)| Release {
            version,
            published_at: day.map(|day| OffsetDateTime::UNIX_EPOCH + Duration::days(day)),
            is_yanked: *is_yanked,
            is_affected: ranges.affects(version),
        });
        let index = first_release(&range::patched(&ranges), releases)?;
        Some(words[index].0.to_string())
    }

    #[test]
    fn the_first_published_of_those_that_are_fixed() {
        for (patched, unaffected, releases, expect) in [
            (
                &[">=1.1.0"][..],
                &[][..],
                "1.0.0@1 1.1.0@2 1.2.0@3",
                Some("1.1.0"),
            ),
            // Fixed in 2.0.0 first, then backported.
            (
                &["^1.1.0", ">=2.0.0"],
                &[],
                "1.0.0@1 2.0.0@2 1.1.0@3",
                Some("2.0.0"),
            ),
            (&[">=1.1.0"], &[], "1.0.0@1 1.1.0!@2 1.1.1@3", Some("1.1.1")),
            (
                &[">=1.1.0-rc.1"],
                &[],
                "1.0.0@1 1.1.0-rc.1@2 1.1.0@3",
                Some("1.1.0"),
            ),
            // A version that was never affected is not a fixed one.
            (
                &[">=1.1.0"],
                &["<1.0.0"],
                "0.9.0@0 1.0.0@1 1.1.0@2",
                Some("1.1.0"),
            ),
            (&[], &["<1.0.0"], "0.9.0@0 1.0.0@1", None),
            (&[], &[], "1.0.0@1", None),
            (&[">=1.1.0"], &[], "1.0.0@1", None),
            (&[">=1.1.0"], &[], "1.2.0@2 1.1.0@2", Some("1.1.0")),
            // A release without a time might be the first.
            (&[">=1.1.0"], &[], "1.0.0@1 1.1.0@? 1.2.0@3", None),
            (&[">=1.1.0"], &[], "1.0.0@? 1.1.0@2", Some("1.1.0")),
        ] {
            let found = first(patched, unaffected, releases);
            assert_eq!(
                found.as_deref(),
                expect,
                "{patched:?} {unaffected:?} {releases}"
            );
        }
    }
}
