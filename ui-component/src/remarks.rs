//! Facts that a reader needs to read the verdict correctly.

use maud::{Markup, html};

use crate::answer::{Advisory, ShownVersion};
use crate::facts::{Facts, is_unmaintained};
use crate::{links, words};

/// Says what the verdict rests on, before the upgrade.
pub(crate) fn basis(facts: &Facts<'_>) -> Markup {
    html! {
        @if facts.is_deleted() && facts.version().is_some() { p { (facts.name()) " is no longer on crates.io." } }
        @if facts.is_unsound_only() {
            p {
                "Unsound: safe code can cause undefined behavior. RustSec warns of it and does not class it "
                "as a vulnerability."
            }
        }
        @match facts.version() {
            Some(version) => (of_version(facts, version)),
            None if facts.counted() > 0 => (no_version(facts)),
            None => {}
        }
        @if facts.counted() == 0 {
            p { "That does not prove it safe." }
        }
    }
}

/// Says what goes beyond the version shown, after the upgrade.
pub(crate) fn asides(facts: &Facts<'_>) -> Markup {
    html! {
        @if facts.affecting.is_empty() { (default_version(facts)) }
        @if facts.counted() > 0 { (unmaintained(facts)) }
    }
}

/// Says, for example, “bitmaps is also listed as unmaintained.”
fn unmaintained(facts: &Facts<'_>) -> Markup {
    let concerns = |note: &&&Advisory| is_unmaintained(note) && note.affects != Some(false);
    let Some(note) = facts.notes.iter().find(concerns) else {
        return html! {};
    };
    html! {
        p {
            (facts.name()) " is also listed as "
            @match links::anchor(&note.id) {
                Some(id) => a href={ "#" (id) } { "unmaintained" },
                None => "unmaintained",
            }
            "."
        }
    }
}

fn of_version(facts: &Facts<'_>, version: &ShownVersion) -> Markup {
    let num = html! { span class="cs-num" { (version.num) } };
    let unlisted = !version.is_published && facts.counted() > 0;
    html! {
        @if unlisted && facts.has_releases() {
            p { "Only RustSec’s version ranges were checked." }
        } @else if unlisted && facts.is_deleted() {
            p { "Its releases are gone; only RustSec’s version ranges were checked." }
        } @else if unlisted {
            p { (no_list(facts)) "; only RustSec’s version ranges were checked." }
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
            p { "None of its releases is on crates.io any more." }
        } @else if !facts.is_deleted() {
            p { (no_list(facts)) ". Choose a version " (question) }
            (version_form())
        }
    }
}

/// Asks for the same page with `?version=`, as the links to releases do. It
/// replaces the links if there is no list of releases.
fn version_form() -> Markup {
    html! {
        form class="cs-form" method="get" data-test-choose-version {
            label { "Version " input type="text" name="version" required size="12" autocomplete="off" placeholder="1.2.3"; }
            button type="submit" { "Show" }
        }
    }
}

fn no_list(facts: &Facts<'_>) -> Markup {
    html! { "The list of releases of " (facts.name()) " is not available here" }
}

/// Points from another version to the one that crates.io shows by default.
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
