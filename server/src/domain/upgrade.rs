//! The way out of an affected version: which release to move to.

#[cfg(test)]
mod tests;

use super::rust_version::RustVersion;
use super::version::{is_compatible, is_prerelease};
use semver::Version;
use std::cmp::Ordering;

/// A version, as far as an upgrade needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The version itself.
    pub version: &'a Version,
    /// Whether it was yanked: cargo does not choose it anew.
    pub is_yanked: bool,
    /// The number of advisories that matter here and affect it.
    pub affecting: usize,
    /// The Rust version that it claims to need, where that is known.
    pub rust_version: Option<RustVersion>,
}

/// Where a release lies, seen from the version to leave. The first side that has a
/// release is the one that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Newer, and `^` lets it in.
    Compatible,
    /// Newer, and `^` does not let it in.
    Breaking,
    /// Older.
    Previous,
}

/// The releases to move to, each by its index among the candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The nearest free release. `None`: no published release is free.
    pub recommended: Option<(Side, usize)>,
    /// Where the recommended release is newer and needs a newer Rust than the version
    /// to leave: the nearest free release on the same side that is known not to.
    pub without_newer_rust: Option<usize>,
    /// Where no compatible release is free: the compatible one that the fewest
    /// advisories affect, if they are fewer than affect the version to leave.
    pub improvement: Option<usize>,
    /// Where no release is free: the nearest that would be, had it not been yanked.
    pub yanked: Option<usize>,
}

/// The upgrade from a version, which may be published or not; whether that one was
/// yanked does not matter.
///
/// A release is free when no advisory that matters here affects it. None that is
/// offered is a pre-release, unless `from` is one; none is yanked, but for
/// [`Upgrade::yanked`]. "Nearest" and "newer" are semver precedence, which leaves
/// build metadata out; build metadata breaks ties.
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

    /// The releases on a side that qualify; pre-releases only for a version that is one.
    fn on(
        &self,
        side: Side,
        qualifies: impl Fn(&Candidate<'_>) -> bool,
    ) -> impl Iterator<Item = (usize, &Candidate<'_>)> {
        let from = self.from.version;
        let is_offered = move |version| !is_prerelease(version) || is_prerelease(from);
        // Cheapest first: few releases are left to compare.
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

/// `None`: the two differ in build metadata at most.
fn side_of(from: &Version, to: &Version) -> Option<Side> {
    match to.cmp_precedence(from) {
        Ordering::Greater if is_compatible(from, to) => Some(Side::Compatible),
        Ordering::Greater => Some(Side::Breaking),
        Ordering::Less => Some(Side::Previous),
        Ordering::Equal => None,
    }
}
