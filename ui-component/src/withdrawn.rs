//! Advisories that RustSec has withdrawn.

use maud::{Markup, html};

use crate::advisory_list::{cards, tally};
use crate::facts::Facts;

/// Shows a folded line with the count. Withdrawn advisories never affect the
/// verdict.
pub(crate) fn withdrawn(facts: &Facts<'_>) -> Markup {
    html! {
        @if !facts.withdrawn.is_empty() {
            details class="cs-part cs-fold" data-test-withdrawn {
                summary { h2 { "Withdrawn" (tally(&facts.withdrawn)) } }
                p class="cs-lead" { "Withdrawn by RustSec, and not counted above." }
                (cards(facts, &facts.withdrawn, false))
            }
        }
    }
}
