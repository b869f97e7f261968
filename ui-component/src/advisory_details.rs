//! The facts of an open advisory, as a list of terms and their values.

use maud::{Markup, Render, html};

use crate::answer::{Advisory, AdvisoryKind, Identifier, Range};
use crate::facts::Facts;
use crate::fixed_in::fixes;
use crate::{dates, links, platforms, severity, upgrade, words};

/// The number of functions above which the list is folded.
const FUNCTIONS: usize = 8;

/// The licence that requires no attribution.
const PUBLIC_DOMAIN: &str = "CC0-1.0";

/// Shows the affected versions and the remedy, which most readers look for.
pub(crate) fn versions(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        dl class="cs-facts" {
            @if let Some(day) = &advisory.withdrawn { (fact("Withdrawn", withdrawn(advisory, day))) }
            @if !advisory.twins.is_empty() { (fact("Same fault as", twins(advisory))) }
            (fact("Affected", html! {
                (ranges(&advisory.affected_ranges).unwrap_or_else(|| "no version".to_owned()))
                (published(facts, advisory))
            }))
            @if is_malicious_and_open(advisory) && !facts.is_deleted() {
                (fact("No upper limit", html! {
                    "RustSec has not said which later releases are clean, so all of them count as affected."
                }))
            }
            @match fixes(advisory).as_slice() {
                [_, ..] => (fact("Fixed in", fixes(advisory).join(", "))),
                // Malicious releases are removed rather than fixed, and the kinds that are
                // not counted need no fix.
                [] if advisory.is_counted && advisory.kind != AdvisoryKind::MALICIOUS => {
                    (fact("Fixed in", "no fixed version is known"))
                }
                [] => {}
            }
            @if let Some(text) = ranges(&advisory.unaffected) { (fact("Never affected", text)) }
            @if let Some(to) = upgrade::of_advisory(facts, advisory) { (fact("Upgrade", to)) }
            (fact("Disclosed", disclosed(advisory)))
            @if !advisory.os.is_empty() || !advisory.arch.is_empty() { (fact("Only on", limits(advisory))) }
            @if severity::is_expected(advisory) { (fact("Severity", severity::long(advisory.severity.as_ref()))) }
        }
    }
}

/// Shows identifiers, links and other details.
pub(crate) fn more(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        dl class="cs-facts cs-more" {
            @if !advisory.functions.is_empty() { (fact("Functions", functions(facts, advisory))) }
            @if !advisory.aliases.is_empty() { (fact("Also known as", aliases(facts, advisory))) }
            @if !advisory.related.is_empty() { (fact("Related", identifiers(&advisory.related))) }
            @let references: Vec<&str> = references(advisory);
            @if !references.is_empty() {
                (fact("References", html! {
                    ul { @for url in references { li { (reference(url)) } } }
                }))
            }
            @if !advisory.categories.is_empty() { (fact("Categories", advisory.categories.join(", "))) }
            @if !advisory.keywords.is_empty() { (fact("Keywords", advisory.keywords.join(", "))) }
            @if advisory.license != PUBLIC_DOMAIN { (fact("License", licence(advisory))) }
            (fact("Advisory", sources(advisory)))
        }
    }
}

/// Shows a term and its value. Terms that hosts read have a hook for tests.
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

/// Shows the number of affected releases, if the releases are known.
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

/// Returns true if a malicious release has no upper bound yet. Such a release is removed,
/// not patched, so until RustSec adds a bound, the range flags clean releases as well.
fn is_malicious_and_open(advisory: &Advisory) -> bool {
    let open = advisory
        .affected_ranges
        .iter()
        .any(|range| range.upper.is_none());
    advisory.kind == AdvisoryKind::MALICIOUS && advisory.patched.is_empty() && open
}

/// Shows two dates: of the disclosure, and of the release with the fix.
fn disclosed(advisory: &Advisory) -> Markup {
    html! {
        (dates::day(&advisory.date))
        @if let Some(release) = &advisory.fixed_release {
            @if let Some(at) = &release.published_at {
                ". Fixed release " a class="cs-num" href=(links::version(&release.num)) { (release.num) }
                ": " (dates::plain_day_of(at))
            }
        }
    }
}

/// Links to the history of the file, because no field of the advisory tells the reason.
fn withdrawn(advisory: &Advisory, day: &str) -> Markup {
    html! { (dates::day(day)) ". See " (links::outbound(&advisory.history_url, "its history")) " for the reason." }
}

/// Shows the other RustSec ids of a fault for which another database has a single id.
fn twins(advisory: &Advisory) -> Markup {
    html! {
        @for (i, twin) in advisory.twins.iter().enumerate() {
            @if i > 0 { ", " }
            @match links::anchor(&twin.id) {
                Some(id) => a href={ "#" (id) } { (id) },
                None => (twin.id),
            }
        }
    }
}

fn limits(advisory: &Advisory) -> Markup {
    html! {
        @for name in advisory.os.iter().chain(&advisory.arch) {
            span class="cs-chip" { (platforms::name_of(name)) } " "
        }
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
                    // Shown only if it differs: usually it is the advisory's own range.
                    @let own: Vec<&str> = function.versions.iter().map(|range| range.text.as_str()).collect();
                    @let own = own.join("; ");
                    @if !own.is_empty() && Some(&own) != ranges(&advisory.affected_ranges).as_ref() {
                        " " span class="cs-quiet" { "(" (own) ")" }
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

/// Shows identifiers. Those of a kind that cannot be linked stay plain text.
fn identifiers(identifiers: &[Identifier]) -> Markup {
    html! {
        @for (i, identifier) in identifiers.iter().enumerate() {
            @if i > 0 { ", " }
            (links::identifier(identifier, None))
        }
    }
}

/// Shows aliases as [`identifiers`] does. Each is also an anchor, unless another card has it
/// already.
fn aliases(facts: &Facts<'_>, advisory: &Advisory) -> Markup {
    html! {
        @for (i, alias) in advisory.aliases.iter().enumerate() {
            @if i > 0 { ", " }
            @let place = links::alias_anchor(&alias.id).filter(|_| facts.has_alias_first(advisory, &alias.id));
            (links::identifier(alias, place))
        }
    }
}

/// Returns the advisory's own address and its references, each once.
fn references(advisory: &Advisory) -> Vec<&str> {
    let mut urls: Vec<&str> = Vec::new();
    for url in advisory.url.iter().chain(&advisory.references) {
        if !urls.contains(&url.as_str()) {
            urls.push(url);
        }
    }
    urls
}

/// Shows an address, and says if it is a commit or a pull request. The data does not say
/// which of them is the fix.
fn reference(url: &str) -> Markup {
    html! {
        @if let Some(kind) = links::kind(url) { (kind) ": " }
        (links::address(url))
    }
}

/// Shows every licence but CC0, with the source, because it requires attribution.
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
            li { (links::outbound(&advisory.history_url, "History")) }
            li { (links::outbound(&advisory.edit_url, "Suggest a change")) }
            @if let Some(id) = links::anchor(&advisory.id) { li { a href={ "#" (id) } { "Link to this advisory" } } }
        }
    }
}
