//! The releases of the crate, line by line.

mod bar;
mod chooser;
mod lines;

use maud::{Markup, html};

use crate::answer::Release;
use crate::facts::Facts;
use crate::{dates, links, words};
pub(crate) use lines::line_of;
use lines::{Row, rows};

/// The number of rows above which the older ones are folded.
const IN_SIGHT: usize = 12;

/// Lists the lines of compatible releases, newest first: which of their releases are
/// affected, where that ends, and where the version shown is. All releases are in one
/// disclosure. Shows nothing without a list of releases or without a counted
/// advisory.
pub(crate) fn releases(facts: &Facts<'_>) -> Markup {
    let releases = facts.krate.versions.nodes.as_slice();
    if !facts.has_releases() || releases.is_empty() || facts.counted() == 0 {
        return html! {};
    }
    let shown = facts.version().map(|version| version.num.as_str());
    let rows = rows(releases, shown);
    let longest = rows.iter().filter_map(Row::length).max().unwrap_or(1);
    let (newer, older) = rows.split_at(rows.len().min(IN_SIGHT));
    html! {
        div class="cs-part cs-releases" data-test-releases {
            h2 { "Releases" }
            p class="cs-lead" { (sentence(facts, releases)) }
            (list(newer, longest, shown))
            @if !older.is_empty() {
                // Folding must never hide the version that the tab is about.
                details class="cs-aside" open[older.iter().any(|row| row.holds(shown))] {
                    summary { "Older releases" }
                    (list(older, longest, shown))
                }
            }
            (chooser::chooser(releases, shown))
        }
    }
}

fn list(rows: &[Row<'_>], longest: usize, shown: Option<&str>) -> Markup {
    html! {
        ul class="cs-lines" {
            @for row in rows {
                li {
                    b { (row.name()) }
                    " "
                    (bar::bar(row.releases(), longest, shown))
                    " "
                    span { (row.in_words(shown)) }
                }
            }
        }
    }
}

/// Says, for example, “164 of 175 releases are affected, the last 0.10.71 (15
/// February 2025).”
fn sentence(facts: &Facts<'_>, releases: &[Release]) -> Markup {
    let total = words::size(facts.krate.versions.total_count);
    let listed = releases.len();
    let affected = releases.iter().filter(|it| it.affecting_count > 0).count();
    let last = facts.krate.last_affected_version.as_ref();
    html! {
        @if total > listed { "Of the newest " (words::number(listed)) " of " (words::number(total)) " releases, " }
        @match (affected, listed) {
            (0, 1) => "The only release is not affected",
            (1, 1) => "The only release is affected",
            (0, 2) => "Neither release is affected",
            (2, 2) => "Both releases are affected",
            (0, all) => { "None of the " (words::number(all)) " releases is affected" }
            (n, all) if n == all => { "All " (words::number(all)) " releases are affected" }
            (1, all) => { "1 of " (words::number(all)) " releases is affected" }
            (n, all) => { (words::number(n)) " of " (words::number(all)) " releases are affected" }
        }
        // Said only if the verdict has not said it.
        @if let Some(last) = last.filter(|_| affected < listed && !facts.affecting.is_empty()) {
            ", the last " a class="cs-num" href=(links::version(&last.num)) { (last.num) }
            @if let Some(at) = &last.published_at { " (" (dates::day_of(at)) ")" }
        }
        "."
    }
}
