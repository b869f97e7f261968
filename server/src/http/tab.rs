//! The tab door, which crates.io proxies or mounts.

mod address;
mod asset;
mod finished;
mod fragment;
mod front;
mod preview;
mod routes;

pub use routes::Routes;

use super::layers::{default_header, with_layers};
use crate::mode::Mode;
use crate::tab::Tab;
use crate::telemetry::metrics::Metrics;
use asset::{TAB_SCRIPT, TAB_STYLE};
use axum::Router;
use axum::http::header;
use axum::routing::get;
use ui_component::Assets;

/// The content security policy of the tab door: a page loads from its own origin only,
/// as on crates.io. The preview shows that the tab works under it.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Returns the routes of the tab door; in [`Mode::Dev`] also the preview.
pub fn tab_door(tab: Tab, mode: Mode, metrics: &Metrics) -> Routes {
    let mut routes = Router::new()
        .route(front::TAB, get(fragment::of_default_version))
        .route(front::BADGE, get(fragment::badge))
        .route(front::MARKS, get(fragment::version_marks))
        .route("/security-tab/-/marks", get(fragment::requirement_marks))
        .route(front::VERSION, get(fragment::of_version))
        .route(front::VERSION_BADGE, get(fragment::badge_of_version))
        .route(front::ASSET, get(fragment::asset));
    if mode == Mode::Dev {
        routes = routes
            .route("/", get(preview::index))
            .route("/open", get(preview::open))
            .route("/crates/{crate}/security", get(preview::page))
            .route("/embedded/{crate}", get(preview::embedded))
            .route("/embedded/{crate}/versions", get(preview::versions))
            .route("/embedded/{crate}/dependencies", get(preview::dependencies))
            .route("/routed/{crate}", get(preview::routed))
            .route("/gallery", get(preview::gallery))
            .route("/gallery/{sample}", get(preview::gallery_sample));
    }
    let routes = routes
        .fallback(fragment::not_found)
        .with_state(tab.clone())
        // Any answer may be compressed.
        .layer(default_header(header::VARY, "accept-encoding"))
        .layer(default_header(header::CACHE_CONTROL, "no-store"))
        .layer(default_header(header::CONTENT_SECURITY_POLICY, POLICY));
    Routes::new(with_layers(routes), metrics.tab_door()).with(tab)
}

/// Returns the assets that the tab's markup links.
#[must_use]
pub fn tab_assets() -> Assets {
    Assets {
        style: TAB_STYLE.address(),
        script: TAB_SCRIPT.address(),
    }
}
