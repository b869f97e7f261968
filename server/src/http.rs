//! The two doors: every route, then the layers around them.

mod address;
mod asset;
mod closing;
mod encoding;
mod error;
mod finished;
mod front;
mod graphiql;
mod graphql;
mod guard;
mod health;
mod host;
mod preview;
mod request_id;
mod routes;
mod seats;
mod serve;
mod stream;
mod tab;
mod working;

pub use routes::Routes;
pub use serve::{Connections, serve};

use crate::access::Access;
use crate::engine::Engine;
use crate::mode::Mode;
use crate::tab::Tab;
use asset::{TAB_SCRIPT, TAB_STYLE};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_request, map_response};
use axum::response::Response;
use axum::routing::get;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::PropagateRequestIdLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use ui_component::Assets;

/// How long a request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What a page of the tab door may load: its own origin's, as crates.io's
/// policy has it. The preview so shows whether the tab works there.
const TAB_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The internal door's answers load nothing.
const INTERNAL_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// What no page of ours asks a browser for.
const PERMISSIONS_POLICY: &str = "camera=(), display-capture=(), geolocation=(), \
    microphone=(), payment=(), publickey-credentials-get=(), usb=()";

/// The parts that the internal door answers from.
#[derive(Clone)]
pub struct Internal {
    /// The engine.
    pub engine: Engine,
    /// The callers that get in.
    pub access: Access,
    /// The folder with GraphiQL's files, for [`Mode::Dev`].
    pub graphiql: Arc<Path>,
}

/// The internal door: never to be reached from a browser of the public.
pub fn internal(state: Internal) -> Router {
    let max_request = state.engine.documents().limits().max_request;
    let mut routes = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/metrics", get(health::metrics));
    if state.engine.mode() == Mode::Dev {
        routes = routes
            .route("/graphiql", get(graphiql::page))
            .nest_service("/graphiql/assets", graphiql::files(&state.graphiql));
    }
    let routes = routes
        .layer(DefaultBodyLimit::max(max_request))
        .fallback(tab::not_found)
        .layer(from_fn_with_state(state.clone(), guard::check))
        // Whoever watches over the service needs no secret.
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .with_state(state)
        .layer(default_header(header::CACHE_CONTROL, "no-store"))
        .layer(default_header(
            header::CONTENT_SECURITY_POLICY,
            INTERNAL_POLICY,
        ));
    with_layers(routes)
}

/// The tab door: what crates.io proxies; in [`Mode::Dev`] also the preview.
pub fn tab(tab: Tab, mode: Mode) -> Routes {
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
        .route("/{asset}", get(tab::asset));
    if mode == Mode::Dev {
        routes = routes
            .route("/", get(preview::index))
            .route("/crates/{crate}/security", get(preview::page))
            .route("/embedded/{crate}", get(preview::embedded))
            .route("/routed/{crate}", get(preview::routed))
            .route("/gallery", get(preview::gallery))
            .route("/gallery/{sample}", get(preview::gallery_sample));
    }
    let routes = routes
        .fallback(tab::not_found)
        .with_state(tab.clone())
        // Every answer could be compressed.
        .layer(default_header(header::VARY, "accept-encoding"))
        .layer(default_header(header::CACHE_CONTROL, "no-store"))
        .layer(default_header(header::CONTENT_SECURITY_POLICY, TAB_POLICY));
    Routes::of_tab(tab, with_layers(routes))
}

/// The assets that the tab's markup links.
#[must_use]
pub fn tab_assets() -> Assets {
    Assets {
        style: TAB_STYLE.address(),
        script: TAB_SCRIPT.address(),
    }
}

/// Sets the headers of every page of the tab door that say what a browser may do
/// with it.
fn security_headers(headers: &mut HeaderMap) {
    for (name, value) in SECURITY_HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_static(TAB_POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
}

/// What every door has around its routes; the last is the outermost.
pub fn with_layers(routes: Router) -> Router {
    routes
        .layer(CompressionLayer::new())
        .layer(map_request(encoding::tolerate))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_id::span)
                .on_failure(error::log),
        )
        .layer(PropagateRequestIdLayer::new(request_id::HEADER))
        .layer(map_request(request_id::sift))
        .layer(map_response(with_security_headers))
}

/// Sets the security headers that an answer does not have yet.
async fn with_security_headers(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        let headers = response.headers_mut();
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The headers of every answer of every door that say what a browser may do with
/// it.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("permissions-policy"),
        PERMISSIONS_POLICY,
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// A header of every answer that does not have its own.
fn default_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
