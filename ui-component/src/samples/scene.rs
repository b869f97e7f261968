//! A crate with releases and advisories, as GraphQL would return it.

mod facts;
mod requirement;
mod upgrade;

use std::ops::Range as Span;

use crate::Data;
use crate::answer::{
    Advisory, AdvisoryFixedRelease, Alert, Availability, DataSource, DataStatus, Krate,
    KrateDefaultVersion, KrateLastAffectedVersion, KrateVersions, Release, SecurityTabAsked,
    ShownVersion,
};
use facts::{alert, alert_of, counted, counts, platforms};
use requirement::Typed;

/// The input of a sample. Everything that follows from it (counts, verdicts,
/// upgrades) is computed, so that the numbers of a sample agree with each other.
#[derive(Clone)]
pub(super) struct Scene {
    name: String,
    availability: Availability,
    /// The releases, oldest first.
    releases: Vec<Release>,
    /// The advisories, each with the indexes of the `releases` that it affects.
    advisories: Vec<(Advisory, Span<usize>)>,
    shown: Shown,
    typed: Option<Typed>,
    /// The Rust that releases need, each from this index on.
    rust: Vec<(usize, String)>,
    status: DataStatus,
}

#[derive(Clone)]
enum Shown {
    Default,
    Release(String),
    /// A version that is not in the list; affected by all advisories or by none.
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
            typed: None,
            rust: Vec::new(),
            status: DataStatus {
                revision: 7,
                revision_id: Some("5a3c0e91d7f2468bb1c9e06d84f7a235".to_owned()),
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
                alert: Alert::NONE,
            }
        }));
        self
    }

    pub(super) fn advisory(mut self, mut advisory: Advisory, affected: Span<usize>) -> Self {
        advisory.alert = alert_of(&advisory);
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
        // A clock's time, to the nanosecond.
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
            let at_place = self
                .advisories
                .iter()
                .filter(|(_, span)| span.contains(&place));
            let affecting: Vec<&Advisory> = at_place.map(|(advisory, _)| advisory).collect();
            release.affecting_count = counted(&affecting);
            release.alert = alert(&affecting);
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
            asked: self
                .requirement()
                .map(|requirement| SecurityTabAsked { requirement }),
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

    /// Returns the index of the version shown among the releases.
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
            let all = self.advisories.iter().filter(|_| *affected);
            let affecting: Vec<&Advisory> = all.map(|(advisory, _)| advisory).collect();
            let knows = self.availability != Availability::UNKNOWN;
            return Some(ShownVersion {
                num: num.clone(),
                is_published: false,
                is_yanked: false,
                is_prerelease: num.contains('-'),
                published_at: None,
                affecting_count: counted(&affecting),
                counts: counts(&affecting),
                alert: alert(&affecting),
                platforms: platforms(&affecting),
                rust_version: None,
                upgrade: (*affected && knows)
                    .then(|| self.upgrade(num, self.releases.len(), counted(&affecting))),
            });
        }
        let place = self.place()?;
        let release = self.releases.get(place)?;
        let at_place = self
            .advisories
            .iter()
            .filter(|(_, span)| span.contains(&place));
        let affecting: Vec<&Advisory> = at_place.map(|(advisory, _)| advisory).collect();
        Some(ShownVersion {
            num: release.num.clone(),
            is_published: true,
            is_yanked: release.is_yanked,
            is_prerelease: release.is_prerelease,
            published_at: Some("2025-01-07T12:00:00Z".to_owned()),
            affecting_count: release.affecting_count,
            counts: counts(&affecting),
            alert: alert(&affecting),
            platforms: platforms(&affecting),
            rust_version: self.rust_at(place),
            upgrade: (release.affecting_count > 0)
                .then(|| self.upgrade(&release.num, place, release.affecting_count)),
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
        advisory.fixed_release = self.fixed_release(&advisory);
        advisory.affected_versions.total_count = i64::try_from(span.len()).unwrap_or(i64::MAX);
        advisory.upgrade = shown
            .filter(|(place, _)| span.contains(place))
            .map(|(place, release)| self.nearest(&release.num, place, |_, at| !span.contains(&at)));
        advisory
    }

    /// Returns the first release in the patched ranges, if it is published.
    fn fixed_release(&self, advisory: &Advisory) -> Option<AdvisoryFixedRelease> {
        let patched = advisory.patched.first()?.lower.as_ref()?;
        let mut releases = self.releases.iter();
        let fix = releases.find(|it| it.num == patched.version && !it.is_yanked)?;
        Some(AdvisoryFixedRelease {
            num: fix.num.clone(),
            published_at: Some("2024-11-02T09:00:00Z".to_owned()),
        })
    }
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
