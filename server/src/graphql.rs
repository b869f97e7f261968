//! The GraphQL schema that the tab and developers query.
//!
//! It is built without I/O. A request brings the view that its resolvers read.

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

/// The schema, once for each way to run a document, because async-graphql validates
/// either with every request or with none.
#[derive(Clone)]
pub struct Schemas {
    /// Validates each document that it runs; for documents of developers.
    pub strict: Schema,
    /// Validates nothing; for documents that were validated when they were registered.
    pub fast: Schema,
}

/// Builds the schema. Only [`Mode::Dev`] offers introspection and suggestions in
/// errors.
#[must_use]
pub fn schemas(health: SyncHealth, max_page: MaxPage, mode: Mode) -> Schemas {
    let schema = |validation| {
        let schema = builder()
            .data(health.clone())
            .data(max_page)
            .validation_mode(validation);
        match mode {
            Mode::Production => schema
                .disable_introspection()
                .disable_suggestions()
                .finish(),
            Mode::Dev => schema.finish(),
        }
    };
    Schemas {
        strict: schema(ValidationMode::Strict),
        fast: schema(ValidationMode::Fast),
    }
}

/// Builds the schema without the data that its resolvers read, to validate documents
/// and to print it.
#[must_use]
pub fn bare_schema() -> Schema {
    builder().disable_introspection().finish()
}

/// Returns the schema in GraphQL's schema definition language, as in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    bare_schema().sdl()
}

fn builder() -> SchemaBuilder<query::Query, EmptyMutation, EmptySubscription> {
    Schema::build(query::Query, EmptyMutation, EmptySubscription)
}
