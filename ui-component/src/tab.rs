//! The tab as a whole, and its placeholders.

use maud::{Markup, html};

use crate::answer::{DataSource, DataStatus, Krate};
use crate::facts::Facts;
use crate::requirement::Check;
use crate::{
    Data, Descriptions, about_data, advisory_list, aftermath, icons, notes, releases, requirement,
    verdict, withdrawn,
};

/// The addresses of the stylesheet and the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// Address of [`STYLE`](crate::STYLE). It must end in `/security-tab.css`, by which
    /// [`SCRIPT`](crate::SCRIPT) recognises that a page has it already.
    pub style: String,
    /// Address of [`SCRIPT`](crate::SCRIPT).
    pub script: String,
}

/// Makes the Security tab: a fragment whose only root is `section.crate-security`.
///
/// Its `data-affected`, `data-total`, `data-worst`, `data-vulnerabilities`, `data-unsound`,
/// `data-malicious` and `data-unmaintained` hold the [`Summary`](crate::Summary).
/// `data-version` is the version that the verdict names, if it names one.
///
/// `req` is the text that a reader typed as a version requirement. Without an answer in
/// `data`, the tab says that the text is not a requirement.
#[must_use]
pub fn security_tab(
    data: &Data,
    req: Option<&str>,
    descriptions: &Descriptions,
    assets: &Assets,
) -> Markup {
    let summary = crate::summary(data);
    let version = data.crate_.as_ref().map(Facts::of);
    let version = version.and_then(|facts| verdict::version_named(&facts));
    html! {
        section class="crate-security" data-test-crate-security data-version=[version]
            data-affected=(summary.affected) data-total=(summary.total) data-worst=[summary.worst]
            data-vulnerabilities=(summary.vulnerabilities) data-unsound=(summary.unsound)
            data-malicious=(summary.malicious) data-unmaintained=(summary.unmaintained) {
            (stylesheet(assets))
            @match &data.crate_ {
                // "No advisory" and "nothing read yet" differ.
                _ if data.data_status.source == DataSource::NONE => (message(
                    html! { h2 { "No advisories have been read yet" } },
                    html! { p { "Nothing can be said about this crate until they have been." } },
                )),
                Some(krate) => (body(krate, check(data, req), &data.data_status, descriptions)),
                None => (message(html! { h2 { "This is not a crate name" } }, html! {
                    p { "crates.io does not allow this name, so there is nothing to look up." }
                })),
            }
        }
    }
}

fn check<'a>(data: &'a Data, req: Option<&'a str>) -> Option<Check<'a>> {
    let answer = data.asked.as_ref().map(|asked| &asked.requirement);
    req.map(|typed| Check { typed, answer })
}

fn body(
    krate: &Krate,
    check: Option<Check<'_>>,
    status: &DataStatus,
    descriptions: &Descriptions,
) -> Markup {
    let facts = Facts {
        descriptions: Some(descriptions),
        ..Facts::of(krate)
    };
    html! {
        (warnings(status))
        (verdict::verdict(&facts))
        (aftermath::aftermath(&facts))
        @if check.is_some() { (requirement::check(&facts, check)) }
        (advisory_list::affecting(&facts))
        (advisory_list::undecided(&facts))
        (advisory_list::elsewhere(&facts))
        (notes::notes(&facts))
        (releases::releases(&facts))
        // The check is beside the releases until it is used, and then above the list.
        @if check.is_none() { (requirement::check(&facts, None)) }
        (withdrawn::withdrawn(&facts))
        (about_data::about_data(&krate.name, status))
    }
}

/// Warns of reasons to doubt everything below, so it comes first.
fn warnings(status: &DataStatus) -> Markup {
    html! {
        @if status.source == DataSource::SAMPLE {
            p class="cs-warning" data-test-sample-data {
                (icons::notice())
                span {
                    b { "Sample data." }
                    " These advisories are bundled examples and say nothing about the real crate."
                }
            }
        }
        @if status.is_stale {
            p class="cs-warning" data-test-stale-data {
                (icons::notice())
                span {
                    b { "This data may be out of date." }
                    " RustSec has not been checked for newer advisories recently."
                }
            }
        }
    }
}

/// Makes the placeholder until the tab has arrived.
#[must_use]
pub fn loading(assets: &Assets) -> Markup {
    html! {
        section class="crate-security" aria-busy="true" data-test-security-loading {
            (stylesheet(assets))
            p class="cs-message cs-quiet" role="status" { "Loading security advisories…" }
        }
    }
}

/// Makes the placeholder if the service does not answer.
#[must_use]
pub fn unreachable(crate_name: &str, assets: &Assets) -> Markup {
    html! {
        section class="crate-security" data-test-security-unreachable {
            (stylesheet(assets))
            (message(html! { h2 { "Security advisories cannot be shown right now" } }, html! {
                p {
                    "The service that provides them is not responding. This says nothing about "
                    b { (crate_name) } "."
                }
                // An empty address is the page itself, at any URL.
                p { a href="" data-retry { "Retry" } }
            }))
        }
    }
}

/// Makes the placeholder for a version that is not valid, such as `1.0`.
#[must_use]
pub fn not_a_version(num: &str, assets: &Assets) -> Markup {
    html! {
        section class="crate-security" data-test-security-not-a-version {
            (stylesheet(assets))
            (message(html! { h2 { "This is not a version" } }, html! {
                p { q { (num) } " is not a version. A version has three numbers, such as 1.2.3." }
            }))
        }
    }
}

fn message(heading: Markup, text: Markup) -> Markup {
    html! { div class="cs-message" tabindex="-1" { (heading) (text) } }
}

fn stylesheet(assets: &Assets) -> Markup {
    html! { link rel="stylesheet" href=(assets.style); }
}
