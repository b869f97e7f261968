//! What a reader must know beside the verdict to read it rightly.

use maud::{Markup, html};

use crate::answer::ShownVersion;
use crate::facts::{Facts, is_unmaintained};
use crate::{links, words};

/// What the verdict rests on: said before the way out.
pub(crate) fn basis(facts: &Facts<'_>) -> Markup {
    html! {
        @if facts.is_deleted() { p { (facts.name()) " is no longer on crates.io." } }
        @match facts.version() {
            Some(version) => (of_version(facts, version)),
            None if facts.counted() > 0 => (no_version(facts)),
            None => {}
        }
        @if facts.counted() == 0 {
            p {
                "This is no proof of safety: it says only that RustSec knows of nothing"
                @match facts.notes.len() { 0 => "", 1 => " but the note below", _ => " but the notes below" }
                "."
            }
        }
    }
}

/// What goes beyond the version shown: said after the way out.
pub(crate) fn asides(facts: &Facts<'_>) -> Markup {
    let not_counted = not_counted(facts);
    html! {
        (default_version(facts))
        @if !not_counted.is_empty() { p class="cs-quiet" { "Not counted: " (words::and(&not_counted)) "." } }
    }
}

fn of_version(facts: &Facts<'_>, version: &ShownVersion) -> Markup {
    let num = html! { span class="cs-num" { (version.num) } };
    let unlisted = !version.is_published && facts.counted() > 0;
    html! {
        @if unlisted && facts.has_releases() {
            p { (num) " is not in the list of releases read here; judged by RustSec’s ranges." }
        } @else if unlisted && facts.is_deleted() {
            p { "There is no list of its releases; " (num) " is judged by RustSec’s ranges." }
        } @else if unlisted {
            p { (no_list(facts)) "; " (num) " is judged by RustSec’s ranges." }
        }
        @if version.is_yanked { p { (num) " is yanked." } }
        @if version.is_prerelease { p { (num) " is a pre-release." } }
    }
}

fn no_version(facts: &Facts<'_>) -> Markup {
    let question = match facts.counted() {
        1 => "to see whether it is affected.",
        _ => "to see which of them affect it.",
    };
    html! {
        @if facts.has_releases() {
            p { "None of its releases is on crates.io any more, so there is none to judge." }
        } @else if !facts.is_deleted() {
            p { (no_list(facts)) ". Choose a version " (question) }
            (version_form())
        }
    }
}

/// Asks for the same page with `?version=`, as the links to releases do. Without
/// a list of releases there is no link to choose.
fn version_form() -> Markup {
    html! {
        form class="cs-form" method="get" data-test-choose-version {
            label { "Version " input type="text" name="version" required size="12" autocomplete="off" placeholder="1.2.3"; }
            button type="submit" { "Show" }
        }
    }
}

fn no_list(facts: &Facts<'_>) -> Markup {
    html! { "This service holds no list of the releases of " (facts.name()) }
}

/// Points from another version to the one that most people use.
fn default_version(facts: &Facts<'_>) -> Markup {
    let shown = facts.version().map(|version| &version.num);
    let default = facts.krate.default_version.as_ref();
    let Some(default) = default.filter(|default| shown.is_some_and(|num| *num != default.num))
    else {
        return html! {};
    };
    let releases = &facts.krate.versions.nodes;
    let release = releases.iter().find(|release| release.num == default.num);
    html! {
        @if let Some(release) = release.filter(|_| facts.counted() > 0) {
            p {
                @if release.is_yanked || release.is_prerelease { "The default release, " }
                @else { "The newest stable release, " }
                a class="cs-num" href=(links::version(&default.num)) { (default.num) }
                ", is "
                @match words::size(release.affecting_count) {
                    0 => "not affected.",
                    n => { "affected by " (words::count(n, "advisory", "advisories")) "." }
                }
            }
        }
    }
}

/// So that the numbers of the verdict agree with those of the lists below it.
/// Where nothing counts, the verdict itself speaks of what there is.
fn not_counted(facts: &Facts<'_>) -> Vec<String> {
    let unmaintained = facts
        .notes
        .iter()
        .filter(|note| is_unmaintained(note))
        .count();
    let notices = facts.notes.len() - unmaintained;
    let withdrawn = facts.withdrawn.len();
    let notes_apart = facts.counted() > 0;
    let withdrawn_apart = notes_apart || !facts.notes.is_empty();
    let parts = [
        (
            unmaintained,
            notes_apart,
            "note that it is unmaintained",
            "notes that it is unmaintained",
        ),
        (notices, notes_apart, "notice", "notices"),
        (
            withdrawn,
            withdrawn_apart,
            "withdrawn advisory",
            "withdrawn advisories",
        ),
    ];
    let parts = parts.into_iter().filter(|(n, apart, ..)| *n > 0 && *apart);
    parts
        .map(|(n, _, one, many)| words::count(n, one, many))
        .collect()
}
