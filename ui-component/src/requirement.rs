//! The check of a version requirement: a field, and the answer.

use maud::{Markup, html};

use crate::answer::{Krate, Nearest, Requirement};
use crate::facts::Facts;
use crate::{links, words};

/// The text that a reader typed, and the answer, which is missing if Cargo would not
/// accept the text.
#[derive(Clone, Copy)]
pub(crate) struct Check<'a> {
    pub(crate) typed: &'a str,
    pub(crate) answer: Option<&'a Requirement>,
}

/// Shows the field, folded until it is used, and the answer above it.
pub(crate) fn check(facts: &Facts<'_>, check: Option<Check<'_>>) -> Markup {
    html! {
        @if facts.has_releases() || check.is_some() {
            div class="cs-check" data-test-requirement {
                @if let Some(check) = check { (answer(facts, check)) }
                details class="cs-aside" open[check.is_some()] {
                    summary { "Check a version requirement" }
                    (form(facts.krate, check.map(|check| check.typed)))
                }
            }
        }
    }
}

/// Makes a form that works without a script: it asks for this page with `?req=`, for
/// the version shown.
fn form(krate: &Krate, typed: Option<&str>) -> Markup {
    let shown = krate.version.as_ref().map(|version| version.num.as_str());
    let default = krate.default_version.as_ref().map(|it| it.num.as_str());
    html! {
        form class="cs-form" method="get" {
            @if let Some(num) = shown.filter(|_| shown != default) {
                input type="hidden" name="version" value=(num);
            }
            label {
                "Requirement " input type="text" name="req" required maxlength="256" size="14" autocomplete="off"
                    spellcheck="false" placeholder="^1.2" value=[typed];
            }
            button type="submit" { "Check" }
        }
    }
}

fn answer(facts: &Facts<'_>, check: Check<'_>) -> Markup {
    html! {
        p class="cs-answer" tabindex="-1" data-test-requirement-answer {
            @match check.answer {
                None => {
                    code { (check.typed) } " is not a requirement: write it as in " code { "Cargo.toml" }
                    ", such as " code { "^1.2" } " or " code { ">=1.2, <2" } "."
                }
                Some(_) if !facts.has_releases() => (without_releases(facts, check.typed)),
                Some(answer) => {
                    @if is_version(check.typed) { (as_a_requirement(check.typed, answer)) }
                    (allowed(answer))
                }
            }
        }
    }
}

/// Answers without a list of releases. Nothing can be said of the allowed releases
/// then, unless the crate has no counted advisory.
fn without_releases(facts: &Facts<'_>, typed: &str) -> Markup {
    html! {
        @if facts.is_deleted() {
            (facts.name()) " is no longer on crates.io, so " code { (typed) } " allows no release."
        } @else if facts.counted() == 0 {
            "RustSec has no advisory about a vulnerability or unsoundness in " (facts.name()) ", whatever "
            code { (typed) } " allows."
        } @else {
            "The list of releases of " (facts.name()) " is not available here, so nothing can be said about "
            code { (typed) } "."
        }
    }
}

fn is_version(typed: &str) -> bool {
    let core = typed.trim().split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    core.split('.').count() == 3 && core.split('.').all(is_number)
}

/// Explains that a version in `Cargo.toml` is a requirement, and links to the verdict
/// on the version itself.
fn as_a_requirement(typed: &str, answer: &Requirement) -> Markup {
    let num = typed.trim();
    html! {
        "As a requirement, " code { (num) } " means " code { (answer.req) } ". (Verdict for "
        a class="cs-num" href=(links::version(num)) { (num) } " itself.) "
    }
}

fn allowed(answer: &Requirement) -> Markup {
    let matching = words::size(answer.matching);
    let affected = words::size(answer.affected);
    let req = html! { code { (answer.req) } };
    html! {
        @match (&answer.chosen, &answer.newest_unaffected) {
            (None, _) => { (req) " allows no published release." }
            (Some(chosen), None) => {
                @if matching == 1 {
                    "The only release that " (req) " allows, " (release(&chosen.num)) ", is affected."
                } @else {
                    "Every release that " (req) " allows is affected (" (words::number(affected)) " of "
                    (words::number(matching)) ")."
                }
                (nearest(answer.upgrade.as_ref()))
            }
            (Some(chosen), Some(unaffected)) if chosen.num == unaffected.num => {
                (req) " lets Cargo choose " (release(&chosen.num)) ", which no published advisory affects."
                @match affected {
                    0 => "",
                    1 => { " It also allows 1 affected release: a " code { "Cargo.lock" } " that holds it keeps it until " code { "cargo update" } "." }
                    n => {
                        " It also allows " (words::number(n)) " affected releases: a " code { "Cargo.lock" }
                        " that holds one keeps it until " code { "cargo update" } "."
                    }
                }
            }
            (Some(chosen), Some(unaffected)) => {
                "The newest that " (req) " allows, " (release(&chosen.num)) ", is affected; "
                (release(&unaffected.num)) " is not, but Cargo will not choose it by itself."
            }
        }
    }
}

/// Shows the upgrade from the newest release that is allowed.
fn nearest(upgrade: Option<&Nearest>) -> Markup {
    let Some(upgrade) = upgrade else {
        return html! {};
    };
    html! {
        @if let Some(it) = &upgrade.compatible {
            " Nearest that is not: " (release(&it.num)) ", a compatible upgrade."
        } @else if let Some(it) = &upgrade.breaking {
            " Nearest that is not: " (release(&it.num)) ", a breaking upgrade."
        } @else if let Some(it) = &upgrade.previous {
            " The nearest that is not is older: " (release(&it.num)) "."
        } @else {
            " No published release is unaffected."
        }
    }
}

fn release(num: &str) -> Markup {
    html! { a class="cs-num" href=(links::version(num)) { (num) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_told_from_a_requirement() {
        for version in ["1.2.3", " 0.10.8 ", "1.0.0-rc.1", "1.0.0+b-1"] {
            assert!(is_version(version), "{version}");
        }
        for requirement in [
            "^1.2.3",
            "1.2",
            "1",
            "*",
            "1.2.*",
            ">=1.2.3, <2",
            "=1.2.3",
            "",
        ] {
            assert!(!is_version(requirement), "{requirement}");
        }
    }
}
