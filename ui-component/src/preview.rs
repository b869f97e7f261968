//! A page like crates.io's around the tab, for development only.
//!
//! It has the real page's custom properties, width and router, so that the tab
//! can be judged in its place. Only the links and the version picker work.

mod lists;
mod start;
mod states;
mod tabs;

pub use lists::{Dependency, Kind, dependencies, versions};
pub use start::{Destination, Example, start};
pub use states::{STATES, State};

use maud::{DOCTYPE, Markup, html};
use tabs::{Place, tab_bar};

use crate::samples::Sample;
use crate::{Assets, Data, Descriptions, badge, links, security_tab};

/// The stylesheet of the preview; not part of the tab.
pub const STYLE: &str = include_str!("preview.css");

/// The script of the preview: the router of a single-page host, and what it does
/// with the elements' events.
pub const SCRIPT: &str = include_str!("preview.js");

/// The addresses of the files that a preview page needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Address of [`STYLE`].
    pub style: String,
    /// Address of [`SCRIPT`].
    pub script: String,
    /// Address of [`MARKS_SCRIPT`](crate::MARKS_SCRIPT).
    pub marks: String,
    /// Addresses of the tab's own files.
    pub tab: Assets,
}

/// A crate's page, on which only the Security tab is real.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Name of the crate.
    pub krate: &'a str,
    /// The version shown, if there is one.
    pub version: Option<&'a str>,
    /// The versions that the version picker offers, newest first.
    pub versions: Vec<&'a str>,
    /// The highlight on the tab's label.
    pub badge: Markup,
    /// The content of the tab.
    pub tab: Markup,
    /// The sort of page.
    pub shell: Shell,
}

/// A kind of page of the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// All of it is in the document.
    Whole,
    /// The elements fetch their parts.
    Embedded,
    /// The script shows the page, once it has fetched the tab.
    Routed,
    /// With a list whose rows are marked.
    Lists,
}

/// Crates that the pages of [`Page::of_elements`] link to each other.
const NEIGHBOURS: [&str; 3] = ["openssl", "wasmtime", "serde"];

impl<'a> Page<'a> {
    /// Returns the page for an answer.
    #[must_use]
    pub fn of(
        data: &'a Data,
        req: Option<&str>,
        descriptions: &Descriptions,
        assets: &Assets,
    ) -> Self {
        let krate = data.crate_.as_ref();
        Self {
            krate: krate.map_or("?", |krate| krate.name.as_str()),
            version: krate.and_then(|krate| Some(krate.version.as_ref()?.num.as_str())),
            versions: krate.map_or_else(Vec::new, |krate| {
                krate
                    .versions
                    .nodes
                    .iter()
                    .map(|release| release.num.as_str())
                    .collect()
            }),
            badge: badge(data),
            tab: security_tab(data, req, descriptions, assets),
            shell: Shell::Whole,
        }
    }

    /// Returns the page of a crate without a tab (yet).
    #[must_use]
    pub fn without_data(krate: &'a str, tab: Markup) -> Self {
        Self {
            krate,
            version: None,
            versions: Vec::new(),
            badge: html! {},
            tab,
            shell: Shell::Whole,
        }
    }

    /// Returns the page of a crate as crates.io would write it, with the custom
    /// elements. They fetch the tab and its highlight, unless `is_routed`: then
    /// the host's router fetches the tab and puts it into the element.
    #[must_use]
    pub fn of_elements(
        krate: &'a str,
        version: Option<&'a str>,
        req: Option<&str>,
        is_routed: bool,
    ) -> Self {
        let rustsec = format!("https://rustsec.org/packages/{krate}.html");
        Self {
            krate,
            version,
            versions: Vec::new(),
            badge: html! { crate-security-badge crate=(krate) version=[version] {} },
            tab: html! {
                crate-security-tab crate=(krate) version=[version] req=[req] {
                    @if !is_routed { p { a href=(rustsec) { "Advisories about " (krate) " at RustSec" } } }
                }
            },
            shell: if is_routed {
                Shell::Routed
            } else {
                Shell::Embedded
            },
        }
    }
}

/// Makes a whole document: header, name, tab bar, version picker, tab.
#[must_use]
pub fn page(page: &Page<'_>, files: &Files) -> Markup {
    let title = format!("{}: Security", page.krate);
    let version = page.version.map_or_else(String::new, links::version);
    // The lists belong to the pages with elements.
    let lists_of = (page.shell != Shell::Whole).then_some(page.krate);
    document(
        &title,
        files,
        page.shell,
        html! {
            div class="host-title" {
                h1 { (page.krate) @if let Some(version) = page.version { " " small { "v" (version) } } }
                (picker(page))
            }
            (tab_bar(Place::Security, lists_of, &version, &page.badge))
            (page.tab)
        },
    )
}

/// Makes the list of all samples.
#[must_use]
pub fn gallery(samples: &[Sample], files: &Files) -> Markup {
    document(
        "Gallery",
        files,
        Shell::Whole,
        html! {
            h1 { "Every state of the Security tab" }
            ul class="host-list" {
                @for sample in samples {
                    li { a href={ "/gallery/" (sample.name) } { (sample.name) } ": " (sample.title) }
                }
            }
        },
    )
}

/// Makes the page of one sample.
#[must_use]
pub fn gallery_page(sample: &Sample, files: &Files) -> Markup {
    match sample.data() {
        Some(data) => page(
            &Page::of(data, sample.typed(), &Descriptions::of(data), &files.tab),
            files,
        ),
        None => page(
            &Page::without_data("harbour", sample.markup(&files.tab)),
            files,
        ),
    }
}

fn document(title: &str, files: &Files, shell: Shell, main: Markup) -> Markup {
    let is_routed = shell == Shell::Routed;
    let recipe = if is_routed { "routed" } else { "embedded" };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " (preview)" }
                link rel="stylesheet" href=(files.style);
                link rel="stylesheet" href=(files.tab.style);
                script src=(files.tab.script) defer {}
                @if shell == Shell::Lists { script src=(files.marks) defer {} }
                script src=(files.script) defer {}
            }
            body hidden[is_routed] {
                header class="host-header" {
                    div class="host-width" {
                        a href="/" { "crates.io" }
                        @for krate in NEIGHBOURS { " " a href={ "/" (recipe) "/" (krate) } { (krate) } }
                        (start::jump())
                    }
                }
                main class="host-main" { @if is_routed { template { (main) } } @else { (main) } }
                footer class="host-footer" { div class="host-width" { "Preview of the Security tab" } }
            }
        }
    }
}

/// Makes the version picker, which works without a script: a form that asks for
/// the same page with `version`. If no versions are known, any can be typed.
fn picker(page: &Page<'_>) -> Markup {
    let unlisted = page.version.filter(|num| !page.versions.contains(num));
    html! {
        form method="get" class="host-picker" {
            label for="host-version" { "Version" }
            @if page.versions.is_empty() {
                input type="text" id="host-version" name="version" value=[page.version] size="10";
            } @else {
                select id="host-version" name="version" {
                    @if let Some(num) = unlisted { option value=(num) selected { (num) } }
                    @for num in &page.versions {
                        option value=(num) selected[page.version == Some(num)] { (num) }
                    }
                }
            }
            button type="submit" { "Show" }
        }
    }
}
