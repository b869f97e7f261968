//! A preview of the tab without crates.io.

use super::address::{Segments, Selection};
use super::asset::{MARKS_SCRIPT, PREVIEW_SCRIPT, PREVIEW_STYLE};
use super::fragment::{html, instead, not_found, of, without_page};
use super::tab_assets;
use crate::tab::{Address, Tab, status_of};
use axum::extract::State;
use axum::http::Uri;
use axum::response::{Html, IntoResponse, Response};
use ui_component::preview::{self, Dependency, Files, Page};
use ui_component::{Assets, samples};

/// Instructive crates of the sample and of the real database.
const TELLING: [&str; 8] = [
    "openssl",
    "openssl-src",
    "wasmtime",
    "rsa",
    "yaml-rust",
    "arrayref",
    "tokio",
    "serde",
];

/// The start page.
pub(super) async fn index() -> Html<String> {
    html(preview::index(&TELLING, &files(&tab_assets())))
}

/// A crate's page with its tab, rendered here.
pub(super) async fn page(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
    selection: Selection,
) -> Response {
    let page = |page: &Page<'_>| html(preview::page(page, &files(tab.assets())));
    let (version, req) = (selection.version.as_deref(), selection.req.as_deref());
    match tab.load(&krate, version, req).await {
        Ok((data, descriptions)) => {
            let page = page(&Page::of(&data, req, &descriptions, tab.assets()));
            (status_of(&data), page).into_response()
        }
        Err(no_page) => {
            let instead = instead(&tab, &no_page, &of(&krate, &selection));
            without_page(no_page, page(&Page::without_data(&krate, instead)))
        }
    }
}

/// A crate's page as crates.io would write it: the custom elements fetch the
/// tab and its highlight.
pub(super) async fn embedded(segments: Segments<String>, selection: Selection) -> Html<String> {
    of_elements(&segments, selection, false)
}

/// A crate's page as crates.io would write it, whose router fetches the tab
/// before it shows the page.
pub(super) async fn routed(segments: Segments<String>, selection: Selection) -> Html<String> {
    of_elements(&segments, selection, true)
}

fn of_elements(krate: &Segments<String>, selection: Selection, is_routed: bool) -> Html<String> {
    let (version, req) = (selection.version.as_deref(), selection.req.as_deref());
    let page = Page::of_elements(&krate.0, version, req, is_routed);
    html(preview::page(&page, &files(&tab_assets())))
}

/// A crate's list of versions as crates.io would write it, with the element that
/// marks it.
pub(super) async fn versions(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
) -> Response {
    match tab.load(&krate, None, None).await {
        Ok((data, _)) => {
            let page = html(preview::versions(&data, &files(tab.assets())));
            (status_of(&data), page).into_response()
        }
        Err(no_page) => {
            let instead = instead(&tab, &no_page, &Address::tab(&krate, None));
            let page = Page::without_data(&krate, instead);
            without_page(no_page, html(preview::page(&page, &files(tab.assets()))))
        }
    }
}

/// A crate's list of dependencies, with the element that marks it: those of
/// `?on=rand@^0.8&on=…`, or some that show each case.
pub(super) async fn dependencies(Segments(krate): Segments<String>, uri: Uri) -> Html<String> {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let asked = query.filter(|(name, _)| name == "on");
    let mut list: Vec<Dependency> = asked
        .map(|(_, on)| {
            let (krate, req) = on.split_once('@').unwrap_or((&on, "*"));
            Dependency::new(krate, req)
        })
        .collect();
    if list.is_empty() {
        list = Dependency::telling();
    }
    html(preview::dependencies(&krate, &list, &files(&tab_assets())))
}

/// The list of every state of the tab.
pub(super) async fn gallery() -> Html<String> {
    html(preview::gallery(&samples::all(), &files(&tab_assets())))
}

/// One state of the tab.
pub(super) async fn gallery_sample(Segments(name): Segments<String>) -> Response {
    match samples::all().iter().find(|sample| sample.name == name) {
        Some(sample) => html(preview::gallery_page(sample, &files(&tab_assets()))).into_response(),
        None => not_found().await,
    }
}

fn files(tab: &Assets) -> Files {
    Files {
        style: PREVIEW_STYLE.address(),
        script: PREVIEW_SCRIPT.address(),
        marks: MARKS_SCRIPT.address(),
        tab: tab.clone(),
    }
}
