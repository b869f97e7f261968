//! The first sentence of the tab: is this version affected?

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind, Alert, Counts, ShownVersion};
use crate::facts::{Facts, is_unmaintained};
use crate::summary::highest;
use crate::{alert, counts, dates, icons, links, platforms, remarks, severity, upgrade, words};

/// Shows one sentence for the version shown, remarks on that version, and the
/// upgrade. Colour, icon and words agree, and the words alone suffice. Nothing is
/// called secure, because the absence of advisories does not prove it.
pub(crate) fn verdict(facts: &Facts<'_>) -> Markup {
    // A deleted crate has no version to show, but malicious code in it is still an
    // alarm.
    let is_gone = facts.is_deleted() && facts.undecided.iter().any(|it| is_malicious(it));
    let affected = is_gone || !facts.affecting.is_empty();
    let alert = match facts.version() {
        Some(version) => Some(alert::class(&version.alert)),
        None => is_gone.then_some(alert::class(&Alert::ALARM)),
    };
    html! {
        div class={ "cs-verdict" @if affected { " cs-affected " (alert.unwrap_or_default()) } }
            data-test-verdict tabindex="-1" {
            h2 {
                @if affected && !facts.is_unsound_only() { (icons::affected()) }
                @else if affected || !facts.undecided.is_empty() { (icons::notice()) }
                @else { (icons::clear()) }
                span { (sentence(facts)) }
            }
            (remarks::basis(facts))
            @if !facts.affecting.is_empty() { (upgrade::upgrade(facts)) }
            (remarks::asides(facts))
        }
    }
}

/// Returns the version that the verdict names. Without a counted advisory the
/// verdict is about the crate, at any version.
pub(crate) fn version_named<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    named(facts).map(|version| version.num.as_str())
}

fn named<'a>(facts: &Facts<'a>) -> Option<&'a ShownVersion> {
    facts.version().filter(|_| facts.counted() > 0)
}

fn sentence(facts: &Facts<'_>) -> Markup {
    let Some(version) = named(facts) else {
        return without_version(facts);
    };
    let subject = html! { (facts.name()) " " span class="cs-num" { (version.num) } };
    if facts.affecting.is_empty() {
        let unpublished = facts.has_releases() && !version.is_published;
        html! {
            (subject) @if unpublished { " is not a published release, and" } " is not affected by "
            (none_of(facts.counted())) (last_affected(facts)) "."
        }
    } else if version.counts.malicious > 0 {
        html! { "RustSec reports malicious code in " (subject) (beside_malicious(facts, version)) "." }
    } else {
        html! { (subject) " is affected by " (by_what(facts, version)) "." }
    }
}

/// Says, for example, “2 vulnerabilities and 1 unsoundness advisory, on Windows
/// only, of 9 published advisories, the worst of them High”.
fn by_what(facts: &Facts<'_>, version: &ShownVersion) -> Markup {
    let platforms = version.platforms.as_ref();
    let only_on = platforms.and_then(|limit| platforms::only_on(&limit.os, &limit.arch));
    html! {
        (counts::in_words(&version.counts))
        @if let Some(only_on) = only_on { ", " (only_on) }
        @if !facts.is_unsound_only() { (worst(&facts.affecting)) }
        (of_all(facts))
        @if facts.is_unsound_only() { ", and by no published vulnerability" }
    }
}

fn of_all(facts: &Facts<'_>) -> Markup {
    html! {
        @if facts.counted() > facts.affecting.len() { ", of " (words::number(facts.counted())) " published advisories" }
    }
}

/// Says, for example, “ (2 advisories), and 3 vulnerabilities”.
fn beside_malicious(facts: &Facts<'_>, version: &ShownVersion) -> Markup {
    let others = Counts {
        malicious: 0,
        ..version.counts.clone()
    };
    let others = counts::in_words(&others);
    html! {
        @if version.counts.malicious > 1 { " (" (version.counts.malicious) " advisories)" }
        @if !others.is_empty() { ", and " (others) }
        (of_all(facts))
    }
}

fn is_malicious(advisory: &Advisory) -> bool {
    advisory.kind == AdvisoryKind::MALICIOUS
}

fn without_version(facts: &Facts<'_>) -> Markup {
    let name = facts.name();
    html! {
        @if facts.counted() > 0 && facts.is_deleted() {
            (name) " was removed from crates.io; RustSec has "
            (words::count(facts.counted(), "advisory", "advisories")) " about it."
        } @else if facts.counted() > 0 {
            (name) " has " (words::count(facts.counted(), "published advisory", "published advisories")) (worst(&facts.undecided)) "."
        } @else if facts.notes.iter().any(|note| is_unmaintained(note) && note.affects != Some(false)) {
            "RustSec lists " (name) " as unmaintained, and knows of no vulnerability or unsoundness in it."
        } @else if !facts.notes.is_empty() {
            "RustSec has no advisory about a vulnerability or unsoundness in " (name) "."
        } @else if facts.withdrawn.len() == 1 {
            "RustSec has withdrawn its only advisory about " (name) "."
        } @else if !facts.withdrawn.is_empty() {
            "RustSec has withdrawn all " (words::number(facts.withdrawn.len())) " of its advisories about " (name) "."
        } @else {
            "RustSec has no advisory about " (name) "."
        }
    }
}

fn none_of(counted: usize) -> String {
    match counted {
        1 => "the only advisory about it".to_owned(),
        2 => "either of the 2 published advisories".to_owned(),
        n => format!("any of the {} published advisories", words::number(n)),
    }
}

/// Names the last affected version, if the list of versions is known.
fn last_affected(facts: &Facts<'_>) -> Markup {
    html! {
        @if facts.has_releases() {
            @match &facts.krate.last_affected_version {
                Some(last) => {
                    "; the last affected release is "
                    a class="cs-num" href=(links::version(&last.num)) { (last.num) }
                    @if let Some(at) = &last.published_at { " (" (dates::day_of(at)) ")" }
                }
                None => "; no published release is affected any more",
            }
        }
    }
}

/// Shows the rating. Says if some are not rated, because those are no less urgent.
fn worst(advisories: &[&Advisory]) -> Markup {
    let all_scored = advisories.iter().all(|it| it.severity.is_some());
    let highest = highest(advisories).map(severity::word);
    html! {
        @match (advisories.len(), highest) {
            (1, None) => ", not rated",
            (_, None) => "",
            (1, Some(word)) => { ", rated " (word) }
            (_, Some(word)) if all_scored || word == "Critical" => { ", the worst of them " (word) }
            (_, Some(word)) => { ", the highest rating among them " (word) }
        }
    }
}
