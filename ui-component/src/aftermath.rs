//! The note after a malicious release: how to check whether a build used it.
//!
//! The release has usually been removed, so no list has its number. RustSec's range
//! tells only its position, and no exact version is derived from that. The note does
//! not name a publisher, because RustSec does not know it.

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind, Range};
use crate::facts::Facts;
use crate::upgrade::line;
use crate::{commands, links, words};

/// Shows a note on every version of a crate that has a live advisory about malicious
/// code. Somebody who used the release would otherwise only see that the version shown
/// is not affected.
pub(crate) fn aftermath(facts: &Facts<'_>) -> Markup {
    let is_malicious =
        |it: &&Advisory| it.kind == AdvisoryKind::MALICIOUS && it.withdrawn.is_none();
    let malicious: Vec<&Advisory> = facts.krate.advisories.iter().filter(is_malicious).collect();
    html! {
        @if !malicious.is_empty() {
            div class="cs-aftermath" data-test-aftermath {
                @for sentence in sentences(facts, &malicious) { h2 { (sentence) } }
                (downloads(facts, &malicious))
            }
        }
    }
}

/// Makes one sentence for each advisory, without duplicates.
fn sentences(facts: &Facts<'_>, malicious: &[&Advisory]) -> Vec<String> {
    let mut sentences = Vec::new();
    for advisory in malicious {
        let sentence = sentence(facts, advisory);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// Says, for example, “A malicious release of arrayref, after 0.3.9, was published and
/// has been removed.”
fn sentence(facts: &Facts<'_>, advisory: &Advisory) -> String {
    let name = facts.name();
    let place = match Place::of(advisory) {
        Place::Anywhere => {
            return format!(
                "RustSec reports malicious code in every version of {name}.{}",
                fate(facts, advisory)
            );
        }
        Place::After(num) => format!(", after {num},"),
        Place::From(num) => format!(", {num} or later,"),
        Place::At(num) => format!(", {num},"),
        Place::Within(ranges) => format!(" ({ranges})"),
    };
    let removed = match is_removed(facts, advisory) {
        true => " and has been removed",
        false => "",
    };
    format!(
        "A malicious release of {name}{place} was published{removed}.{}",
        fate(facts, advisory)
    )
}

/// Returns true if the releases of the crate are known and none is affected.
fn is_removed(facts: &Facts<'_>, advisory: &Advisory) -> bool {
    facts.has_releases() && advisory.affected_versions.total_count == 0
}

/// Counts the affected releases. Some of them may be clean, because a range without an
/// upper bound includes later releases too.
fn fate(facts: &Facts<'_>, advisory: &Advisory) -> String {
    match words::size(advisory.affected_versions.total_count) {
        n @ 1.. if facts.has_releases() => {
            let releases = words::count(n, "published release is", "published releases are");
            format!(" {releases} affected.")
        }
        _ => String::new(),
    }
}

/// Shows the command that looks for the release where builds ran, and explains its
/// output.
fn downloads(facts: &Facts<'_>, malicious: &[&Advisory]) -> Markup {
    let (num, wanted) = wanted(facts, malicious);
    html! {
        @if let Some(find) = commands::find_downloads(facts.name(), num) {
            p { "Did a build of yours use it? Where builds ran:" }
            (line(Some(find)))
            p {
                "If it lists " (wanted) ", that release was downloaded there. Updating does not undo what it did: read "
                (advisories(malicious)) ". An empty list is not proof: Cargo deletes old downloads."
            }
            p class="cs-quiet cs-small" {
                "If " code { "CARGO_HOME" } " is set, look in its " code { "registry/cache" }
                "; on Windows, in " code { ".cargo\\registry\\cache" } " in your user folder."
            }
        }
    }
}

/// Returns the version to look for, if there is only one, and the words for what is
/// found.
fn wanted<'a>(facts: &Facts<'a>, malicious: &[&'a Advisory]) -> (Option<&'a str>, String) {
    let file = "the file".to_owned();
    let is_asked_for = malicious.iter().any(|it| it.affects == Some(true));
    let shown = facts
        .version()
        .filter(|it| !it.is_published && is_asked_for);
    if let Some(shown) = shown {
        return (Some(&shown.num), file);
    }
    match malicious {
        [one] => match Place::of(one) {
            Place::At(num) => (Some(num), file),
            Place::After(num) => (None, format!("a version after {num}")),
            Place::From(num) => (None, format!("{num} or a later version")),
            Place::Anywhere => (None, "a version".to_owned()),
            Place::Within(_) => (None, "a version in that range".to_owned()),
        },
        _ => (None, "a version that one of them affects".to_owned()),
    }
}

fn advisories(malicious: &[&Advisory]) -> Markup {
    html! {
        @match malicious {
            [one] => (reference(one, "the advisory")),
            all => @for (i, advisory) in all.iter().enumerate() {
                @if i > 0 { " and " }
                (reference(advisory, &advisory.id))
            },
        }
    }
}

fn reference(advisory: &Advisory, text: &str) -> Markup {
    html! {
        @match links::anchor(&advisory.id) {
            Some(id) => a href={ "#" (id) } { (text) },
            None => (text),
        }
    }
}

/// The position of a malicious release among a crate's versions, as RustSec gives it.
enum Place<'a> {
    Anywhere,
    After(&'a str),
    From(&'a str),
    At(&'a str),
    Within(String),
}

impl<'a> Place<'a> {
    fn of(advisory: &'a Advisory) -> Self {
        let [range] = advisory.affected_ranges.as_slice() else {
            let ranges = advisory.affected_ranges.iter().map(|it| it.text.as_str());
            return Self::Within(ranges.collect::<Vec<_>>().join("; "));
        };
        match range {
            Range {
                lower: None,
                upper: None,
                ..
            } => Self::Anywhere,
            Range {
                lower: Some(lower),
                upper: None,
                ..
            } if lower.is_inclusive => Self::From(&lower.version),
            Range {
                lower: Some(lower),
                upper: None,
                ..
            } => Self::After(&lower.version),
            Range {
                lower: Some(lower),
                upper: Some(upper),
                ..
            } if lower.version == upper.version => Self::At(&lower.version),
            range => Self::Within(range.text.clone()),
        }
    }
}
