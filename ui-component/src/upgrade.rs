//! The upgrade from an affected version: the release to move to, and the command.

mod refused;
mod rust_version;
mod workarounds;

use maud::{Markup, html};

use crate::answer::{Advisory, Nearest, Range, ShownVersion, Target, Upgrade};
use crate::facts::Facts;
use crate::fixed_in::fixes;
use crate::releases::line_of;
use crate::{commands, links, words};
use refused::if_it_fails;
use rust_version::rust_version;
use workarounds::workarounds;

/// Shows the nearest release that no counted advisory affects, and the line to copy for it.
/// GraphQL chooses the release.
pub(crate) fn upgrade(facts: &Facts<'_>) -> Markup {
    let shown = facts.version();
    let upgrade = shown.and_then(|shown| Some((shown, shown.upgrade.as_ref()?)));
    html! {
        // The verdict of a deleted crate already says that there is no upgrade.
        @if !facts.is_deleted() {
            div class="cs-upgrade" data-test-upgrade {
                @match upgrade {
                    Some((shown, upgrade)) => {
                        (nearest(facts, shown, upgrade))
                        (improvement(facts, shown, upgrade))
                        (if_it_fails(facts, shown, upgrade))
                    }
                    None => (by_rustsec(facts)),
                }
            }
        }
    }
}

fn nearest(facts: &Facts<'_>, shown: &ShownVersion, upgrade: &Upgrade) -> Markup {
    let update = |target: &Target| line(commands::update(facts.name(), &shown.num, &target.num));
    html! {
        @match Direction::of(&upgrade.nearest) {
            Some(Direction::Compatible(target)) => {
                p { "Upgrade to " (release(&target.num)) " (compatible)" (newest(facts, shown, target)) "." }
                (update(target))
                (keep(facts, target))
                (rust_version(shown, target, upgrade))
            }
            Some(Direction::Breaking(target)) => {
                p {
                    "Upgrade to " (release(&target.num)) " (breaking: your code may need changes)"
                    (newest(facts, shown, target)) ". " (change_only_its_version(facts))
                }
                (line(requirement(facts, target)))
                (rust_version(shown, target, upgrade))
            }
            Some(Direction::Previous(target)) if is_same_line(&target.num, shown) => {
                p { "No newer release is unaffected: go back to " (release(&target.num)) " (compatible)." }
                (update(target))
                (keep(facts, target))
            }
            Some(Direction::Previous(target)) => {
                p {
                    "No newer release is unaffected: go back to " (release(&target.num))
                    " (breaking: your code may need changes). " (change_only_its_version(facts))
                }
                (line(requirement(facts, target)))
            }
            None => (without_release(facts, shown, upgrade)),
        }
    }
}

/// Returns true if Cargo may choose an affected release in the line of the target.
fn is_line_affected(facts: &Facts<'_>, target: &Target) -> bool {
    let line = line_of(&target.num);
    let mut releases = facts.krate.versions.nodes.iter();
    let chosen = releases.find(|it| line_of(&it.num) == line && !it.is_yanked && !it.is_prerelease);
    chosen.is_some_and(|chosen| chosen.affecting_count > 0)
}

/// Shows the version that keeps Cargo on the target, after the command.
fn keep(facts: &Facts<'_>, target: &Target) -> Markup {
    html! {
        @if is_line_affected(facts, target) {
            details class="cs-aside" {
                summary { "The next " code { "cargo update" } " undoes that, unless you pin it." }
                p { (change_only_its_version(facts)) }
                (line(commands::pin(&target.num)))
            }
        }
    }
}

fn requirement(facts: &Facts<'_>, target: &Target) -> Option<String> {
    match is_line_affected(facts, target) {
        true => commands::pin(&target.num),
        false => commands::requirement(&target.num),
    }
}

/// Says, for example, “24.0.12, a compatible upgrade, is affected by 6 instead of 17.”
fn improvement(facts: &Facts<'_>, shown: &ShownVersion, upgrade: &Upgrade) -> Markup {
    html! {
        @if let Some(better) = &upgrade.improvement {
            details class="cs-aside" {
                summary {
                    span class="cs-num" { (better.num) } ", a compatible upgrade, is affected by "
                    (number(better.affecting_count)) " instead of " (number(shown.affecting_count)) "."
                }
                (line(commands::update(facts.name(), &shown.num, &better.num)))
            }
        }
    }
}

/// Explains that no release is free of all advisories, or that only a yanked one is.
fn without_release(facts: &Facts<'_>, shown: &ShownVersion, upgrade: &Upgrade) -> Markup {
    let all = match facts.affecting.len() {
        1 => "it",
        _ => "all of them",
    };
    let has_own = facts.affecting.iter().any(|it| own(it).is_some());
    html! {
        @match &upgrade.yanked {
            Some(yanked) if is_same_line(&yanked.num, shown) => {
                p {
                    b { "No release that Cargo chooses is free of " (all) "." }
                    " " (release(&yanked.num)) " is not affected but yanked. This takes it all the same; a plain "
                    code { "cargo update" } " does not keep it:"
                }
                (line(commands::update(facts.name(), &shown.num, &yanked.num)))
            }
            Some(yanked) => p {
                b { "No release that Cargo chooses is free of " (all) "." }
                " " (release(&yanked.num)) " is not affected but yanked, and not compatible."
            },
            None if has_own => p {
                b { "No published release is free of all of them." }
                " Each advisory below names its own upgrade, if there is one."
            },
            None => p { b { "No fixed release is published." } },
        }
        (workarounds(facts.affecting.iter().copied().filter(|it| own(it).is_none())))
    }
}

