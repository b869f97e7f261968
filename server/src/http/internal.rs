//! The internal door: GraphQL, GraphiQL and monitoring.

mod access;
mod admission;
mod graphiql;
mod graphql;
mod health;

pub use access::{Access, AccessError};
pub use graphiql::is_built as is_graphiql_built;
pub use graphql::KeptReplies;

use super::Routes;
use super::layers::{default_header, with_layers};
use crate::engine::Engine;
use crate::mode::Mode;
use crate::telemetry::metrics::Metrics;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use std::path::Path;
use std::sync::Arc;

/// The content security policy of the internal door: its answers load nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The state of the internal door.
#[derive(Clone)]
pub struct Internal {
    /// The engine.
    pub engine: Engine,
    /// The callers that are admitted.
    pub access: Access,
    /// The folder with GraphiQL's files, for [`Mode::Dev`].
    pub graphiql: Arc<Path>,
    /// The cached answers.
    pub replies: KeptReplies,
    /// The metrics that `/metrics` reports.
    pub metrics: Metrics,
}

/// Returns the routes of the internal door, which no browser of the public may
/// reach.
pub fn internal_door(state: Internal) -> Routes {
    let door = state.metrics.internal_door();
    let max_request = state.engine.documents().limits().max_request;
    let mut routes = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/metrics", get(health::metrics));
    if state.engine.mode() == Mode::Dev {
        routes = routes
            .route("/graphiql", get(graphiql::page))
            .route("/graphiql/from-cdn.js", get(graphiql::offer_script))
            .nest_service("/graphiql/assets", graphiql::files(&state.graphiql));
    }
    let routes = routes
        .layer(DefaultBodyLimit::max(max_request))
        .fallback(not_found)
        .layer(from_fn_with_state(state.clone(), admission::check))
        // Monitoring needs no secret.
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .with_state(state)
        .layer(default_header(header::CACHE_CONTROL, "no-store"))
        .layer(default_header(header::CONTENT_SECURITY_POLICY, POLICY));
    Routes::new(with_layers(routes), door)
}

/// Answers any other path.
async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "not found")
}
