//! The releases that fix an advisory, for its row.

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind, Range};

/// The number of fixes above which they are counted instead of listed.
const LISTED: usize = 3;

/// Shows “fixed in 36.0.7, 42.0.2, 43.0.1”, or that no fix is known. Shows nothing
/// for advisories that no version fixes, such as malicious releases and unmaintained
/// crates.
pub(crate) fn fixed_in(advisory: &Advisory) -> Markup {
    let fixes = fixes(advisory);
    let is_malicious = advisory.kind == AdvisoryKind::MALICIOUS;
    html! {
        @match fixes.as_slice() {
            [] if advisory.is_counted && !is_malicious => span class="cs-fixed cs-quiet" { "no fix known" },
            [] => "",
            fixes => span class="cs-fixed" {
                "fixed in "
                @if fixes.len() <= LISTED { (fixes.join(", ")) }
                @else { (nearest(advisory, fixes)) " and " (fixes.len() - 1) " more" }
            },
        }
    }
}

/// Returns the first fixed version of each line that has one.
pub(crate) fn fixes(advisory: &Advisory) -> Vec<&str> {
    advisory.patched.iter().map(first).collect()
}

/// Returns the first version of a range, or the range itself if it has none.
fn first(range: &Range) -> &str {
    match &range.lower {
        Some(lower) if lower.is_inclusive => &lower.version,
        _ => &range.text,
    }
}

/// Returns the fix to which the version shown can be upgraded, else the newest.
fn nearest<'a>(advisory: &'a Advisory, fixes: &[&'a str]) -> &'a str {
    let upgrade = advisory.upgrade.as_ref();
    let target = upgrade.and_then(|upgrade| {
        let compatible = upgrade.compatible.as_ref().map(|it| it.num.as_str());
        compatible.or(upgrade.breaking.as_ref().map(|it| it.num.as_str()))
    });
    let is_fix = |target: &&str| fixes.contains(target);
    let newest = fixes.last().copied().unwrap_or_default();
    target.filter(is_fix).unwrap_or(newest)
}
