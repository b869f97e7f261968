//! The GraphQL document, and the Rust types of its answer.
//!
//! The types are derived from `security_tab.graphql`, which is checked against
//! `schema.graphql` when this crate is compiled: a field that the schema does
//! not have is a compile error.

// What the derived types mean is said by the schema.
#![allow(missing_docs)]

use graphql_client::GraphQLQuery;

/// A day, as `2024-07-21`.
type Date = String;
/// A moment, as RFC 3339.
type DateTime = String;

/// The query of the Security tab.
#[derive(GraphQLQuery, Clone, Copy, Debug)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "src/security_tab.graphql",
    response_derives = "Serialize, Clone, Debug, PartialEq",
    variables_derives = "Deserialize, Clone, Debug, PartialEq"
)]
pub struct SecurityTab;

/// The query for the version of the data.
#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "src/data_version.graphql",
    response_derives = "Clone, Debug, PartialEq"
)]
pub struct DataVersion;

impl security_tab::Variables {
    /// Asks for a crate, and for a version of it or its default one.
    #[must_use]
    pub fn new(krate: impl Into<String>, version: Option<String>) -> Self {
        Self {
            crate_: krate.into(),
            version,
        }
    }
}
