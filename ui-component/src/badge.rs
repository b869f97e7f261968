//! The highlight on the host's tab label.

use maud::{Markup, html};

use crate::answer::DataSource;
use crate::{Data, summary, words};

/// How many counted advisories affect the version shown; nothing when none does. A
/// badge has no room for the tab's notice that its data is a sample, so it says so
/// itself.
#[must_use]
pub fn badge(data: &Data) -> Markup {
    let affected = summary(data).affected;
    let count = affected as usize;
    let (label, words) = match data.data_status.source {
        DataSource::SAMPLE => (
            format!("{affected} sample"),
            words::count(count, "sample advisory affects", "sample advisories affect"),
        ),
        _ => (
            affected.to_string(),
            words::count(count, "advisory affects", "advisories affect"),
        ),
    };
    html! {
        @if affected > 0 {
            span class="crate-security-badge" data-test-security-badge=(affected) {
                span aria-hidden="true" { (label) }
                span class="cs-hidden" { " " (words) " this version" }
            }
        }
    }
}
