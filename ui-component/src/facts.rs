//! The answer, sorted into the parts of the tab.

use crate::answer::{Advisory, AdvisoryKind, Availability, Krate, ShownVersion};
use crate::{Descriptions, counts};

/// One crate's advisories, each in exactly one list and in GraphQL's own order.
pub(crate) struct Facts<'a> {
    pub(crate) krate: &'a Krate,
    /// The descriptions as HTML, if they are shown.
    pub(crate) descriptions: Option<&'a Descriptions>,
    /// Counted advisories that affect the version shown.
    pub(crate) affecting: Vec<&'a Advisory>,
    /// Counted advisories that do not affect the version shown.
    pub(crate) elsewhere: Vec<&'a Advisory>,
    /// The counted advisories of a crate without a version to compare them with.
    pub(crate) undecided: Vec<&'a Advisory>,
    /// Live advisories of a kind that no change of version cures: unmaintained,
    /// notice, and kinds that are not known yet.
    pub(crate) notes: Vec<&'a Advisory>,
    /// Advisories that RustSec has withdrawn.
    pub(crate) withdrawn: Vec<&'a Advisory>,
}

impl<'a> Facts<'a> {
    pub(crate) fn of(krate: &'a Krate) -> Self {
        let mut facts = Self {
            krate,
            descriptions: None,
            affecting: Vec::new(),
            elsewhere: Vec::new(),
            undecided: Vec::new(),
            notes: Vec::new(),
            withdrawn: Vec::new(),
        };
        for advisory in &krate.advisories {
            let list = if advisory.withdrawn.is_some() {
                &mut facts.withdrawn
            } else if !advisory.is_counted {
                &mut facts.notes
            } else {
                match advisory.affects {
                    Some(true) => &mut facts.affecting,
                    Some(false) => &mut facts.elsewhere,
                    None => &mut facts.undecided,
                }
            };
            list.push(advisory);
        }
        facts
    }

    pub(crate) fn name(&self) -> &'a str {
        &self.krate.name
    }

    pub(crate) fn version(&self) -> Option<&'a ShownVersion> {
        self.krate.version.as_ref()
    }

    /// Returns true if this is the first advisory of the page with that alias.
    pub(crate) fn has_alias_first(&self, advisory: &Advisory, alias: &str) -> bool {
        let mut on_page = self.krate.advisories.iter();
        let first = on_page.find(|other| other.aliases.iter().any(|it| it.id == alias));
        first.is_some_and(|first| std::ptr::eq(first, advisory))
    }

    /// Returns the number of advisories that the verdict is about.
    pub(crate) fn counted(&self) -> usize {
        self.affecting.len() + self.elsewhere.len() + self.undecided.len()
    }

    /// Returns true if unsoundness, and no vulnerability, affects the version
    /// shown.
    pub(crate) fn is_unsound_only(&self) -> bool {
        let counts = self.version().map(|version| &version.counts);
        counts.is_some_and(counts::is_unsound_only)
    }

    /// Returns true if the crate's releases are known.
    pub(crate) fn has_releases(&self) -> bool {
        self.krate.availability == Availability::PUBLISHED
    }

    pub(crate) fn is_deleted(&self) -> bool {
        self.krate.availability == Availability::DELETED
    }

    /// Returns the version whose documentation fits best: the one shown if it
    /// was published, else the default version.
    pub(crate) fn documented_version(&self) -> Option<&'a str> {
        let shown = self.version().filter(|version| version.is_published);
        let default = || self.krate.default_version.as_ref();
        shown
            .map(|version| version.num.as_str())
            .or_else(|| default().map(|version| version.num.as_str()))
    }
}

pub(crate) fn is_unmaintained(advisory: &Advisory) -> bool {
    advisory.kind == AdvisoryKind::UNMAINTAINED
}
