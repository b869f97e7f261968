//! The requirement that a reader has typed, as GraphQL would answer it.

use super::{Scene, number};
use crate::answer::{Release, Requirement, RequirementChosen, RequirementNewestUnaffected};

/// The text in the field for a requirement.
#[derive(Clone)]
pub(super) struct Typed {
    text: &'static str,
    /// The requirement as Cargo prints it, and the prefix of the versions that it
    /// allows; `None` if the text is not a requirement.
    means: Option<(&'static str, &'static str)>,
}

impl Scene {
    /// Sets the typed requirement, which Cargo prints as `req`. It allows the stable
    /// releases that begin with `allowed`.
    pub(in crate::samples) fn checked(
        mut self,
        text: &'static str,
        req: &'static str,
        allowed: &'static str,
    ) -> Self {
        let means = Some((req, allowed));
        self.typed = Some(Typed { text, means });
        self
    }

    /// Sets a typed text that is not a requirement.
    pub(in crate::samples) fn typed_wrong(mut self, text: &'static str) -> Self {
        self.typed = Some(Typed { text, means: None });
        self
    }

    pub(in crate::samples) fn typed(&self) -> Option<&'static str> {
        self.typed.as_ref().map(|typed| typed.text)
    }

    pub(super) fn requirement(&self) -> Option<Requirement> {
        let (req, allowed) = self.typed.as_ref()?.means?;
        let is_allowed =
            |it: &&Release| !it.is_yanked && !it.is_prerelease && it.num.starts_with(allowed);
        let matching: Vec<&Release> = self.releases.iter().filter(is_allowed).collect();
        let affected = matching.iter().filter(|it| it.affecting_count > 0).count();
        let chosen = matching.last();
        let unaffected = matching.iter().rfind(|it| it.affecting_count == 0);
        let place = self.releases.iter().position(|it| Some(&it) == chosen);
        let upgrade = place.filter(|_| affected == matching.len()).zip(chosen);
        Some(Requirement {
            req: req.to_owned(),
            matching: number(matching.len()),
            affected: number(affected),
            chosen: chosen.map(|it| RequirementChosen {
                num: it.num.clone(),
            }),
            newest_unaffected: unaffected.map(|it| RequirementNewestUnaffected {
                num: it.num.clone(),
            }),
            upgrade: upgrade
                .map(|(place, it)| self.nearest(&it.num, place, |it, _| it.affecting_count == 0)),
        })
    }
}
