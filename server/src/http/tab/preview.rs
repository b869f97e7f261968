//! Pages to look at the tab without crates.io.

use super::address::{Segments, Selection};
use super::asset::{PREVIEW_SCRIPT, PREVIEW_STYLE};
use super::fragment::{html, instead, not_found, without_page};
use super::tab_assets;
use crate::tab::{Address, Tab, What, status_of};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use ui_component::preview::{self, Files, Page};
use ui_component::{Assets, samples};

/// Crates of the sample, and of the real database, that show something telling.
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
    let version = selection.version();
    match tab.load(&krate, version.as_deref()).await {
        Ok((data, descriptions)) => {
            let page = page(&Page::of(&data, &descriptions, tab.assets()));
            (status_of(&data), page).into_response()
        }
        Err(no_page) => {
            let address = Address {
                what: What::Tab,
                krate: &krate,
                version: version.as_deref(),
            };
            let instead = instead(&tab, &no_page, &address);
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
    let version = selection.version();
    let page = Page::of_elements(&krate.0, version.as_deref(), is_routed);
    html(preview::page(&page, &files(&tab_assets())))
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
        tab: tab.clone(),
    }
}
