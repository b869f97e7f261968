//! The two doors: every route, then the layers around them.

mod asset;
mod conditional;
mod error;
mod graphql;
mod health;
mod last_good;
mod preview;
mod tab;

use crate::state::{Internal, Mode, Tab};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use last_good::LastGood;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The internal door: never to be reached from a browser of the public.
pub fn internal(state: Internal) -> Router {
    let max_request = state.documents.limits().max_request;
    let mut routes = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics));
    if state.mode == Mode::Dev {
        routes = routes.route("/graphiql", get(graphql::graphiql));
    }
    let routes = routes
        .with_state(state)
        .layer(DefaultBodyLimit::max(max_request));
    with_layers(routes)
}

/// What a page of the tab door may load: its own origin's, as crates.io's
/// policy has it. The preview so shows whether the tab works there.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The tab door: what crates.io proxies; in [`Mode::Dev`] also the preview.
pub fn tab(state: Tab) -> Router {
    let mut routes = Router::new()
        .route("/security-tab/{crate}", get(tab::fragment))
        .route("/security-tab/{crate}/badge", get(tab::badge))
        .route(
            "/security-tab/{crate}/{version}",
            get(tab::fragment_of_version),
        )
        .route(
            "/security-tab/{crate}/{version}/badge",
            get(tab::badge_of_version),
        )
        .route("/{asset}", get(asset::serve));
    if state.mode == Mode::Dev {
        routes = routes
            .route("/", get(preview::index))
            .route("/crates/{crate}/security", get(preview::page))
            .route("/embedded/{crate}", get(preview::embedded))
            .route("/gallery", get(preview::gallery))
            .route("/gallery/{sample}", get(preview::gallery_sample));
    }
    let routes = routes
        .fallback(tab::not_found)
        .with_state(state)
        .layer(from_fn_with_state(LastGood::new(), last_good::keep))
        .layer(from_fn(conditional::tag))
        .layer(header(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"));
    with_layers(routes)
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

fn with_layers(routes: Router) -> Router {
    routes
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        .layer(TraceLayer::new_for_http())
}
