//! The upgrade from an affected version: the release to move to.

#[cfg(test)]
mod tests;

use super::rust_version::RustVersion;
use super::version::{is_compatible, is_prerelease};
use semver::Version;
use std::cmp::Ordering;

/// A version, with the facts that an upgrade needs.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The version.
    pub version: &'a Version,
    /// True if it was yanked, so that Cargo does not newly choose it.
    pub is_yanked: bool,
    /// The number of relevant advisories that affect it.
    pub affecting: usize,
    /// The Rust version that it says it needs, if known.
    pub rust_version: Option<RustVersion>,
}

/// The position of a release relative to the version to leave. The first side with a
/// release is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Newer, and allowed by `^`.
    Compatible,
    /// Newer, and not allowed by `^`.
    Breaking,
    /// Older.
    Previous,
}

/// The releases to move to, as indexes into the candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The nearest free release, or `None` if no published release is free.
    pub recommended: Option<(Side, usize)>,
    /// The nearest free release on the same side that is known not to need a newer Rust.
    /// Set only if the recommended release is newer and needs a newer Rust than the
    /// version to leave.
    pub without_newer_rust: Option<usize>,
    /// The compatible release that the fewest advisories affect. Set only if no
    /// compatible release is free and this one has fewer advisories than the version to
    /// leave.
    pub improvement: Option<usize>,
    /// The nearest yanked release that would otherwise be free. Set only if no release
    /// is free.
    pub yanked: Option<usize>,
}

/// Finds the upgrade from a version, which need not be published and may be yanked.
///
/// A release is free if no relevant advisory affects it. Pre-releases are offered only
/// if `from` is one. Yanked releases are offered only in [`Upgrade::yanked`]. "Nearest"
/// and "newer" refer to semver precedence, which ignores build metadata; build metadata
/// breaks ties.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::upgrade::{Candidate, Side, find};
///
/// // Fixed in 0.10.2, and backported to 0.9.5.
/// let versions = [Version::new(0, 10, 2), Version::new(0, 9, 5), Version::new(0, 9, 4)];
/// let free = versions.each_ref().map(|version| Candidate {
///     version,
///     is_yanked: false,
///     affecting: 0,
///     rust_version: None,
/// });
/// let from = Candidate { affecting: 1, ..free[2] };
/// let upgrade = find(&from, &[free[0], free[1], from]);
/// assert_eq!(upgrade.recommended, Some((Side::Compatible, 1)));
/// ```
#[must_use]
pub fn find(from: &Candidate<'_>, releases: &[Candidate<'_>]) -> Upgrade {
    let search = Search { from, releases };
    let recommended = search.nearest(|release| !release.is_yanked && release.affecting == 0);
    Upgrade {
        recommended,
        without_newer_rust: recommended
            .and_then(|(side, index)| search.without_newer_rust(side, &releases[index])),
        improvement: match recommended {
            Some((Side::Compatible, _)) => None,
            _ => search.improvement(),
        },
        yanked: match recommended {
            Some(_) => None,
            None => search
                .nearest(|release| release.is_yanked && release.affecting == 0)
                .map(|(_, index)| index),
        },
    }
}

struct Search<'a> {
    from: &'a Candidate<'a>,
    releases: &'a [Candidate<'a>],
}

impl Search<'_> {
    fn nearest(&self, qualifies: impl Fn(&Candidate<'_>) -> bool) -> Option<(Side, usize)> {
        [Side::Compatible, Side::Breaking, Side::Previous]
            .into_iter()
            .find_map(|side| Some((side, self.nearest_on(side, &qualifies)?)))
    }

    fn nearest_on(&self, side: Side, qualifies: impl Fn(&Candidate<'_>) -> bool) -> Option<usize> {
        let found = self.on(side, qualifies);
        let found = found.map(|(index, release)| (release.version, index));
        let nearest = match side {
            Side::Compatible | Side::Breaking => found.min(),
            Side::Previous => found.max(),
        };
        nearest.map(|(_, index)| index)
    }

    fn without_newer_rust(&self, side: Side, recommended: &Candidate<'_>) -> Option<usize> {
        let rust = self.from.rust_version?;
        if side == Side::Previous || !recommended.rust_version?.is_newer_than(rust) {
            return None;
        }
        self.nearest_on(side, |release| {
            let needs_no_newer = |needed: RustVersion| !needed.is_newer_than(rust);
            !release.is_yanked
                && release.affecting == 0
                && release.rust_version.is_some_and(needs_no_newer)
        })
    }

    fn improvement(&self) -> Option<usize> {
        let is_better =
            |release: &Candidate<'_>| !release.is_yanked && release.affecting < self.from.affecting;
        self.on(Side::Compatible, is_better)
            .min_by_key(|(_, release)| (release.affecting, release.version))
            .map(|(index, _)| index)
    }

    /// Returns the releases on a side that qualify. Pre-releases qualify only if the
    /// version to leave is one.
    fn on(
        &self,
        side: Side,
        qualifies: impl Fn(&Candidate<'_>) -> bool,
    ) -> impl Iterator<Item = (usize, &Candidate<'_>)> {
        let from = self.from.version;
        let is_offered = move |version| !is_prerelease(version) || is_prerelease(from);
        // The cheapest check comes first, so that few releases are left to compare.
        self.releases
            .iter()
            .enumerate()
            .filter(move |(_, release)| {
                qualifies(release)
                    && is_offered(release.version)
                    && side_of(from, release.version) == Some(side)
            })
    }
}

/// Returns the side of `to`, or `None` if the two differ in build metadata at most.
fn side_of(from: &Version, to: &Version) -> Option<Side> {
    match to.cmp_precedence(from) {
        Ordering::Greater if is_compatible(from, to) => Some(Side::Compatible),
        Ordering::Greater => Some(Side::Breaking),
        Ordering::Less => Some(Side::Previous),
        Ordering::Equal => None,
    }
}
