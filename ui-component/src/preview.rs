//! A page like crates.io's around the tab, for development only.
//!
//! It has the real page's custom properties, width and router, so that the tab
//! can be judged in its place. Only the links and the version picker work.

use maud::{DOCTYPE, Markup, html};

use crate::samples::Sample;
use crate::{Assets, Data, Descriptions, badge, links, security_tab};

/// The stylesheet of the preview; not part of the tab.
pub const STYLE: &str = include_str!("preview.css");

/// The script of the preview: the router of a single-page host, and what it does
/// with the elements' events.
pub const SCRIPT: &str = include_str!("preview.js");

/// Where the browser finds what a preview page needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// Address of [`STYLE`].
    pub style: String,
    /// Address of [`SCRIPT`].
    pub script: String,
    /// The tab's own.
    pub tab: Assets,
}

/// The page of a crate, of which the Security tab is the part that is real.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Name of the crate.
    pub krate: &'a str,
    /// The version shown, if there is one.
    pub version: Option<&'a str>,
    /// What the version picker offers, newest first.
    pub versions: Vec<&'a str>,
    /// The highlight on the tab's label.
    pub badge: Markup,
    /// What the tab holds.
    pub tab: Markup,
    /// The page is shown by the script, once it has fetched the tab.
    pub is_routed: bool,
}

/// Crates that the pages of [`Page::of_elements`] link to each other.
const NEIGHBOURS: [&str; 3] = ["openssl", "wasmtime", "serde"];

impl<'a> Page<'a> {
    /// The page for an answer.
    #[must_use]
    pub fn of(data: &'a Data, descriptions: &Descriptions, assets: &Assets) -> Self {
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
            tab: security_tab(data, descriptions, assets),
            is_routed: false,
        }
    }

    /// The page of a crate whose tab is not there (yet).
    #[must_use]
    pub fn without_data(krate: &'a str, tab: Markup) -> Self {
        Self {
            krate,
            version: None,
            versions: Vec::new(),
            badge: html! {},
            tab,
            is_routed: false,
        }
    }

    /// The page of a crate as crates.io would write it, with the custom elements.
    /// They fetch the tab and its highlight, unless `is_routed`: then the host's
    /// router fetches the tab and puts it into the element.
    #[must_use]
    pub fn of_elements(krate: &'a str, version: Option<&'a str>, is_routed: bool) -> Self {
        let rustsec = format!("https://rustsec.org/packages/{krate}.html");
        Self {
            krate,
            version,
            versions: Vec::new(),
            badge: html! { crate-security-badge crate=(krate) version=[version] {} },
            tab: html! {
                crate-security-tab crate=(krate) version=[version] {
                    @if !is_routed { p { a href=(rustsec) { "Advisories about " (krate) " at RustSec" } } }
                }
            },
            is_routed,
        }
    }
}

/// A whole document: header, name, tab bar, version picker, tab.
#[must_use]
pub fn page(page: &Page<'_>, files: &Files) -> Markup {
    let title = format!("{}: Security", page.krate);
    document(
        &title,
        files,
        page.is_routed,
        html! {
            div class="host-title" {
                h1 { (page.krate) @if let Some(version) = page.version { " " small { "v" (version) } } }
                (picker(page))
            }
            (tab_bar(page))
            (page.tab)
        },
    )
}

/// The list of all samples.
#[must_use]
pub fn gallery(samples: &[Sample], files: &Files) -> Markup {
    document(
        "Gallery",
        files,
        false,
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

/// One sample on its page.
#[must_use]
pub fn gallery_page(sample: &Sample, files: &Files) -> Markup {
    match sample.data() {
        Some(data) => page(&Page::of(data, &Descriptions::of(data), &files.tab), files),
        None => page(
            &Page::without_data("harbour", sample.markup(&files.tab)),
            files,
        ),
    }
}

/// The start page: some crates to look at.
#[must_use]
pub fn index<S: AsRef<str>>(crates: &[S], files: &Files) -> Markup {
    document(
        "Preview",
        files,
        false,
        html! {
            h1 { "Preview of the Security tab" }
            p { "Every state of the tab is in the " a href="/gallery" { "gallery" } "." }
            ul class="host-list" {
                @for name in crates {
                    li { a href={ "/crates/" (name.as_ref()) "/security" } { (name.as_ref()) } }
                }
            }
        },
    )
}

fn document(title: &str, files: &Files, is_routed: bool, main: Markup) -> Markup {
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
                script src=(files.script) defer {}
            }
            body hidden[is_routed] {
                header class="host-header" {
                    div class="host-width" {
                        a href="/" { "crates.io" }
                        @for krate in NEIGHBOURS { " " a href={ "/" (recipe) "/" (krate) } { (krate) } }
                    }
                }
                main class="host-main" { @if is_routed { template { (main) } } @else { (main) } }
                footer class="host-footer" { div class="host-width" { "Preview of the Security tab" } }
            }
        }
    }
}

/// The tabs of crates.io; only Security leads somewhere: to the version that its
/// highlight is about.
fn tab_bar(page: &Page<'_>) -> Markup {
    let version = page.version.map_or_else(String::new, links::version);
    html! {
        nav class="host-tabs" aria-label="Crate" {
            ul {
                @for name in ["Readme", "Code", "Versions", "Dependencies", "Dependents"] { li { span { (name) } } }
                li { a href=(version) aria-current="page" { "Security" (page.badge) } }
            }
        }
    }
}

/// Works without a script: a form that asks for the same page with `version`.
/// Where no versions are known, any can be typed.
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
