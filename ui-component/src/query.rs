//! The GraphQL document, and the Rust types of its answer.
//!
//! The types are derived from `security_tab.graphql`, which is checked against
//! `schema.graphql` when this crate is compiled: a field that the schema does
//! not have is a compile error.

// The schema documents the derived types.
#![allow(missing_docs)]

use graphql_client::GraphQLQuery;

use security_tab::{Alert, DataSource};

/// A day, such as `2024-07-21`.
type Date = String;
/// A time, as RFC 3339.
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

/// The query for the marks on a list of a crate's versions.
#[derive(GraphQLQuery, Clone, Copy, Debug)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "src/version_marks.graphql",
    extern_enums("Alert", "DataSource"),
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Deserialize, Clone, Debug, PartialEq"
)]
pub struct VersionMarks;

/// The query for the marks on a list of dependencies.
#[derive(GraphQLQuery, Clone, Copy, Debug)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "src/requirement_marks.graphql",
    extern_enums("DataSource"),
    response_derives = "Clone, Debug, PartialEq",
    variables_derives = "Deserialize, Clone, Debug, PartialEq"
)]
pub struct RequirementMarks;

impl security_tab::Variables {
    /// Queries a crate, with this version or its default one.
    #[must_use]
    pub fn new(krate: impl Into<String>, version: Option<String>) -> Self {
        Self {
            crate_: krate.into(),
            version,
            req: String::new(),
            is_req_asked: false,
        }
    }

    /// Also queries a version requirement, which must be one that Cargo accepts.
    #[must_use]
    pub fn with_requirement(self, req: impl Into<String>) -> Self {
        Self {
            req: req.into(),
            is_req_asked: true,
            ..self
        }
    }
}
