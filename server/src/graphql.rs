//! The GraphQL contract: the questions that the tab and developers can ask.
//!
//! The schema is built without I/O. A request brings the view that its resolvers
//! read.

mod advisory;
mod alert;
pub mod codes;
mod data_status;
mod error;
mod identifier;
mod kind;
mod krate;
mod line;
mod page;
mod platforms;
mod query;
mod range;
mod requirement;
mod severity;
mod upgrade;
mod version;

pub use data_status::CHANGES_WITH_EVERY_CHECK;
pub use page::DEFAULT_PAGE;
pub use requirement::MAX_REQUIREMENTS;

use crate::mode::Mode;
use crate::sync_health::SyncHealth;
use async_graphql::{EmptyMutation, EmptySubscription, SchemaBuilder, ValidationMode};

/// The schema.
pub type Schema = async_graphql::Schema<query::Query, EmptyMutation, EmptySubscription>;

/// The largest page, in items.
#[derive(Clone, Copy, Debug)]
pub struct MaxPage(pub u32);

/// Builds the schema. Only [`Mode::Dev`] describes itself, by introspection and
/// by suggestions in errors.
#[must_use]
pub fn schema(health: SyncHealth, max_page: MaxPage, mode: Mode) -> Schema {
    let schema = builder(health, max_page);
    match mode {
        Mode::Production => schema
            .disable_introspection()
            .disable_suggestions()
            .finish(),
        Mode::Dev => schema.finish(),
    }
}

/// The same schema for documents that need no validation, which async-graphql
/// repeats for each request: the component's, which its build has checked against
/// `schema.graphql`, with variables that the service has made itself.
#[must_use]
pub fn schema_of_component(health: SyncHealth, max_page: MaxPage) -> Schema {
    let schema = builder(health, max_page).disable_introspection();
    schema.validation_mode(ValidationMode::Fast).finish()
}

fn builder(
    health: SyncHealth,
    max_page: MaxPage,
) -> SchemaBuilder<query::Query, EmptyMutation, EmptySubscription> {
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
        .data(health)
        .data(max_page)
}

/// The schema in GraphQL's schema definition language: `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    schema(SyncHealth::default(), MaxPage(0), Mode::Dev).sdl()
}
