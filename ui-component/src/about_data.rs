//! The origin and the limits of the data.

use maud::{Markup, html};

use crate::answer::{DataSource, DataStatus};
use crate::{dates, links};

/// RustSec's repository, where advisories are proposed and corrected.
const RUSTSEC_REPOSITORY: &str = "https://github.com/rustsec/advisory-db";

/// Shows the commit of the data, its date, and the limits of the data. Nothing
/// here changes when the source is checked and found unchanged.
pub(crate) fn about_data(krate: &str, status: &DataStatus) -> Markup {
    html! {
        div class="cs-part cs-about" data-test-about-data {
            h2 { "About this data" }
            p {
                @if status.source == DataSource::SAMPLE { "Sample of the " }
                (links::outbound(RUSTSEC_REPOSITORY, "RustSec advisory database"))
                @if let Some(at) = &status.committed_at { " as of " (dates::day_of(at)) }
                @if let Some(commit) = &status.commit { " (" code { (short(commit)) } ")" }
                ", maintained by RustSec, not by crates.io. Not covered: this crate’s dependencies. "
                "To check a whole project, run " code { "cargo audit" } " or " code { "cargo deny check" } ". "
                "See also " (links::outbound(&links::github_advisories(krate), "GitHub’s advisories on this crate")) "."
            }
        }
    }
}

/// Abbreviates a commit to seven digits.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}
