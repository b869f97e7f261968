//! The highlight on the host's tab label.

use maud::{Markup, html};

use crate::{Data, summary, words};

/// How many counted advisories affect the version shown; nothing when none does.
#[must_use]
pub fn badge(data: &Data) -> Markup {
    let affected = summary(data).affected;
    html! {
        @if affected > 0 {
            span class="crate-security-badge" data-test-security-badge=(affected) {
                span aria-hidden="true" { (affected) }
                span class="cs-hidden" {
                    " " (words::count(affected as usize, "advisory affects", "advisories affect"))
                    " this version"
                }
            }
        }
    }
}
