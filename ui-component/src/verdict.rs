//! The first sentence of the tab: is this version affected?

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind};
use crate::facts::Facts;
use crate::summary::highest;
use crate::{dates, icons, links, remarks, severity, way_out, words};

/// One sentence for the version shown, what to know about that version, and the
/// way out. Colour, icon and words agree, and the words alone suffice. There is
/// no “secure” here: that nobody published an advisory is no proof.
pub(crate) fn verdict(facts: &Facts<'_>) -> Markup {
    let affected = !facts.affecting.is_empty();
    html! {
        div class={ "cs-verdict" @if affected { " cs-affected" } } data-test-verdict tabindex="-1" {
            h2 {
                @if affected { (icons::affected()) }
                @else if facts.undecided.is_empty() { (icons::clear()) }
                @else { (icons::notice()) }
                span { (sentence(facts)) }
            }
            (remarks::basis(facts))
            @if affected { (way_out::way_out(facts)) }
            (remarks::asides(facts))
        }
    }
}

/// The version that the verdict names. Without a counted advisory it speaks of
/// the crate, whatever the version.
pub(crate) fn version_named<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let version = facts.version().filter(|_| facts.counted() > 0)?;
    Some(&version.num)
}

fn sentence(facts: &Facts<'_>) -> Markup {
    let name = facts.name();
    let counted = facts.counted();
    let Some(num) = version_named(facts) else {
        return without_version(facts);
    };
    let subject = html! { (name) " " span class="cs-num" { (num) } };
    if facts.affecting.is_empty() {
        html! { (subject) " is not affected by " (none_of(counted)) (last_affected(facts)) "." }
    } else {
        html! {
            (subject) " is affected by " (some_of(facts.affecting.len(), counted)) (worst(&facts.affecting)) "."
        }
    }
}

fn without_version(facts: &Facts<'_>) -> Markup {
    let name = facts.name();
    html! {
        @if facts.counted() > 0 {
            (name) " has " (words::count(facts.counted(), "published advisory", "published advisories")) (worst(&facts.undecided)) "."
        } @else if !facts.notes.is_empty() {
            "No vulnerability or unsoundness has been published against " (name) "."
        } @else if facts.withdrawn.len() == 1 {
            "The only advisory published against " (name) " was withdrawn."
        } @else if !facts.withdrawn.is_empty() {
            "All " (words::number(facts.withdrawn.len())) " advisories published against " (name) " were withdrawn."
        } @else {
            "No advisory has been published against " (name) "."
        }
    }
}

fn none_of(counted: usize) -> String {
    match counted {
        1 => "the one published advisory".to_owned(),
        2 => "either of the 2 published advisories".to_owned(),
        n => format!("any of the {} published advisories", words::number(n)),
    }
}

fn some_of(affecting: usize, counted: usize) -> String {
    match (affecting, counted) {
        (1, 1) => "the one published advisory".to_owned(),
        (2, 2) => "both published advisories".to_owned(),
        (n, m) if n == m => format!("all {} published advisories", words::number(n)),
        (n, m) => format!(
            "{} of {} published advisories",
            words::number(n),
            words::number(m)
        ),
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

fn worst(affecting: &[&Advisory]) -> Markup {
    let malicious = affecting
        .iter()
        .filter(|a| a.kind == AdvisoryKind::MALICIOUS)
        .count();
    let all_scored = affecting.iter().all(|a| a.severity.is_some());
    let highest = highest(affecting).map(severity::word);
    html! {
        @match (affecting.len(), malicious, highest) {
            (1, 1, _) => ", which reports malicious code",
            (_, 1.., _) => {
                ", " (words::number(malicious)) " of which " @if malicious == 1 { "reports" } @else { "report" }
                " malicious code"
            }
            (1, _, Some(word)) => { ", scored " (word) }
            (_, _, Some(word)) if all_scored || word == "Critical" => { ", the worst of them " (word) }
            (_, _, Some(word)) => { ", the highest score among them " (word) }
            (_, _, None) => "",
        }
    }
}
