//! The highlight on the host's tab label.

use maud::{Markup, html};

use crate::answer::{DataSource, Krate};
use crate::facts::Facts;
use crate::{Data, alert, counts, words};

/// Makes the badge: the number of counted advisories that affect the version
/// shown, or nothing if none does. A screen reader is told their kinds. Only
/// urgent ones make it red. The badge has no room for the tab's notice that its
/// data is a sample, so it says so itself.
#[must_use]
pub fn badge(data: &Data) -> Markup {
    let is_sample = data.data_status.source == DataSource::SAMPLE;
    html! {
        @if let Some(krate) = &data.crate_ { (of_crate(krate, is_sample)) }
    }
}

fn of_crate(krate: &Krate, is_sample: bool) -> Markup {
    let facts = Facts::of(krate);
    let affected = facts.affecting.len();
    let version = facts.version().filter(|_| affected > 0);
    html! {
        @if let Some(version) = version {
            span class={ "crate-security-badge " (alert::class(&version.alert)) } data-test-security-badge=(affected) {
                span aria-hidden="true" { (words::number(affected)) @if is_sample { " sample" } }
                span class="cs-hidden" {
                    " " (counts::in_words(&version.counts))
                    @if is_sample { " of the bundled sample" }
                    " " (if affected == 1 { "affects" } else { "affect" }) " this version"
                }
            }
        }
    }
}
