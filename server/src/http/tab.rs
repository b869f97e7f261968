//! The tab door's fragments: what crates.io embeds.

use super::Tab;
use super::address::{Segments, Selection};
use super::asset::{TAB_SCRIPT, TAB_STYLE};
use crate::domain::version;
use crate::tab::Texts;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use ui_component::{Assets, Data, Descriptions};

/// How long a fragment may be shown unasked: a sync is seen within a minute.
const CACHE_CONTROL: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=60");

/// What is not the tab must not be kept, so that trying again helps.
pub(super) const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// The tab of a crate's default version, or of `?version=`, which the
/// fragment's own links choose.
pub(super) async fn fragment(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
    Extension(texts): Extension<Texts>,
    selection: Selection,
) -> Response {
    show(&tab, &texts, &krate, selection.version()).await
}

/// The tab of a version; `?version=` still chooses another.
pub(super) async fn fragment_of_version(
    State(tab): State<Tab>,
    Segments((krate, version)): Segments<(String, String)>,
    Extension(texts): Extension<Texts>,
    selection: Selection,
) -> Response {
    let version = selection.version().or(Some(version));
    show(&tab, &texts, &krate, version).await
}

async fn show(tab: &Tab, texts: &Texts, krate: &str, version: Option<String>) -> Response {
    respond(krate, async {
        let (data, descriptions) = load_all(tab, texts, krate, version).await?;
        let fragment = ui_component::security_tab(&data, &descriptions, &assets());
        Ok((status_of(&data), fragment))
    })
    .await
}

/// The highlight for the default version: how many advisories affect it.
pub(super) async fn badge(State(tab): State<Tab>, Segments(krate): Segments<String>) -> Response {
    highlight(&tab, &krate, None).await
}

/// The highlight for a version.
pub(super) async fn badge_of_version(
    State(tab): State<Tab>,
    Segments((krate, version)): Segments<(String, String)>,
) -> Response {
    highlight(&tab, &krate, Some(version)).await
}

async fn highlight(tab: &Tab, krate: &str, version: Option<String>) -> Response {
    respond(krate, async {
        let data = load(tab, krate, version).await?;
        Ok((status_of(&data), ui_component::badge(&data)))
    })
    .await
}

/// Any other path.
pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [NO_STORE], "not found").into_response()
}

async fn respond(
    krate: &str,
    fragment: impl Future<Output = Result<(StatusCode, Markup), Refusal>>,
) -> Response {
    match fragment.await {
        Ok((status, fragment)) => (status, [CACHE_CONTROL], html(fragment)).into_response(),
        Err(refusal) => {
            (refusal.status(), [NO_STORE], html(refusal.fragment(krate))).into_response()
        }
    }
}

/// Why there is no tab to show.
pub(super) enum Refusal {
    /// What was asked for is no version.
    BadVersion(String),
    /// The data is out of reach.
    Unavailable,
}

impl Refusal {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::BadVersion(_) => StatusCode::NOT_FOUND,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What is said instead of the tab.
    pub(super) fn fragment(&self, krate: &str) -> Markup {
        match self {
            Self::BadVersion(num) => ui_component::not_a_version(num, &assets()),
            Self::Unavailable => ui_component::unreachable(krate, &assets()),
        }
    }
}

/// The data of the tab; of a name that no crate could have, the answer that
/// there is no such crate.
pub(super) async fn load(tab: &Tab, krate: &str, version: Option<String>) -> Result<Data, Refusal> {
    if let Some(num) = version.as_ref().filter(|num| version::parse(num).is_none()) {
        return Err(Refusal::BadVersion(num.clone()));
    }
    tab.source
        .load(krate, version.as_deref())
        .await
        .map(|data| tab.sample.shown(data))
        .map_err(|_| Refusal::Unavailable)
}

/// The data of the tab, and the descriptions in it as HTML.
pub(super) async fn load_all(
    tab: &Tab,
    texts: &Texts,
    krate: &str,
    version: Option<String>,
) -> Result<(Data, Descriptions), Refusal> {
    let data = load(tab, krate, version).await?;
    let descriptions = texts.of(&data).await.map_err(|_| Refusal::Unavailable)?;
    Ok((data, descriptions))
}

/// Only a name that no crate could have is not found: a crate without
/// advisories has a tab that says so.
pub(super) fn status_of(data: &Data) -> StatusCode {
    match data.crate_ {
        Some(_) => StatusCode::OK,
        None => StatusCode::NOT_FOUND,
    }
}

pub(super) fn html(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}

pub(super) fn assets() -> Assets {
    Assets {
        style: TAB_STYLE.address(),
        script: TAB_SCRIPT.address(),
    }
}
