//! GraphQL documents: which of them the internal door runs, and within what
//! limits.

mod cost;
mod fields;
mod known;
mod limits;
mod refusal;
mod shape;
mod tokens;

pub use known::{Asked, Documents, FolderError};
pub use limits::Limits;
pub use refusal::Refusal;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::parser::{self, Error};
use async_graphql::{Request, Response, Value, Variables};
use sha2::{Digest, Sha256};

/// A document that can be run.
#[derive(Clone, Debug)]
pub struct Document {
    source: String,
    parsed: ExecutableDocument,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refusal`], when it has too many tokens or is no GraphQL.
    pub fn parse(source: &str, limits: &Limits) -> Result<Self, Refusal> {
        tokens::check(source, limits)?;
        let parsed = parser::parse_query(source).map_err(|error| match error {
            Error::Syntax { start, .. } => Refusal::Syntax {
                line: start.line,
                column: start.column,
            },
            Error::RecursionLimitExceeded => Refusal::TooDeep(tokens::MAX_NESTING),
            Error::MissingOperation => Refusal::NoSuchOperation,
            _ => Refusal::Names,
        })?;
        Ok(Self {
            source: source.to_owned(),
            parsed,
        })
    }

    /// Checks that what it asks for with these variables is within the limits.
    ///
    /// # Errors
    /// [`Refusal`], which names the limit.
    pub fn check(&self, variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
        cost::check(&self.parsed, variables, limits)
    }

    /// Checks that the operation of this name, or the only one, has the variables
    /// that it cannot do without: async-graphql would find out in the middle.
    ///
    /// # Errors
    /// [`Refusal::MissingVariable`], or [`Refusal::NoSuchOperation`].
    pub fn check_variables(
        &self,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(), Refusal> {
        let mut definitions = self.operation(operation_name)?.variable_definitions.iter();
        let is_missing = definitions.any(|definition| {
            let definition = &definition.node;
            let given = variables.get(&definition.name.node);
            let is_needed =
                !definition.var_type.node.nullable && definition.default_value.is_none();
            is_needed && given.is_none_or(|given| *given == Value::Null)
        });
        if is_missing {
            return Err(Refusal::MissingVariable);
        }
        Ok(())
    }

    /// What names this text (GraphQL over HTTP, "Persisted Documents"): the
    /// prefix `sha256:` and the hash of its bytes in lower-case hexadecimal.
    #[must_use]
    pub fn id_of(source: &str) -> String {
        let digest = Sha256::digest(source);
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hash}")
    }

    /// The request to run it.
    #[must_use]
    pub fn request(&self) -> Request {
        let mut request = Request::new(&self.source);
        request.set_parsed_query(self.parsed.clone());
        request
    }

    /// Whether the operation of this name, or the only one, is a query.
    ///
    /// # Errors
    /// [`Refusal::NoSuchOperation`].
    pub fn is_query(&self, operation_name: Option<&str>) -> Result<bool, Refusal> {
        let operation = self.operation(operation_name)?;
        Ok(operation.ty == OperationType::Query)
    }

    /// Gives an answer the shape of the document: its fields in order, null where
    /// one failed. Only for a document that is within the limits.
    ///
    /// # Errors
    /// [`Refusal::NoSuchOperation`].
    pub fn shape(
        &self,
        operation_name: Option<&str>,
        variables: &Variables,
        answer: &mut Response,
    ) -> Result<(), Refusal> {
        let operation = self.operation(operation_name)?;
        shape::apply(&self.parsed, operation, variables, answer);
        Ok(())
    }

    fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, Refusal> {
        let operation = match (&self.parsed.operations, name) {
            (DocumentOperations::Single(only), None) => Some(only),
            (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
            (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
            _ => None,
        };
        let operation = operation.ok_or(Refusal::NoSuchOperation)?;
        Ok(&operation.node)
    }
}
