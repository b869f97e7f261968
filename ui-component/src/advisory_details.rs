//! The facts of an open advisory, as terms and what is said of them.

use maud::{Markup, Render, html};

use crate::about_data::RUSTSEC_REPOSITORY;
use crate::answer::{Advisory, AdvisoryKind, Identifier, Range};
use crate::facts::Facts;
use crate::{dates, links, severity, way_out, words};

/// More functions than these are folded.
const FUNCTIONS: usize = 8;

/// The licence of advisories that asks for nothing.
const PUBLIC_DOMAIN: &str = "CC0-1.0";

/// Which versions are affected, and where to go: what most readers came for.
pub(crate) fn versions(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        dl class="cs-facts" {
            @if let Some(day) = &advisory.withdrawn { (fact("Withdrawn", dates::day(day))) }
            (fact("Affected", html! {
                (ranges(&advisory.affected_ranges).unwrap_or_else(|| "no version".to_owned()))
                (published(facts, advisory))
            }))
            @if is_malicious_and_open(advisory) && !facts.is_deleted() {
                (fact("Range still open", html! {
                    "RustSec has named no end yet, so every later release is covered too, clean or not, "
                    "until RustSec narrows it."
                }))
            }
            @match ranges(&advisory.patched) {
                Some(text) => (fact("Fixed in", text)),
                None if advisory.is_counted => (fact("Fixed in", "no fixed version is named")),
                // What no version cures has no fix to miss.
                None => {}
            }
            @if let Some(text) = ranges(&advisory.unaffected) { (fact("Never affected", text)) }
            @if let Some(way) = way_out::of_advisory(facts, advisory) { (fact("Way out", way)) }
            @if !advisory.os.is_empty() || !advisory.arch.is_empty() { (fact("Only on", platforms(advisory))) }
            @if severity::is_expected(advisory) { (fact("Severity", severity::long(advisory.severity.as_ref()))) }
        }
    }
}

/// Names, links and the rest, for those who read on.
pub(crate) fn more(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        dl class="cs-facts cs-more" {
            @if !advisory.functions.is_empty() { (fact("Functions", functions(facts, advisory))) }
            @if !advisory.aliases.is_empty() { (fact("Also known as", identifiers(&advisory.aliases))) }
            @if !advisory.related.is_empty() { (fact("Related", identifiers(&advisory.related))) }
            @let references: Vec<&str> = references(advisory);
            @if !references.is_empty() {
                (fact("References", html! {
                    ul { @for url in references { li { (links::address(url)) } } }
                }))
            }
            @if !advisory.categories.is_empty() { (fact("Categories", advisory.categories.join(", "))) }
            @if !advisory.keywords.is_empty() { (fact("Keywords", advisory.keywords.join(", "))) }
            @if advisory.license != PUBLIC_DOMAIN { (fact("Licence", licence(advisory))) }
            (fact("Advisory", sources(advisory)))
        }
    }
}

/// A term and what is said of it, with a hook for tests on those that hosts read.
fn fact(term: &str, said: impl Render) -> Markup {
    html! {
        div data-test-affected-versions[term == "Affected"] data-test-fixed-in[term == "Fixed in"]
            data-test-cvss[term == "Severity"] data-test-aliases[term == "Also known as"]
            data-test-references[term == "References"] {
            dt { (term) }
            dd { (said) }
        }
    }
}

fn ranges(ranges: &[Range]) -> Option<String> {
    let texts: Vec<&str> = ranges.iter().map(|range| range.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join("; "))
}

/// How many releases that is, when the releases are known.
fn published(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    let releases = words::size(facts.krate.versions.total_count);
    let affected = words::size(advisory.affected_versions.total_count);
    html! {
        @if facts.has_releases() && !advisory.affected_ranges.is_empty() {
            span class="cs-quiet" {
                @if affected == 0 { ". No published release is affected any more." }
                @else { " (" (words::number(affected)) " of " (words::count(releases, "release", "releases")) ")" }
            }
        }
    }
}

/// A malicious release is removed, not patched: until RustSec adds a bound, its
/// range flags clean releases as well.
fn is_malicious_and_open(advisory: &Advisory) -> bool {
    let open = advisory
        .affected_ranges
        .iter()
        .any(|range| range.upper.is_none());
    advisory.kind == AdvisoryKind::MALICIOUS && advisory.patched.is_empty() && open
}

fn platforms(advisory: &Advisory) -> Markup {
    html! {
        @for name in advisory.os.iter().chain(&advisory.arch) {
            span class="cs-chip" { (platform(name)) } " "
        }
    }
}

/// Rust's names of operating systems, as their makers write them.
fn platform(name: &str) -> &str {
    match name {
        "android" => "Android",
        "freebsd" => "FreeBSD",
        "ios" => "iOS",
        "linux" => "Linux",
        "macos" => "macOS",
        "netbsd" => "NetBSD",
        "openbsd" => "OpenBSD",
        "windows" => "Windows",
        other => other,
    }
}

fn functions(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    let all = advisory.functions.len();
    let list = html! {
        ul class="cs-functions" {
            @for function in &advisory.functions {
                li {
                    (links::outbound(
                        &links::docs_rs(facts.name(), facts.documented_version(), &function.path),
                        html! { code { (function.path) } },
                    ))
                    // Said only where it differs: most often it is the advisory's own range.
                    @let own = ranges(&function.versions);
                    @if own != ranges(&advisory.affected_ranges) {
                        @if let Some(own) = own { " " span class="cs-quiet" { "(" (own) ")" } }
                    }
                }
            }
        }
    };
    html! {
        @if all > FUNCTIONS {
            details class="cs-aside" { summary { (words::count(all, "function", "functions")) } (list) }
        } @else { (list) }
    }
}

/// Identifiers of kinds that nobody can link stay plain text.
fn identifiers(identifiers: &[Identifier]) -> Markup {
    html! {
        @for (i, identifier) in identifiers.iter().enumerate() {
            @if i > 0 { ", " }
            @match &identifier.url {
                Some(url) => (links::outbound(url, identifier.id.as_str())),
                None => (identifier.id),
            }
        }
    }
}

/// The advisory's own address and its references, each once.
fn references(advisory: &Advisory) -> Vec<&str> {
    let mut urls: Vec<&str> = Vec::new();
    for url in advisory.url.iter().chain(&advisory.references) {
        if !urls.contains(&url.as_str()) {
            urls.push(url);
        }
    }
    urls
}

/// Every licence but CC0 wants attribution: the licence, and where it came from.
fn licence(advisory: &Advisory) -> Markup {
    html! {
        @if advisory.license == "CC-BY-4.0" {
            (links::outbound("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"))
        } @else { (advisory.license) }
        @if let Some(url) = &advisory.url { ", from " (links::address(url)) }
    }
}

fn sources(advisory: &Advisory) -> Markup {
    html! {
        ul class="cs-inline" {
            @if let Some(url) = &advisory.rustsec_url { li { (links::outbound(url, "rustsec.org")) } }
            li { (links::outbound(&advisory.source_url, "Source file")) }
            li { (links::outbound(RUSTSEC_REPOSITORY, "Suggest a correction")) }
            @if let Some(id) = links::anchor(&advisory.id) { li { a href={ "#" (id) } { "Link to this advisory" } } }
        }
    }
}
