//! A crate with releases and advisories, as GraphQL would answer for it.

use std::ops::Range as Span;

use crate::Data;
use crate::answer::{
    Advisory, Availability, DataSource, DataStatus, Krate, KrateDefaultVersion,
    KrateLastAffectedVersion, KrateVersions, Release, ShownVersion, WayOut, WayOutBreaking,
    WayOutCompatible, WayOutPrevious,
};
use crate::release_strip::line;

/// What a sample is made of. What follows from it (counts, verdicts, upgrades)
/// is worked out, so that the numbers of a sample agree with each other.
#[derive(Clone)]
pub(super) struct Scene {
    name: String,
    availability: Availability,
    /// Oldest first.
    releases: Vec<Release>,
    /// Each with the places in `releases` that it affects.
    advisories: Vec<(Advisory, Span<usize>)>,
    shown: Shown,
    status: DataStatus,
}

#[derive(Clone)]
enum Shown {
    Default,
    Release(String),
    /// Not in the list; affected by all advisories or by none.
    Unlisted(String, bool),
}

impl Scene {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            availability: Availability::PUBLISHED,
            releases: Vec::new(),
            advisories: Vec::new(),
            shown: Shown::Default,
            status: DataStatus {
                revision: 7,
                source: DataSource::FOLDER,
                commit: Some("bf5c0d2a91e7640c8d13f0b25e9a7c4d6180f3aa".to_owned()),
                committed_at: Some("2026-11-23T08:40:00Z".to_owned()),
                is_stale: false,
            },
        }
    }

    /// Adds releases, oldest first. A trailing `*` marks a yanked one.
    pub(super) fn releases<S: AsRef<str>>(mut self, nums: impl IntoIterator<Item = S>) -> Self {
        self.releases.extend(nums.into_iter().map(|num| {
            let yanked = num.as_ref().ends_with('*');
            let num = num.as_ref().trim_end_matches('*').to_owned();
            let is_prerelease = num.split('+').next().is_some_and(|core| core.contains('-'));
            Release {
                num,
                is_yanked: yanked,
                is_prerelease,
                affecting_count: 0,
            }
        }));
        self
    }

    pub(super) fn advisory(mut self, advisory: Advisory, affected: Span<usize>) -> Self {
        self.advisories.push((advisory, affected));
        self
    }

    pub(super) fn shown(mut self, num: &str) -> Self {
        self.shown = Shown::Release(num.to_owned());
        self
    }

    pub(super) fn unlisted(mut self, num: &str, affected: bool) -> Self {
        self.shown = Shown::Unlisted(num.to_owned(), affected);
        self
    }

    pub(super) fn availability(mut self, availability: Availability) -> Self {
        self.availability = availability;
        self
    }

    pub(super) fn stale(mut self) -> Self {
        self.status.is_stale = true;
        // As a clock gives it: to the nanosecond.
        self.status.committed_at = Some("2026-11-09T03:15:00.450454648Z".to_owned());
        self
    }

    pub(super) fn sample(mut self) -> Self {
        self.status.source = DataSource::SAMPLE;
        self.status.commit = None;
        self.status.committed_at = None;
        self
    }

    pub(super) fn unread(mut self) -> Self {
        self.status.source = DataSource::NONE;
        self.status.commit = None;
        self.status.committed_at = None;
        self
    }

    pub(super) fn data(mut self) -> Data {
        for (place, release) in self.releases.iter_mut().enumerate() {
            let counted = self
                .advisories
                .iter()
                .filter(|(advisory, _)| advisory.is_counted);
            let affecting = counted.filter(|(_, span)| span.contains(&place)).count();
            release.affecting_count = i64::try_from(affecting).unwrap_or(i64::MAX);
        }
        let version = self.version();
        let default_version = self.default().map(|release| KrateDefaultVersion {
            num: release.num.clone(),
        });
        let last_affected_version = self
            .releases
            .iter()
            .rev()
            .find(|r| r.affecting_count > 0)
            .map(|release| KrateLastAffectedVersion {
                num: release.num.clone(),
                published_at: Some("2025-03-12T10:00:00Z".to_owned()),
            });
        let advisories = self
            .advisories
            .iter()
            .map(|(advisory, span)| self.judged(advisory, span))
            .collect();
        let krate = Krate {
            name: self.name.clone(),
            availability: self.availability.clone(),
            default_version,
            last_affected_version,
            version,
            advisories,
            versions: KrateVersions {
                total_count: i64::try_from(self.releases.len()).unwrap_or(i64::MAX),
                nodes: self.releases.iter().rev().cloned().collect(),
            },
        };
        Data {
            crate_: Some(krate),
            data_status: self.status,
        }
    }

    fn default(&self) -> Option<&Release> {
        let mut newest = self.releases.iter().rev();
        let stable = newest
            .clone()
            .find(|release| !release.is_yanked && !release.is_prerelease);
        let unyanked = newest.clone().find(|release| !release.is_yanked);
        stable.or(unyanked).or_else(|| newest.next())
    }

    /// The place of the version shown among the releases.
    fn place(&self) -> Option<usize> {
        let num = match &self.shown {
            Shown::Default => &self.default()?.num,
            Shown::Release(num) => num,
            Shown::Unlisted(..) => return None,
        };
        self.releases.iter().position(|release| release.num == *num)
    }

    fn version(&self) -> Option<ShownVersion> {
        if let Shown::Unlisted(num, affected) = &self.shown {
            let counted = self
                .advisories
                .iter()
                .filter(|(advisory, _)| advisory.is_counted)
                .count();
            let knows = self.availability != Availability::UNKNOWN;
            return Some(ShownVersion {
                num: num.clone(),
                is_published: false,
                is_yanked: false,
                is_prerelease: num.contains('-'),
                published_at: None,
                affecting_count: if *affected {
                    i64::try_from(counted).unwrap_or(i64::MAX)
                } else {
                    0
                },
                upgrade: (*affected && knows)
                    .then(|| self.way_out(num, self.releases.len(), |r, _| r.affecting_count == 0)),
            });
        }
        let place = self.place()?;
        let release = self.releases.get(place)?;
        Some(ShownVersion {
            num: release.num.clone(),
            is_published: true,
            is_yanked: release.is_yanked,
            is_prerelease: release.is_prerelease,
            published_at: Some("2025-01-07T12:00:00Z".to_owned()),
            affecting_count: release.affecting_count,
            upgrade: (release.affecting_count > 0)
                .then(|| self.way_out(&release.num, place, |r, _| r.affecting_count == 0)),
        })
    }

    fn judged(&self, advisory: &Advisory, span: &Span<usize>) -> Advisory {
        let affects = match &self.shown {
            Shown::Unlisted(_, affected) => Some(*affected),
            _ => self.place().map(|place| span.contains(&place)),
        };
        let shown = self
            .place()
            .and_then(|place| Some((place, self.releases.get(place)?)));
        let mut advisory = advisory.clone();
        advisory.affects = affects;
        advisory.affected_versions.total_count = i64::try_from(span.len()).unwrap_or(i64::MAX);
        advisory.upgrade = shown
            .filter(|(place, _)| span.contains(place))
            .map(|(place, release)| self.way_out(&release.num, place, |_, at| !span.contains(&at)));
        advisory
    }

    /// The nearest clean release: compatible, else breaking, else an older one.
    fn way_out(&self, num: &str, place: usize, clean: impl Fn(&Release, usize) -> bool) -> WayOut {
        let on_prerelease = num.contains('-');
        let good = |at: &usize| {
            self.releases.get(*at).is_some_and(|release| {
                !release.is_yanked
                    && (!release.is_prerelease || on_prerelease)
                    && clean(release, *at)
            })
        };
        let name = |at: usize| self.releases.get(at).map(|release| release.num.clone());
        let newer: Vec<usize> = (place + 1..self.releases.len()).filter(good).collect();
        let same_line = |at: &&usize| name(**at).is_some_and(|other| line(&other) == line(num));
        let compatible = newer.iter().find(same_line).and_then(|at| name(*at));
        let breaking = newer
            .first()
            .and_then(|at| name(*at))
            .filter(|_| compatible.is_none());
        let older = (0..place.min(self.releases.len()))
            .rev()
            .find(good)
            .and_then(name);
        let previous = older.filter(|_| newer.is_empty());
        WayOut {
            compatible: compatible.map(|num| WayOutCompatible { num }),
            breaking: breaking.map(|num| WayOutBreaking { num }),
            previous: previous.map(|num| WayOutPrevious { num }),
        }
    }
}
