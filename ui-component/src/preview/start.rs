//! The start page of the preview: a field for any crate, and an example of each state.

use maud::{Markup, html};

use super::{Files, Shell, document};
use crate::answer::{DataSource, DataStatus};
use crate::{Data, badge, dates, links};

/// A page of the preview: the tab of a crate, of one of its versions, or with a version
/// requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination<'a> {
    /// The crate.
    pub krate: &'a str,
    /// The version, or `None` for the crate's default version.
    pub version: Option<&'a str>,
    /// The version requirement to check.
    pub req: Option<&'a str>,
}

impl Destination<'_> {
    /// Returns the path and query of the page at the tab door.
    #[must_use]
    pub fn address(&self) -> String {
        let krate = links::encoded(self.krate);
        let version = self.version.map(links::version);
        let query = version.or_else(|| self.req.map(links::requirement));
        format!("/crates/{krate}/security{}", query.unwrap_or_default())
    }
}

/// A state of the tab, and a page that shows it.
#[derive(Clone, Debug)]
pub struct Example {
    title: &'static str,
    place: Destination<'static>,
    badge: Markup,
}

impl Example {
    /// Creates an example from a page and its data. `title` describes the state.
    #[must_use]
    pub fn new(title: &'static str, place: Destination<'static>, data: &Data) -> Self {
        Self {
            title,
            place,
            badge: badge(data),
        }
    }
}

/// Returns the form that opens any crate or version. It works without JavaScript.
pub(super) fn jump() -> Markup {
    html! {
        form method="get" action="/open" role="search" class="host-jump" {
            input type="search" name="crate" aria-label="Crate, or crate@version"
                placeholder="crate or crate@version" autocomplete="off" spellcheck="false" required;
            button type="submit" { "Open" }
        }
    }
}

/// Returns the start page. `status` describes the data, and is `None` while the data is
/// unavailable.
#[must_use]
pub fn start(examples: &[Example], status: Option<&DataStatus>, files: &Files) -> Markup {
    let openssl = |version, req| {
        let krate = "openssl";
        let to = Destination {
            krate,
            version,
            req,
        };
        let chosen = version.or(req);
        html! { a href=(to.address()) { (krate) @if let Some(chosen) = chosen { "@" (chosen) } } }
    };
    let lead = html! {
        "Open any crate above: " (openssl(None, None)) ", its version "
        (openssl(Some("0.10.8"), None)) ", or a requirement to check, "
        (openssl(None, Some("^0.9"))) "."
    };
    let main = html! {
        h1 { "Preview of the Security tab" }
        p class="host-text" { (lead) }
        p data-test-data { (data(status)) }
        @if !examples.is_empty() {
            h2 { "In this data" }
            ul class="host-examples" {
                @for Example { title, place, badge } in examples {
                    li {
                        a href=(place.address()) { (place.krate) @if let Some(num) = place.version { " " (num) } }
                        (badge)
                        p { (title) }
                    }
                }
            }
        }
        h2 { "Made up" }
        p class="host-text" { "Every state of the tab, with data for the purpose: the " a href="/gallery" { "gallery" } "." }
        h2 { "As a host embeds it" }
        ul class="host-list" {
            li { a href="/embedded/openssl" { "The elements" } ", which fetch the tab" }
            li { a href="/routed/openssl" { "A router" } " that fetches the tab first" }
            li { a href="/embedded/openssl/versions" { "A list of versions" } " with marks" }
            li { a href="/embedded/harbour/dependencies" { "A list of dependencies" } " with marks" }
        }
    };
    document("Preview", files, Shell::Whole, main)
}

/// Describes the origin and the date of the data.
fn data(status: Option<&DataStatus>) -> Markup {
    let Some(status) = status else {
        return html! { "The data is out of reach; the log says why." };
    };
    let day = status.committed_at.as_deref().map(dates::day_of);
    html! {
        "Data: "
        @match status.source {
            DataSource::SAMPLE => "the bundled sample, until advisories of RustSec are read",
            DataSource::NONE => "none yet; the first sync is under way",
            DataSource::FOLDER => "advisories from a folder",
            _ => "RustSec’s advisories",
        }
        @if let Some(day) = day { " as of " (day) }
        "."
    }
}
