//! Every release in one picture: affected, not affected, yanked, pre-release.

use maud::{Markup, html};

use crate::answer::Release;
use crate::facts::Facts;
use crate::{links, release_table, words};

/// Up to this many releases are all in sight.
const ALL_IN_SIGHT: usize = 250;
/// Of more, the newest so many are; the older ones are folded.
const NEWEST_IN_SIGHT: usize = 150;
/// Fewer releases need no way around them, and no table.
const FEW: usize = 12;

/// Every release that is known, oldest first, each a link to this tab for that
/// version. Shape and pattern tell what colour tells. Nothing without a version
/// list, or without an advisory to show on it.
pub(crate) fn release_strip(facts: &Facts<'_>) -> Markup {
    let releases: Vec<&Release> = facts.krate.versions.nodes.iter().rev().collect();
    if !facts.has_releases() || releases.is_empty() || facts.counted() == 0 {
        return html! {};
    }
    let folded = if releases.len() > ALL_IN_SIGHT {
        releases.len() - NEWEST_IN_SIGHT
    } else {
        0
    };
    let (older, newer) = releases.split_at(folded);
    let shown = facts.version().map(|version| version.num.as_str());
    let end = end_id(facts.name());
    html! {
        div class="cs-part cs-releases" data-test-releases {
            h2 { "Releases" }
            p class="cs-lead" { (sentence(facts, &releases)) }
            @if releases.len() > FEW {
                a class="cs-hidden cs-skip" href={ "#" (end) } { "Skip the releases" }
            }
            @if !older.is_empty() {
                // Folding must never hide the version that the tab speaks of.
                details class="cs-aside" open[older.iter().any(|release| Some(release.num.as_str()) == shown)] {
                    summary { (older_words(older)) }
                    (lines(older, shown))
                }
            }
            (lines(newer, shown))
            // What shape and pattern mean is said of each release.
            div class="cs-legend" aria-hidden="true" { (legend(&releases)) }
            @if releases.len() > FEW { (release_table::release_table(&releases, &end)) }
        }
    }
}

/// The place behind the strip. Two crates on a page have two.
fn end_id(krate: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let name: String = krate.chars().filter(is_plain).collect();
    format!("crate-security-{name}-releases-end")
}

/// The picture in words: “83 releases: 61 affected, 22 not affected; 3 yanked.”
fn sentence(facts: &Facts<'_>, releases: &[&Release]) -> Markup {
    let total = words::size(facts.krate.versions.total_count);
    let yanked = releases.iter().filter(|release| release.is_yanked).count();
    html! {
        @if total > releases.len() { "The newest " (words::number(releases.len())) " of " }
        (words::count(total, "release", "releases")) ": " (shares(releases))
        @if yanked > 0 { "; " (words::number(yanked)) " yanked" }
        "."
    }
}

/// “580 older releases, 0.1.0 to 3.2.1: 130 affected, 450 not affected”
fn older_words(older: &[&Release]) -> Markup {
    html! {
        (words::count(older.len(), "older release", "older releases"))
        @if let Some((first, last)) = older.first().zip(older.last()) { ", " (first.num) " to " (last.num) }
        ": " (shares(older))
    }
}

fn shares(releases: &[&Release]) -> Markup {
    let all = releases.len();
    let affected = releases
        .iter()
        .filter(|release| release.affecting_count > 0)
        .count();
    html! {
        @match affected {
            0 if all == 1 => "not affected",
            0 => "none affected",
            n if n == all && all == 1 => "affected",
            n if n == all => "all affected",
            n => { (words::number(n)) " affected, " (words::number(all - n)) " not affected" }
        }
    }
}

/// The cells, a group for each line of compatible releases.
fn lines(releases: &[&Release], shown: Option<&str>) -> Markup {
    html! {
        ul class="cs-strip" {
            @for line in releases.chunk_by(|a, b| line(&a.num) == line(&b.num)) {
                li {
                    @if let Some(first) = line.first() { b { (self::line(&first.num)) } }
                    @for release in line { (cell(release, shown == Some(&release.num))) }
                }
            }
        }
    }
}

/// What Cargo holds compatible: the major version, or `0.` and the minor one.
pub(crate) fn line(num: &str) -> &str {
    let mut dots = num.match_indices('.').map(|(at, _)| at);
    let first = dots.next();
    let end = if num.starts_with("0.") {
        dots.next()
    } else {
        first
    };
    end.and_then(|end| num.get(..end)).unwrap_or(num)
}

/// One release. There may be a thousand, so each is a link and its name, which
/// the style shows of one at a time, and single letters are its classes.
fn cell(release: &Release, shown: bool) -> Markup {
    let classes = classes(release);
    html! {
        a class=[classes] href=(links::version(&release.num)) aria-current=[shown.then_some("true")] {
            span { (name(release)) }
        }
    }
}

fn classes(release: &Release) -> Option<String> {
    let marks = [
        (release.affecting_count > 0, "a"),
        (release.is_yanked, "y"),
        (release.is_prerelease, "p"),
    ];
    let set: Vec<&str> = marks
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, class)| *class)
        .collect();
    (!set.is_empty()).then(|| set.join(" "))
}

/// `0.10.8: affected by 8, yanked`
fn name(release: &Release) -> String {
    let mut name = release.num.clone();
    if release.affecting_count > 0 {
        name.push_str(&format!(": affected by {}", release.affecting_count));
    } else {
        name.push_str(": not affected");
    }
    if release.is_yanked {
        name.push_str(", yanked");
    }
    name
}

/// Only what can be seen in the strip.
fn legend(releases: &[&Release]) -> Markup {
    html! {
        @if releases.iter().any(|r| r.affecting_count > 0) { span { i class="a" {} "affected" } " " }
        @if releases.iter().any(|r| r.affecting_count == 0) { span { i {} "not affected" } " " }
        @if releases.iter().any(|r| r.is_prerelease) { span { i class="p" {} "pre-release" } " " }
        @if releases.iter().any(|r| r.is_yanked) { span { i class="y" {} "yanked" } " " }
        span { i class="s" {} "shown" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_cargo_holds_compatible() {
        assert_eq!(line("1.2.3"), "1");
        assert_eq!(line("0.10.8"), "0.10");
        assert_eq!(line("0.0.3"), "0.0");
        assert_eq!(line("110.0.0+1.1.0f"), "110");
        assert_eq!(line("10.0.0-rc.1"), "10");
        assert_eq!(line("odd"), "odd");
    }

    #[test]
    fn a_cell_says_what_it_shows() {
        let release = Release {
            num: "1.0.0-rc.1".to_owned(),
            is_yanked: true,
            is_prerelease: true,
            affecting_count: 2,
        };
        assert_eq!(
            cell(&release, true).into_string(),
            "<a class=\"a y p\" href=\"?version=1.0.0-rc.1\" aria-current=\"true\"><span>1.0.0-rc.1: affected by 2, yanked</span></a>"
        );
    }
}
