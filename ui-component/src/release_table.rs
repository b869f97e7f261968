//! The release strip as a table: runs of releases that share the same facts.

use maud::{Markup, html};

use crate::answer::Release;
use crate::words;

/// A row for each run of neighbouring releases that equally many advisories
/// affect, oldest first. Hundreds of releases make a handful of rows. `id` is the
/// place to which the strip is skipped.
pub(crate) fn release_table(releases: &[&Release], id: &str) -> Markup {
    html! {
        details class="cs-aside" id=(id) {
            summary { "Releases as a table" }
            table class="cs-table" {
                thead { tr {
                    th scope="col" { "Releases" }
                    th scope="col" { "Number" }
                    th scope="col" { "Affected by" }
                    th scope="col" { "Yanked" }
                } }
                tbody {
                    @for run in releases.chunk_by(|a, b| a.affecting_count == b.affecting_count) { (row(run)) }
                }
            }
        }
    }
}

fn row(run: &[&Release]) -> Markup {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return html! {};
    };
    let affecting = words::size(first.affecting_count);
    let yanked = run.iter().filter(|release| release.is_yanked).count();
    html! {
        tr {
            th scope="row" { (first.num) @if run.len() > 1 { " to " (last.num) } }
            td { (words::number(run.len())) }
            td { @if affecting == 0 { "none" } @else { (words::count(affecting, "advisory", "advisories")) } }
            td { (words::number(yanked)) }
        }
    }
}
