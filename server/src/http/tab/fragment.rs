//! The tab door's fragments, which crates.io embeds.

use super::address::{Segments, Selection};
use super::{asset, finished};
use crate::tab::{Accepted, Address, BadRequirements, NoPage, Requirements, Tab};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;

/// The cache rule of an answer that is not the tab. It must not be cached, so that a retry
/// can succeed.
pub(super) const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

/// The time after which a client may retry, in seconds. During an outage, the service checks
/// the database every second.
const RETRY_AFTER: (HeaderName, &str) = (header::RETRY_AFTER, "2");

/// Returns the tab of a crate's default version, or of `?version=`, which the
/// fragment's own links use.
pub(super) async fn of_default_version(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
    selection: Selection,
    headers: HeaderMap,
) -> Response {
    respond(&tab, of(&krate, &selection), &headers).await
}

/// Returns the tab of a version; `?version=` still chooses another.
pub(super) async fn of_version(
    State(tab): State<Tab>,
    Segments((krate, version)): Segments<(String, String)>,
    mut selection: Selection,
    headers: HeaderMap,
) -> Response {
    selection.version.get_or_insert(version);
    respond(&tab, of(&krate, &selection), &headers).await
}

/// Returns the address of the tab that a request chooses.
pub(super) fn of<'a>(krate: &'a str, selection: &'a Selection) -> Address<'a> {
    Address::Tab {
        krate,
        version: selection.version.as_deref(),
        req: selection.req.as_deref(),
    }
}

/// Returns the badge for the default version: the number of advisories that affect
/// it.
pub(super) async fn badge(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
    headers: HeaderMap,
) -> Response {
    let (krate, version) = (&krate, None);
    respond(&tab, Address::Badge { krate, version }, &headers).await
}

/// Returns the badge for a version.
pub(super) async fn badge_of_version(
    State(tab): State<Tab>,
    Segments((krate, version)): Segments<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (krate, version) = (&krate, Some(version.as_str()));
    respond(&tab, Address::Badge { krate, version }, &headers).await
}

/// Returns the marks on a list of the crate's versions.
pub(super) async fn version_marks(
    State(tab): State<Tab>,
    Segments(krate): Segments<String>,
    headers: HeaderMap,
) -> Response {
    respond(&tab, Address::VersionMarks { krate: &krate }, &headers).await
}

/// Returns the marks on a list of dependencies, which are in the query.
pub(super) async fn requirement_marks(
    State(tab): State<Tab>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let requirements = match Requirements::parse(uri.query().unwrap_or_default()) {
        Ok(requirements) => requirements,
        Err(error) => return bad_requirements(&error),
    };
    respond(&tab, Address::RequirementMarks(&requirements), &headers).await
}

fn bad_requirements(error: &BadRequirements) -> Response {
    let status = match error {
        BadRequirements::Elsewhere(query) => {
            let place = [(header::LOCATION, format!("?{query}"))];
            return (StatusCode::PERMANENT_REDIRECT, [NO_STORE], place).into_response();
        }
        BadRequirements::TooLong => StatusCode::URI_TOO_LONG,
        BadRequirements::TooMany | BadRequirements::NotAPair(_) => StatusCode::BAD_REQUEST,
    };
    (status, [NO_STORE], error.to_string()).into_response()
}

/// Returns an asset. The front answers most requests for assets, and leaves
/// others, such as a HEAD, to this handler.
pub(super) async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    match asset::answer(uri.path(), &headers) {
        Some(asset) => asset,
        None => not_found().await,
    }
}

/// Answers any other path.
pub(super) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [NO_STORE], "not found").into_response()
}

async fn respond(tab: &Tab, address: Address<'_>, headers: &HeaderMap) -> Response {
    let accepted = Accepted::of(headers.get(header::ACCEPT_ENCODING));
    match tab.page(address, accepted).await {
        Ok(shown) => finished::fragment(&shown, headers),
        Err(no_page) => without_page(no_page, html(instead(tab, &no_page, &address))),
    }
}

/// Returns an answer with this HTML instead of a page.
pub(super) fn without_page(no_page: NoPage, html: Html<String>) -> Response {
    match no_page {
        NoPage::BadVersion => (StatusCode::NOT_FOUND, [NO_STORE], html).into_response(),
        NoPage::Unavailable => {
            let headers = [NO_STORE, RETRY_AFTER];
            (StatusCode::SERVICE_UNAVAILABLE, headers, html).into_response()
        }
    }
}

/// Returns the fragment to show instead of a page. Marks have no replacement.
pub(super) fn instead(tab: &Tab, no_page: &NoPage, address: &Address<'_>) -> Markup {
    match (no_page, address) {
        (NoPage::BadVersion, _) => {
            ui_component::not_a_version(address.version().unwrap_or_default(), tab.assets())
        }
        (NoPage::Unavailable, Address::Tab { krate, .. } | Address::Badge { krate, .. }) => {
            ui_component::unreachable(krate, tab.assets())
        }
        (NoPage::Unavailable, Address::VersionMarks { .. } | Address::RequirementMarks(_)) => {
            Markup::default()
        }
    }
}

pub(super) fn html(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}