/// Says, for example, “; the newest, 0.10.82, is not affected either”.
fn newest(facts: &Facts<'_>, shown: &ShownVersion, target: &Target) -> Markup {
    let default = facts.krate.default_version.as_ref();
    let default = default.filter(|it| it.num != target.num && it.num != shown.num);
    let mut releases = facts.krate.versions.nodes.iter();
    let newest = default.and_then(|default| releases.find(|it| it.num == default.num));
    html! {
        @if let Some(newest) = newest.filter(|it| !it.is_yanked && !it.is_prerelease) {
            // From a pre-release, the nearest release may be newer than the newest stable one.
            "; the newest" @if shown.is_prerelease { " stable release" } ", " (release(&newest.num)) ", is "
            @match newest.affecting_count {
                0 => "not affected either",
                n => { "affected by " (words::count(words::size(n), "advisory", "advisories")) },
            }
        }
    }
}

fn change_only_its_version(facts: &Facts<'_>) -> Markup {
    html! { "In " code { "Cargo.toml" } ", change only the version of " (facts.name()) ":" }
}

fn is_same_line(num: &str, shown: &ShownVersion) -> bool {
    line_of(num) == line_of(&shown.num)
}

/// Shows RustSec's ranges, which are all that is known without a list of releases.
fn by_rustsec(facts: &Facts<'_>) -> Markup {
    html! {
        p {
            @match facts.affecting.as_slice() {
                [one] => { "RustSec says: " (by_ranges(one)) "." }
                _ => "The advisories below say which versions fix them, by RustSec’s ranges.",
            }
        }
    }
}

/// Says, for example, “fixed in 0.10.48”, or “no fix is named; never affected: <= 0.3.9”.
fn by_ranges(advisory: &Advisory) -> Markup {
    let texts = |ranges: &[Range]| {
        let texts: Vec<&str> = ranges.iter().map(|range| range.text.as_str()).collect();
        texts.join("; ")
    };
    html! {
        @if !advisory.patched.is_empty() {
            "fixed in " (fixes(advisory).join(", "))
        } @else {
            "no fix is named"
            @if !advisory.unaffected.is_empty() { "; never affected: " (texts(&advisory.unaffected)) }
        }
    }
}

/// Shows the upgrade from this advisory alone, if it adds to the upgrade from all of them: if
/// no release is free of all, if it is an easier step, or if the advisory was fixed in several
/// lines.
pub(crate) fn of_advisory(facts: &Facts<'_>, advisory: &Advisory) -> Option<Markup> {
    let own = own(advisory)?;
    let upgrade = facts.version()?.upgrade.as_ref();
    let is_useful = match upgrade.and_then(|it| Direction::of(&it.nearest)) {
        None => true,
        Some(whole) => {
            own.effort() < whole.effort() || (advisory.patched.len() > 1 && own != whole)
        }
    };
    is_useful.then(|| {
        html! {
            @match own {
                Direction::Compatible(target) => { "to " (release(&target.num)) " (compatible)" }
                Direction::Breaking(target) => { "to " (release(&target.num)) " (breaking)" }
                Direction::Previous(target) => { "none; go back to " (release(&target.num)) }
            }
        }
    })
}

fn own(advisory: &Advisory) -> Option<Direction<'_>> {
    Direction::of(advisory.upgrade.as_ref()?)
}

#[derive(Clone, Copy, PartialEq)]
enum Direction<'a> {
    Compatible(&'a Target),
    Breaking(&'a Target),
    Previous(&'a Target),
}

impl<'a> Direction<'a> {
    fn of(nearest: &'a Nearest) -> Option<Self> {
        let compatible = nearest.compatible.as_ref().map(Self::Compatible);
        let breaking = nearest.breaking.as_ref().map(Self::Breaking);
        let previous = nearest.previous.as_ref().map(Self::Previous);
        compatible.or(breaking).or(previous)
    }

    fn effort(self) -> u8 {
        match self {
            Self::Compatible(_) => 0,
            Self::Breaking(_) => 1,
            Self::Previous(_) => 2,
        }
    }
}

fn release(num: &str) -> Markup {
    html! { a class="cs-num" href=(links::version(num)) { (num) } }
}

fn number(n: i64) -> String {
    words::number(words::size(n))
}

/// Shows a line to copy, which breaks only between words: half of `--precise` is another
/// option. The button appears with the script that makes it work.
pub(crate) fn line(line: Option<String>) -> Markup {
    html! {
        @if let Some(line) = line {
            div class="cs-command" {
                pre { code {
                    @for (i, word) in line.split(' ').enumerate() { @if i > 0 { " " } span { (word) } }
                } }
                button type="button" data-copy hidden { "Copy" }
            }
        }
    }
}
