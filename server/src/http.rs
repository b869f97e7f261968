//! The two doors: every route, then the layers around them.

mod error;
mod graphql;
mod health;
mod tab;

use crate::state::{Internal, Tab};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// The largest GraphQL request, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The internal door: never to be reached from a browser of the public.
pub fn internal(state: Internal) -> Router {
    let routes = Router::new()
        .route("/graphql", post(graphql::answer))
        .route("/graphiql", get(graphql::graphiql))
        .route("/health", get(health::health))
        .with_state(state);
    with_layers(routes)
}

/// The tab door: what crates.io proxies, and the preview for development.
pub fn tab(state: Tab) -> Router {
    let routes = Router::new()
        .route("/", get(tab::index))
        .route("/crates/{crate}/security", get(tab::preview))
        .route("/gallery", get(tab::gallery))
        .route("/gallery/{sample}", get(tab::gallery_sample))
        .route("/security-tab/{crate}", get(tab::fragment))
        .route(
            "/security-tab/{crate}/{version}",
            get(tab::fragment_of_version),
        )
        .route("/security-tab.css", get(tab::style))
        .route("/security-tab.js", get(tab::script))
        .route("/preview.css", get(tab::preview_style))
        .fallback(tab::not_found)
        .with_state(state);
    with_layers(routes)
}

fn with_layers(routes: Router) -> Router {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        .layer(TraceLayer::new_for_http())
}
