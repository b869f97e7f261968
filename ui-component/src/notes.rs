//! Advisories that no change of version cures, apart from the verdict.

use maud::{Markup, html};

use crate::advisory_list::{cards, tally};
use crate::answer::Advisory;
use crate::facts::{Facts, is_unmaintained};

/// Lists unmaintained crates and notices. They colour neither the verdict nor
/// the tab.
pub(crate) fn notes(facts: &Facts<'_>) -> Markup {
    let (unmaintained, others): (Vec<_>, Vec<_>) = facts
        .notes
        .iter()
        .copied()
        .partition(|advisory| is_unmaintained(advisory));
    html! {
        @if !unmaintained.is_empty() {
            div class="cs-part" data-test-unmaintained {
                h2 { "Unmaintained" (tally(&unmaintained)) }
                p class="cs-lead" { (lead(facts, &unmaintained)) }
                (cards(facts, &unmaintained, unmaintained.len() == 1 && facts.affecting.is_empty()))
            }
        }
        @if !others.is_empty() {
            div class="cs-part" data-test-notices {
                h2 { "Notices" (tally(&others)) }
                (cards(facts, &others, false))
            }
        }
    }
}

fn lead(facts: &Facts<'_>, unmaintained: &[&Advisory]) -> Markup {
    let past = unmaintained.iter().all(|note| note.affects == Some(false));
    html! {
        @match facts.version() {
            Some(version) if past => {
                "RustSec lists other versions of " (facts.name()) " as unmaintained, not " (version.num) ". "
            }
            _ => { "RustSec lists " (facts.name()) " as unmaintained: faults found in it may stay unfixed. " }
        }
        "That is not a vulnerability. Alternatives named below are the advisory’s; crates.io has not vetted them."
    }
}
