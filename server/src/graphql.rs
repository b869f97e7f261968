//! The GraphQL contract: what the tab and developers at their desks can ask.
//!
//! The schema is built without I/O; a request brings its own loader, which
//! reads one state of the database from first to last.

mod advisory;
mod data_status;
mod dossier;
mod error;
mod krate;
mod loader;
mod page;
mod query;
mod range;
mod severity;
mod upgrade;
mod version;

use crate::state::Mode;
use crate::sync_health::SyncHealth;
use async_graphql::{EmptyMutation, EmptySubscription, Request};
use sea_orm::DatabaseConnection;
use std::time::Duration;
use time::OffsetDateTime;

/// The schema.
pub type Schema = async_graphql::Schema<query::Query, EmptyMutation, EmptySubscription>;

/// How old the last good sync may be before the data counts as stale.
#[derive(Clone, Copy, Debug)]
pub struct StaleAfter(pub Duration);

/// The most items that a page may have.
#[derive(Clone, Copy, Debug)]
pub struct MaxPage(pub u32);

/// The time of the request, as the caller's clock has it.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub OffsetDateTime);

/// Builds the schema. Only [`Mode::Dev`] tells what it holds: by introspection,
/// and by suggestions in errors.
#[must_use]
pub fn schema(
    stale_after: StaleAfter,
    health: SyncHealth,
    max_page: MaxPage,
    mode: Mode,
) -> Schema {
    let schema = Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .data(stale_after)
        .data(health)
        .data(max_page);
    match mode {
        Mode::Production => schema
            .disable_introspection()
            .disable_suggestions()
            .finish(),
        Mode::Dev => schema.finish(),
    }
}

/// The schema in GraphQL's schema definition language: `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let (stale_after, max_page) = (StaleAfter(Duration::ZERO), MaxPage(0));
    schema(stale_after, SyncHealth::default(), max_page, Mode::Dev).sdl()
}

/// Gives a request what its resolvers read: the database and the time.
#[must_use]
pub fn with_data(request: Request, db: &DatabaseConnection, now: OffsetDateTime) -> Request {
    request.data(loader::new(db.clone())).data(Now(now))
}
