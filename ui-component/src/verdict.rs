//! The first sentence of the tab: is this version affected?

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind, ShownVersion};
use crate::facts::Facts;
use crate::summary::highest;
use crate::{alert, counts, dates, icons, links, platforms, remarks, severity, upgrade, words};

/// One sentence for the version shown, what to know about that version, and the
/// upgrade. Colour, icon and words agree, and the words alone suffice. Nothing is
/// called secure: the absence of advisories does not prove it.
pub(crate) fn verdict(facts: &Facts<'_>) -> Markup {
    let affected = !facts.affecting.is_empty();
    let alert = facts.version().map(|version| alert::class(&version.alert));
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
            @if affected { (upgrade::upgrade(facts)) }
            (remarks::asides(facts))
        }
    }
}

/// The version that the verdict names. Without a counted advisory it speaks of
/// the crate, whatever the version.
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
        html! { (subject) " is not affected by " (none_of(facts.counted())) (last_affected(facts)) "." }
    } else {
        html! { (subject) " is affected by " (by_what(facts, version)) "." }
    }
}

/// “2 vulnerabilities and 1 unsoundness advisory, on Windows only, of 9 published
/// advisories, the worst of them High”
fn by_what(facts: &Facts<'_>, version: &ShownVersion) -> Markup {
    let platforms = version.platforms.as_ref();
    let only_on = platforms.and_then(|limit| platforms::only_on(&limit.os, &limit.arch));
    html! {
        (counts::in_words(&version.counts))
        @if let Some(only_on) = only_on { ", " (only_on) }
        @if facts.counted() > facts.affecting.len() { ", of " (words::number(facts.counted())) " published advisories" }
        @if facts.is_unsound_only() { ", and by no published vulnerability" }
        @else { (worst(&facts.affecting)) }
    }
}

fn without_version(facts: &Facts<'_>) -> Markup {
    let name = facts.name();
    html! {
        @if facts.counted() > 0 {
            (name) " has " (words::count(facts.counted(), "published advisory", "published advisories")) (worst(&facts.undecided)) "."
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
        1 => "the only published advisory".to_owned(),
        2 => "either of the 2 published advisories".to_owned(),
        n => format!("any of the {} published advisories", words::number(n)),
    }
}

/// Only said when the version list is known: without it nobody can tell.
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

/// Not said of malicious code, which needs no rating.
fn worst(advisories: &[&Advisory]) -> Markup {
    let is_malicious = |it: &&&Advisory| it.kind == AdvisoryKind::MALICIOUS;
    let malicious = advisories.iter().filter(is_malicious).count();
    let all_scored = advisories.iter().all(|it| it.severity.is_some());
    let highest = highest(advisories).map(severity::word);
    html! {
        @match (advisories.len(), malicious, highest) {
            (_, 1.., _) | (_, _, None) => "",
            (1, _, Some(word)) => { ", rated " (word) }
            (_, _, Some(word)) if all_scored || word == "Critical" => { ", the worst of them " (word) }
            (_, _, Some(word)) => { ", the highest rating among them " (word) }
        }
    }
}
