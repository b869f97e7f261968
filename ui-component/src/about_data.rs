//! Where the advisories come from, and what they leave out.

use maud::{Markup, html};

use crate::answer::{DataSource, DataStatus};
use crate::{dates, links};

/// RustSec's repository: where advisories are corrected.
pub(crate) const RUSTSEC_REPOSITORY: &str = "https://github.com/rustsec/advisory-db";

/// The commit and time of the last good sync, and the limits of what it tells.
pub(crate) fn about_data(status: &DataStatus) -> Markup {
    html! {
        div class="cs-part cs-about" data-test-about-data {
            h2 { "About this data" }
            p {
                @if status.source == DataSource::SAMPLE { "Sample of the RustSec advisory-db" }
                @else { "RustSec advisory-db" }
                @if let Some(commit) = &status.commit { " " code { (short(commit)) } }
                @match &status.synced_at {
                    Some(at) => { ", read " (dates::moment(at)) "." }
                    None => ", not read yet.",
                }
                " " (links::outbound(RUSTSEC_REPOSITORY, "Suggest a correction")) "."
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
