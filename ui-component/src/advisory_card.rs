//! The card of an advisory: a row to scan, and all details when opened.

use maud::{Markup, html};

use crate::advisory_details::{more, versions};
use crate::answer::{Advisory, AdvisoryKind};
use crate::facts::Facts;
use crate::fixed_in::fixed_in;
use crate::{alert, dates, links, markdown, platforms, severity, words};

/// Makes a `<details>` whose summary is the row and whose content is the
/// advisory. Its id is an anchor. The row has a colour if the advisory affects
/// the version shown.
pub(crate) fn advisory_card(facts: &Facts<'_>, advisory: &Advisory, open: bool) -> Markup {
    let is_past = advisory.affects == Some(false);
    let alert = Some(alert::class(&advisory.alert)).filter(|class| !class.is_empty() && !is_past);
    html! {
        details class={ "cs-card" @if let Some(alert) = alert { " " (alert) } } id=[links::anchor(&advisory.id)]
            open[open] data-test-advisory=(advisory.id) {
            summary { (row(advisory)) }
            div class="cs-body" {
                (versions(facts, advisory))
                (description(facts, advisory))
                (more(facts, advisory))
            }
        }
    }
}

/// Makes the row: the severity, or the kind if it is not a vulnerability; the
/// title; the fix; then the identifiers.
fn row(advisory: &Advisory) -> Markup {
    let kind = kind(advisory);
    html! {
        @match (&advisory.withdrawn, &kind) {
            (Some(_), _) => span class="cs-kind" { "Withdrawn" },
            (None, Some(kind)) => span class="cs-kind" { (kind) },
            (None, None) => (severity::short(advisory.severity.as_ref())),
        }
        " "
        h3 { (markdown::inline(&advisory.title)) }
        " "
        (fixed_in(advisory))
        " "
        span class="cs-meta" {
            (advisory.id) " · " (dates::plain_day(&advisory.date))
            @if let (Some(_), Some(severity)) = (&kind, &advisory.severity) {
                " · " (severity::rated(severity))
            }
            @if let (Some(kind), true) = (&kind, advisory.withdrawn.is_some()) { " · " (kind) }
            @if let Some(limit) = platforms::only_on(&advisory.os, &advisory.arch) { " · " (limit) }
        }
    }
}

/// Names the kind, except for vulnerabilities, which most advisories are. A kind
/// that this tab does not know is named by RustSec's own word.
fn kind(advisory: &Advisory) -> Option<String> {
    match advisory.kind {
        AdvisoryKind::VULNERABILITY => None,
        AdvisoryKind::MALICIOUS => Some("Malicious".to_owned()),
        AdvisoryKind::UNSOUND => Some("Unsound".to_owned()),
        AdvisoryKind::UNMAINTAINED => Some("Unmaintained".to_owned()),
        AdvisoryKind::NOTICE => Some("Notice".to_owned()),
        AdvisoryKind::OTHER | AdvisoryKind::Other(_) => {
            Some(words::capitalised(&advisory.kind_name))
        }
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
