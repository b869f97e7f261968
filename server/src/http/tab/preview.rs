//! A preview of the tab without crates.io.

use super::address::{Segments, Selection};
use super::asset::{MARKS_SCRIPT, PREVIEW_SCRIPT, PREVIEW_STYLE};
use super::fragment::{html, instead, not_found, of, without_page};
use super::tab_assets;
use crate::domain::version;
use crate::tab::{Address, Tab, status_of};
use axum::extract::State;
use axum::http::Uri;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ui_component::preview::{self, Dependency, Destination, Example, Files, Page, STATES};
use ui_component::{Assets, samples};
use url::form_urlencoded;

/// Returns the start page, with the examples that the data contains.
pub(super) async fn index(State(tab): State<Tab>) -> Html<String> {
    let (mut examples, mut status) = (Vec::new(), None);
    for state in &STATES {
        for place in state.candidates {
            let data = tab.source().load(place.krate, place.version, place.req);
            let Ok(data) = data.await else { continue };
            let data = tab.sample().shown(data);
            let is_example = state.holds(&data);
            if is_example {
                examples.push(Example::new(state.title, *place, &data));
            }
            status = Some(data.data_status);
            if is_example {
                break;
            }
        }
    }
    let files = files(tab.assets());
    html(preview::start(&examples, status.as_ref(), &files))
}

/// Redirects to the crate in `?crate=`, or to one of its versions (`openssl@0.10.8`). Other
/// text after the `@` is a version requirement, such as `^0.9`.
pub(super) async fn open(uri: Uri) -> Redirect {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let mut asked = query.filter(|(name, _)| name == "crate");
    let asked = asked.next().map(|(_, value)| value).unwrap_or_default();
    let (krate, rest) = asked.split_once('@').unwrap_or((&asked, ""));
    let (krate, rest) = (krate.trim(), rest.trim());
    if krate.is_empty() {
        return Redirect::to("/");
    }
    let rest = Some(rest).filter(|rest| !rest.is_empty());
    let is_version = |rest: &&str| version::parse(rest).is_some();
    let place = Destination {
        krate,
        version: rest.filter(is_version),
        req: rest.filter(|rest| !is_version(rest)),
    };
    Redirect::to(&place.address())
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
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
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
