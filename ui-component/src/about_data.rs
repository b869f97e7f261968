//! Where the advisories come from, and what they leave out.

use maud::{Markup, html};

use crate::answer::{DataSource, DataStatus};
use crate::{dates, links};

/// RustSec's repository: where advisories are corrected.
pub(crate) const RUSTSEC_REPOSITORY: &str = "https://github.com/rustsec/advisory-db";

/// The commit that the data is of and its date, and the limits of the data.
/// Nothing here changes when the source is checked and found unchanged.
pub(crate) fn about_data(status: &DataStatus) -> Markup {
    html! {
        div class="cs-part cs-about" data-test-about-data {
            h2 { "About this data" }
            p {
                @if status.source == DataSource::SAMPLE { "Sample of the RustSec advisory-db" }
                @else { "RustSec advisory-db" }
                @if let Some(at) = &status.committed_at { " as of " (dates::day_of(at)) }
                @if let Some(commit) = &status.commit { " (commit " code { (short(commit)) } ")" }
                ". " (links::outbound(RUSTSEC_REPOSITORY, "Suggest a correction")) "."
            }
            p {
                "Not covered: the dependencies of this crate, and problems that RustSec has no advisory for. "
                "Advisories are written by the community and kept by RustSec, not by crates.io."
            }
        }
    }
}

/// Seven digits name a commit well enough for people.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}
