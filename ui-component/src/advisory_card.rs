//! One advisory: a row to scan, and the whole of it when opened.

use maud::{Markup, html};

use crate::advisory_details::{more, versions};
use crate::answer::{Advisory, AdvisoryKind};
use crate::facts::Facts;
use crate::{dates, links, markdown, severity, words};

/// A `<details>`: its summary is the row, its content the advisory. The kind is
/// the first thing it says, and its id is an anchor.
pub(crate) fn advisory_card(facts: &Facts<'_>, advisory: &Advisory, open: bool) -> Markup {
    html! {
        details class="cs-card" id=[links::anchor(&advisory.id)] open[open] data-test-advisory=(advisory.id) {
            summary { (row(advisory)) }
            div class="cs-body" {
                (versions(facts, advisory))
                (description(facts, advisory))
                (more(facts, advisory))
            }
        }
    }
}

fn row(advisory: &Advisory) -> Markup {
    html! {
        span class={ "cs-kind cs-" (kind_class(&advisory.kind)) } { (kind(advisory)) }
        " "
        (second_word(advisory))
        " "
        h3 { (markdown::inline(&advisory.title)) }
        " "
        span class="cs-id" { (advisory.id) }
        " "
        span class="cs-date" { (dates::day(&advisory.date)) }
    }
}

/// What to know next: that it was withdrawn, or its score. Kinds that nobody
/// scores leave the place to the title, since a missing score says nothing there.
fn second_word(advisory: &Advisory) -> Markup {
    html! {
        @match &advisory.withdrawn {
            Some(_) => span class="cs-severity cs-quiet" { "withdrawn" },
            None if severity::is_expected(advisory) => (severity::short(advisory.severity.as_ref())),
            None => "",
        }
    }
}

/// The kind, by RustSec's own word when it is one that this tab does not know.
fn kind(advisory: &Advisory) -> String {
    match advisory.kind {
        AdvisoryKind::MALICIOUS => "Malicious".to_owned(),
        AdvisoryKind::VULNERABILITY => "Vulnerability".to_owned(),
        AdvisoryKind::UNSOUND => "Unsound".to_owned(),
        AdvisoryKind::UNMAINTAINED => "Unmaintained".to_owned(),
        AdvisoryKind::NOTICE => "Notice".to_owned(),
        AdvisoryKind::OTHER | AdvisoryKind::Other(_) => words::capitalised(&advisory.kind_name),
    }
}

fn kind_class(kind: &AdvisoryKind) -> &'static str {
    match kind {
        AdvisoryKind::MALICIOUS => "malicious",
        AdvisoryKind::VULNERABILITY => "vulnerability",
        AdvisoryKind::UNSOUND => "unsound",
        _ => "note",
    }
}

fn description(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        @if !advisory.description.trim().is_empty() {
            div class="cs-prose" {
                @if let Some(all) = facts.descriptions { (all.show(&advisory.description)) }
            }
        }
    }
}
