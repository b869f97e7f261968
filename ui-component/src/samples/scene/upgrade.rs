//! The upgrades that GraphQL would find.

use super::Scene;
use crate::answer::{Nearest, Release, Target, Upgrade, UpgradeImprovement, UpgradeYanked};
use crate::releases::line_of as line;

impl Scene {
    /// Sets the Rust that releases need, from one of them on.
    pub(in crate::samples) fn rust(mut self, from: &str, rust: &str) -> Self {
        let place = self.releases.iter().position(|it| it.num == from);
        self.rust
            .extend(place.map(|place| (place, rust.to_owned())));
        self
    }

    /// Returns the Rust that the release at an index needs, if it is known.
    pub(super) fn rust_at(&self, place: usize) -> Option<String> {
        let mut known = self.rust.iter().rev();
        let (_, rust) = known.find(|(from, _)| *from <= place)?;
        self.releases.get(place).map(|_| rust.clone())
    }

    /// Returns the upgrade of a version that this many counted advisories
    /// affect.
    pub(super) fn upgrade(&self, num: &str, place: usize, affecting: i64) -> Upgrade {
        let is_clean = |release: &Release, _| release.affecting_count == 0;
        let nearest = self.nearest(num, place, is_clean);
        Upgrade {
            without_newer_rust: self.without_newer_rust(num, place, &nearest),
            improvement: self.improvement(num, place, affecting, &nearest),
            yanked: self.yanked(num, place, &nearest),
            nearest,
        }
    }

    /// Returns the nearest clean release: compatible, else breaking, else an
    /// older one.
    pub(super) fn nearest(
        &self,
        num: &str,
        place: usize,
        is_clean: impl Fn(&Release, usize) -> bool,
    ) -> Nearest {
        let is_good = |at: &usize| {
            let release = self.releases.get(*at);
            release.is_some_and(|it| is_choosable(num, it) && is_clean(it, *at))
        };
        let newer: Vec<usize> = (place + 1..self.releases.len()).filter(is_good).collect();
        let compatible = newer.iter().find(|at| self.is_compatible(num, **at));
        let breaking = newer.first().filter(|_| compatible.is_none());
        let mut older = (0..place.min(self.releases.len())).rev();
        let previous = older.find(is_good).filter(|_| newer.is_empty());
        Nearest {
            compatible: compatible.and_then(|at| self.target(*at)),
            breaking: breaking.and_then(|at| self.target(*at)),
            previous: previous.and_then(|at| self.target(at)),
        }
    }

    fn without_newer_rust(&self, num: &str, place: usize, nearest: &Nearest) -> Option<Target> {
        let target = nearest.compatible.as_ref().or(nearest.breaking.as_ref())?;
        let (old, new) = (self.rust_at(place)?, target.rust_version.as_ref()?);
        let mut newer = (place + 1..self.releases.len()).filter(|at| {
            let release = self.releases.get(*at);
            release.is_some_and(|it| is_choosable(num, it) && it.affecting_count == 0)
                && self.is_compatible(num, *at) == nearest.compatible.is_some()
        });
        let is_old_enough = |at: &usize| self.rust_at(*at).is_some_and(|rust| rust <= old);
        let found = newer.find(is_old_enough).filter(|_| *new > old);
        found.and_then(|at| self.target(at))
    }

    fn improvement(
        &self,
        num: &str,
        place: usize,
        affecting: i64,
        nearest: &Nearest,
    ) -> Option<UpgradeImprovement> {
        let compatible = (place + 1..self.releases.len()).filter(|at| self.is_compatible(num, *at));
        let releases = compatible.filter_map(|at| self.releases.get(at));
        let best = releases
            .filter(|it| is_choosable(num, it) && it.affecting_count < affecting)
            .min_by_key(|it| it.affecting_count)
            .filter(|_| nearest.compatible.is_none())?;
        Some(UpgradeImprovement {
            num: best.num.clone(),
            affecting_count: best.affecting_count,
        })
    }

    fn yanked(&self, num: &str, place: usize, nearest: &Nearest) -> Option<UpgradeYanked> {
        let has_other = [&nearest.compatible, &nearest.breaking, &nearest.previous];
        let (older, newer) = self.releases.split_at(place.min(self.releases.len()));
        let mut nearest_first = newer.iter().chain(older.iter().rev());
        let is_yanked = |it: &&Release| it.is_yanked && it.num != num && it.affecting_count == 0;
        let yanked = nearest_first.find(is_yanked)?;
        has_other
            .iter()
            .all(|it| it.is_none())
            .then(|| UpgradeYanked {
                num: yanked.num.clone(),
            })
    }

    fn is_compatible(&self, num: &str, at: usize) -> bool {
        let release = self.releases.get(at);
        release.is_some_and(|it| line(&it.num) == line(num))
    }

    fn target(&self, at: usize) -> Option<Target> {
        let release = self.releases.get(at)?;
        Some(Target {
            num: release.num.clone(),
            rust_version: self.rust_at(at),
        })
    }
}

/// Returns true if a release may be recommended to a user of this version.
fn is_choosable(num: &str, release: &Release) -> bool {
    !release.is_yanked && (!release.is_prerelease || num.contains('-'))
}
