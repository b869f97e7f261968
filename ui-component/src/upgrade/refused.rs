//! Help for a line to copy that does not work.

use maud::{Markup, html};

use super::{Direction, is_same_line, line};
use crate::answer::{ShownVersion, Upgrade};
use crate::commands;
use crate::facts::Facts;

/// Shows, folded, the cases in which Cargo refuses or no manifest has the entry.
pub(super) fn if_it_fails(facts: &Facts<'_>, shown: &ShownVersion, upgrade: &Upgrade) -> Markup {
    let yanked = upgrade.yanked.as_ref();
    let is_command = match Direction::of(&upgrade.nearest) {
        Some(Direction::Compatible(_)) => true,
        Some(Direction::Breaking(_)) => false,
        Some(Direction::Previous(target)) => is_same_line(&target.num, shown),
        None if yanked.is_some_and(|it| is_same_line(&it.num, shown)) => true,
        None => return html! {},
    };
    html! {
        @if let Some(dependents) = commands::dependents(facts.name(), &shown.num) {
            details class="cs-aside" {
                @if is_command { (refusals()) } @else {
                    summary { "Not in your " code { "Cargo.toml" } "?" }
                    p { "Then another package requires it. This shows which; change that one first:" }
                }
                (line(Some(dependents)))
            }
        }
    }
}

/// Explains Cargo's two errors and their remedies. The command for the second
/// follows.
fn refusals() -> Markup {
    html! {
        summary { "Cargo refuses?" }
        p {
            q { "did not match any packages" } ": " code { "Cargo.lock" }
            " holds another version, which Cargo lists. Look for that version here."
        }
        p {
            q { "failed to select a version" } ": a package requires the old version, perhaps your own. "
            "This shows which; change that one first:"
        }
    }
}
