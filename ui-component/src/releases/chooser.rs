//! The list of every release, each a link to this tab for it.

use maud::{Markup, html};

use super::lines::line_of;
use crate::answer::Release;
use crate::{links, words};

/// Lists the releases, newest first, with a heading wherever the line or the
/// verdict changes, so that a release is just its number. There may be a
/// thousand.
pub(super) fn chooser(releases: &[Release], shown: Option<&str>) -> Markup {
    html! {
        details class="cs-aside cs-choose" data-test-choose-release {
            summary { "Choose a release (" (words::number(releases.len())) ")" }
            ul {
                @for group in releases.chunk_by(is_alike) {
                    li {
                        @if let Some(first) = group.first() { b { (heading(first)) } }
                        @for release in group { " " (link(release, shown == Some(&release.num))) }
                    }
                }
            }
        }
    }
}

fn is_alike(a: &Release, b: &Release) -> bool {
    line_of(&a.num) == line_of(&b.num) && a.affecting_count == b.affecting_count
}

/// Makes a heading such as “0.10, affected by 2:”
fn heading(release: &Release) -> Markup {
    html! {
        (line_of(&release.num))
        @match release.affecting_count { 0 => ", not affected:", n => { ", affected by " (n) ":" } }
    }
}

fn link(release: &Release, shown: bool) -> Markup {
    html! {
        a href=(links::version(&release.num)) aria-current=[shown.then_some("true")] { (release.num) }
        @if release.is_yanked { " (yanked)" }
    }
}
