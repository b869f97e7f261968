//! The tab door: the fragment that crates.io embeds, and the pages to look at
//! it without crates.io.

use crate::domain::version;
use crate::state::Tab;
use crate::tab_data::Unavailable;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use serde::Deserialize;
use ui_component::preview::{self, Files, Page};
use ui_component::{Assets, Data, samples};

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

/// `?version=`, without which the crate's default version is shown.
#[derive(Deserialize)]
pub(super) struct Selection {
    version: Option<String>,
}

/// A page of a crate with its tab.
pub(super) async fn preview(
    State(tab): State<Tab>,
    Path(krate): Path<String>,
    Query(Selection { version }): Query<Selection>,
) -> Response {
    let page = |page: &Page<'_>| preview::page(page, &files());
    match load(&tab, &krate, version).await {
        Ok(data) => (status_of(&data), html(page(&Page::of(&data, &assets())))).into_response(),
        Err(Refusal::BadVersion) => bad_version(),
        Err(Refusal::Unavailable) => {
            let fragment = ui_component::unreachable(&krate, &assets());
            let page = page(&Page::without_data(&krate, fragment));
            (StatusCode::SERVICE_UNAVAILABLE, html(page)).into_response()
        }
    }
}

/// The tab of a crate's default version, or of `?version=`.
pub(super) async fn fragment(
    State(tab): State<Tab>,
    Path(krate): Path<String>,
    Query(Selection { version }): Query<Selection>,
) -> Response {
    respond_with_fragment(&tab, &krate, version).await
}

/// The tab of a version; `?version=` chooses another, as the fragment's own
/// links do.
pub(super) async fn fragment_of_version(
    State(tab): State<Tab>,
    Path((krate, version)): Path<(String, String)>,
    Query(selection): Query<Selection>,
) -> Response {
    let version = selection.version.unwrap_or(version);
    respond_with_fragment(&tab, &krate, Some(version)).await
}

async fn respond_with_fragment(tab: &Tab, krate: &str, version: Option<String>) -> Response {
    match load(tab, krate, version).await {
        Ok(data) => {
            let fragment = ui_component::security_tab(&data, &assets());
            (status_of(&data), html(fragment)).into_response()
        }
        Err(Refusal::BadVersion) => bad_version(),
        Err(Refusal::Unavailable) => {
            let fragment = ui_component::unreachable(krate, &assets());
            (StatusCode::SERVICE_UNAVAILABLE, html(fragment)).into_response()
        }
    }
}

/// The start page.
pub(super) async fn index() -> Response {
    html(preview::index(&TELLING, &files()))
}

/// The list of every state of the tab.
pub(super) async fn gallery() -> Response {
    html(preview::gallery(&samples::all(), &files()))
}

/// One state of the tab.
pub(super) async fn gallery_sample(Path(name): Path<String>) -> Response {
    match samples::all().iter().find(|sample| sample.name == name) {
        Some(sample) => html(preview::gallery_page(sample, &files())),
        None => not_found().await,
    }
}

/// The tab's stylesheet.
pub(super) async fn style() -> Response {
    asset(mime::CSS, ui_component::STYLE)
}

/// The tab's custom elements.
pub(super) async fn script() -> Response {
    asset(mime::JAVASCRIPT, ui_component::SCRIPT)
}

/// The preview's stylesheet.
pub(super) async fn preview_style() -> Response {
    asset(mime::CSS, preview::STYLE)
}

/// Any other path.
pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "not found").into_response()
}

/// The media types of the assets.
mod mime {
    pub(super) const CSS: &str = "text/css; charset=utf-8";
    pub(super) const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
}

/// Why there is no tab to show.
enum Refusal {
    /// What was asked for is no version.
    BadVersion,
    /// The data is out of reach.
    Unavailable,
}

/// The data of the tab; of a name that no crate could have, the answer that
/// there is no such crate.
async fn load(tab: &Tab, krate: &str, version: Option<String>) -> Result<Data, Refusal> {
    // A form sends an empty field when nothing is chosen.
    let version = version.filter(|num| !num.is_empty());
    if version
        .as_ref()
        .is_some_and(|num| version::parse(num).is_none())
    {
        return Err(Refusal::BadVersion);
    }
    match tab.data.load(krate, version.as_deref()).await {
        Ok(data) => Ok(data),
        Err(Unavailable::Unreachable | Unavailable::BadAnswer) => Err(Refusal::Unavailable),
    }
}

/// Only a name that no crate could have is not found: a crate without
/// advisories has a tab that says so.
fn status_of(data: &Data) -> StatusCode {
    match data.crate_ {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    }
}

fn bad_version() -> Response {
    (StatusCode::NOT_FOUND, "not a version").into_response()
}

fn html(markup: Markup) -> Response {
    Html(markup.into_string()).into_response()
}

fn asset(media_type: &'static str, body: &'static str) -> Response {
    let content_type = HeaderValue::from_static(media_type);
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

fn assets() -> Assets {
    Assets {
        style: "/security-tab.css".to_owned(),
        script: "/security-tab.js".to_owned(),
    }
}

fn files() -> Files {
    Files {
        style: "/preview.css".to_owned(),
        tab: assets(),
    }
}
