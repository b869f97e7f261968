//! Where to go from an affected version.

use maud::{Markup, html};

use crate::answer::{Advisory, Range, WayOut};
use crate::facts::Facts;
use crate::links;

/// The nearest release that no counted advisory affects, and how to get it.
/// Which release that is, GraphQL says; here it only gets words.
pub(crate) fn way_out(facts: &Facts<'_>) -> Markup {
    let upgrade = facts.version().and_then(|version| version.upgrade.as_ref());
    html! {
        div class="cs-way-out" data-test-way-out {
            @match upgrade {
                Some(upgrade) => (of_version(facts, upgrade)),
                None => (by_rustsec(facts)),
            }
        }
    }
}

fn of_version(facts: &Facts<'_>, upgrade: &WayOut) -> Markup {
    let name = facts.name();
    html! {
        @match Target::of(upgrade) {
            Some(Target::Compatible(num)) => {
                p { "Nearest release that is not affected: " (release(num)) ", a compatible upgrade." }
                (command(&format!("cargo update -p {name} --precise {num}")))
            }
            Some(Target::Breaking(num)) => {
                p {
                    "Nearest release that is not affected: " (release(num))
                    ", a breaking upgrade: your code may need changes. In " code { "Cargo.toml" } ":"
                }
                (command(&format!("{name} = \"{num}\"")))
            }
            Some(Target::Previous(num)) => {
                p {
                    "No newer release helps: go back to " (release(num))
                    ", and pin it so that Cargo does not move up again. In " code { "Cargo.toml" } ":"
                }
                (command(&format!("{name} = \"={num}\"")))
            }
            None if facts.is_deleted() => p { b { "No release of " (name) " is on crates.io any more." } },
            None if facts.affecting.iter().any(|advisory| own(advisory).is_some()) => {
                p { b { "No published release is free of all of them." } " Each advisory below has its own way out, if there is one." }
            }
            None => p { b { "No fixed release is published." } },
        }
    }
}

/// Without a version list there is no release to name, only what RustSec says.
fn by_rustsec(facts: &Facts<'_>) -> Markup {
    html! {
        p {
            @match facts.affecting.as_slice() {
                [one] => { "RustSec says: " (by_ranges(one)) "." }
                _ => "Which versions fix them, by RustSec’s ranges, is said in each advisory below.",
            }
        }
    }
}

/// “fixed in 0.10.48 and later”, or “no fix is named; never affected: 0.3.9 and earlier”
fn by_ranges(advisory: &Advisory) -> Markup {
    let texts = |ranges: &[Range]| {
        let texts: Vec<&str> = ranges.iter().map(|range| range.text.as_str()).collect();
        texts.join("; ")
    };
    html! {
        @if !advisory.patched.is_empty() {
            "fixed in " (texts(&advisory.patched))
        } @else {
            "no fix is named"
            @if !advisory.unaffected.is_empty() { "; never affected: " (texts(&advisory.unaffected)) }
        }
    }
}

/// The way out of one advisory alone, where it tells more than the way out of
/// all: when no release is free of all, when it is an easier step, or when the
/// advisory was fixed in several lines.
pub(crate) fn of_advisory(facts: &Facts<'_>, advisory: &Advisory) -> Option<Markup> {
    let own = own(advisory)?;
    let whole = facts
        .version()
        .and_then(|version| version.upgrade.as_ref())
        .and_then(Target::of);
    let useful = match whole {
        None => true,
        Some(whole) => {
            own.effort() < whole.effort() || (advisory.patched.len() > 1 && own != whole)
        }
    };
    useful.then(|| {
        html! {
            @match own {
                Target::Compatible(num) => { (release(num)) ", a compatible upgrade" }
                Target::Breaking(num) => { (release(num)) ", a breaking upgrade" }
                Target::Previous(num) => { "go back to " (release(num)) }
            }
        }
    })
}

fn own(advisory: &Advisory) -> Option<Target<'_>> {
    Target::of(advisory.upgrade.as_ref()?)
}

#[derive(Clone, Copy, PartialEq)]
enum Target<'a> {
    Compatible(&'a str),
    Breaking(&'a str),
    Previous(&'a str),
}

impl<'a> Target<'a> {
    fn of(upgrade: &'a WayOut) -> Option<Self> {
        let compatible = upgrade
            .compatible
            .as_ref()
            .map(|v| Self::Compatible(&v.num));
        let breaking = upgrade.breaking.as_ref().map(|v| Self::Breaking(&v.num));
        let previous = upgrade.previous.as_ref().map(|v| Self::Previous(&v.num));
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

/// A line to copy, which breaks between words only: half of `--precise` is
/// another option. The button appears with the script that makes it work.
fn command(line: &str) -> Markup {
    html! {
        div class="cs-command" {
            pre { code {
                @for (i, word) in line.split(' ').enumerate() { @if i > 0 { " " } span { (word) } }
            } }
            button type="button" data-copy hidden { "Copy" }
        }
    }
}
