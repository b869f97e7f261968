//! The counted advisories: those that affect the version shown, and the rest.

use maud::{Markup, html};

use crate::advisory_card::advisory_card;
use crate::answer::Advisory;
use crate::facts::Facts;
use crate::words;

/// The number of rows up to which all are open from the start.
const OPEN: usize = 2;

/// Lists the advisories that affect the version shown, worst first, in
/// GraphQL's order.
pub(crate) fn affecting(facts: &Facts<'_>) -> Markup {
    let Some(version) = facts.version() else {
        return html! {};
    };
    html! {
        @if !facts.affecting.is_empty() {
            div class="cs-part" data-test-affecting {
                h2 { "Affecting " span class="cs-num" { (version.num) } (tally(&facts.affecting)) }
                (cards(facts, &facts.affecting, facts.affecting.len() <= OPEN))
                (how_ordered(&facts.affecting))
            }
        }
    }
}

/// Lists the advisories of a crate without known versions, to which no verdict applies.
pub(crate) fn undecided(facts: &Facts<'_>) -> Markup {
    html! {
        @if !facts.undecided.is_empty() {
            div class="cs-part" data-test-undecided {
                h2 { "Published advisories" (tally(&facts.undecided)) }
                (cards(facts, &facts.undecided, facts.undecided.len() <= OPEN))
                (how_ordered(&facts.undecided))
            }
        }
    }
}

/// Lists the advisories that do not affect the version shown: folded, counted,
/// without colour.
pub(crate) fn elsewhere(facts: &Facts<'_>) -> Markup {
    let Some(version) = facts.version() else {
        return html! {};
    };
    html! {
        @if !facts.elsewhere.is_empty() {
            details class="cs-part cs-fold" data-test-not-affecting {
                summary {
                    h2 { "Not affecting " span class="cs-num" { (version.num) } (tally(&facts.elsewhere)) }
                }
                (cards(facts, &facts.elsewhere, false))
                @if facts.affecting.is_empty() { (how_ordered(&facts.elsewhere)) }
            }
        }
    }
}

/// Shows the count beside a heading, read aloud as “: 8 advisories”.
pub(crate) fn tally(list: &[&Advisory]) -> Markup {
    let noun = if list.len() == 1 {
        "advisory"
    } else {
        "advisories"
    };
    html! {
        span class="cs-hidden" { ": " }
        span class="cs-tally" { (words::number(list.len())) span class="cs-hidden" { " " (noun) } }
    }
}

/// Shows the cards of a list.
pub(crate) fn cards(facts: &Facts<'_>, list: &[&Advisory], open: bool) -> Markup {
    html! {
        div class="cs-cards" {
            @for advisory in list { (advisory_card(facts, advisory, open)) }
        }
    }
}

/// Explains the order, because the position of advisories without a score is a
/// choice.
fn how_ordered(list: &[&Advisory]) -> Markup {
    html! {
        @if list.len() > 1 {
            details class="cs-aside" {
                summary { "How this list is ordered" }
                p {
                    "Malicious code first, then vulnerabilities by CVSS score (those without a score between High "
                    "and Medium), then unsoundness. Newest first among equals."
                }
            }
        }
    }
}
