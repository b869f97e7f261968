//! A GraphQL document that can be run.

use super::cost::{self, Varies};
use super::schema_types::SchemaTypes;
use super::shape::Shape;
use super::{Invalid, Limits, Refusal, merge, spelling, tokens, validation, variables};
use crate::graphql::{CHANGES_WITH_EVERY_CHECK, Schema};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::parser::{self, Error};
use async_graphql::{Pos, Positioned, Request, Response, Variables};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A parsed and merged document that is within the limits. [`Self::validate`] tells
/// whether it fits the schema.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document as it was written.
    parsed: ExecutableDocument,
    /// The document with its fragments expanded and without duplicate fields.
    merged: ExecutableDocument,
    types: Arc<SchemaTypes>,
    price: Varies,
    /// The shape of the answers to each operation, by its position, with default values
    /// for its variables.
    shapes: BTreeMap<Pos, Shape>,
    is_determined: bool,
}

impl Document {
    /// Parses a document and checks it against the limits, with default values for its
    /// variables.
    ///
    /// # Errors
    /// Returns [`Refusal`] if it is not GraphQL or exceeds a limit.
    pub fn parse(source: &str, limits: &Limits, types: &Arc<SchemaTypes>) -> Result<Self, Refusal> {
        tokens::check(source, limits)?;
        let parsed = parser::parse_query(spelling::plain(source)).map_err(|error| match error {
            Error::Syntax { start, .. } => Refusal::Syntax {
                line: start.line,
                column: start.column,
            },
            Error::RecursionLimitExceeded => Refusal::TooDeep(tokens::MAX_NESTING),
            Error::MissingOperation => Refusal::NoSuchOperation,
            _ => Refusal::Names,
        })?;
        let price = cost::check(&parsed, types, &Variables::default(), limits)?;
        let merged = merge::merge(&parsed, types);
        let shapes = merged.operations.iter().map(|(_, operation)| {
            let defaults = variables::defaults(&operation.node.variable_definitions);
            let shape = Shape::new(&merged, &operation.node, types, &defaults);
            (operation.pos, shape)
        });
        Ok(Self {
            shapes: shapes.collect(),
            merged,
            is_determined: is_determined(&parsed),
            parsed,
            types: types.clone(),
            price,
        })
    }

    /// Checks the part of the document's price that depends on these variables.
    ///
    /// # Errors
    /// Returns [`Refusal`], which names the limit.
    pub fn check(&self, variables: &Variables, limits: &Limits) -> Result<(), Refusal> {
        match self.price {
            Varies::Never => Ok(()),
            Varies::WithVariables => {
                cost::check(&self.parsed, &self.types, variables, limits).map(drop)
            }
        }
    }

    /// Checks that it fits the schema, for any values of its variables.
    ///
    /// # Errors
    /// Returns [`Invalid`].
    pub async fn validate(&mut self, schema: &Schema) -> Result<(), Invalid> {
        validation::validate(&mut self.merged, &self.types, schema).await
    }

    /// Returns the values of the variables for the operation of this name, or for the
    /// only one.
    ///
    /// # Errors
    /// Returns [`Refusal::BadVariable`] or [`Refusal::NoSuchOperation`].
    pub fn coerce(
        &self,
        operation_name: Option<&str>,
        given: Variables,
    ) -> Result<Variables, Refusal> {
        let operation = self.operation(operation_name)?;
        variables::coerce(&operation.node.variable_definitions, given, &self.types)
    }

    /// Returns the id of this text (GraphQL over HTTP, "Persisted Documents"): the
    /// prefix `sha256:` and the hash of its bytes in lower-case hexadecimal.
    #[must_use]
    pub fn id_of(source: &str) -> String {
        let digest = Sha256::digest(source);
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hash}")
    }

    /// Returns the request to run it. This copies the parsed document, because
    /// async-graphql takes ownership.
    #[must_use]
    pub fn request(&self) -> Request {
        let mut request = Request::new("");
        request.set_parsed_query(self.merged.clone());
        request
    }

    /// Returns true if the operation of this name, or the only one, is a query.
    ///
    /// # Errors
    /// Returns [`Refusal::NoSuchOperation`].
    pub fn is_query(&self, operation_name: Option<&str>) -> Result<bool, Refusal> {
        let operation = self.operation(operation_name)?;
        Ok(operation.node.ty == OperationType::Query)
    }

    /// Arranges an answer in the shape of the document: its fields in order, null where
    /// one failed. The variables must be those that were coerced.
    ///
    /// # Errors
    /// Returns [`Refusal::NoSuchOperation`].
    pub fn shape(
        &self,
        operation_name: Option<&str>,
        variables: &Variables,
        answer: &mut Response,
    ) -> Result<(), Refusal> {
        let operation = self.operation(operation_name)?;
        let kept = self.shapes.get(&operation.pos);
        match kept.filter(|shape| shape.is_for(variables)) {
            Some(shape) => shape.apply(answer),
            None => Shape::new(&self.merged, &operation.node, &self.types, variables).apply(answer),
        }
        Ok(())
    }

    /// Returns true if the variables and the version of the data determine the answer,
    /// so that it may be kept.
    #[must_use]
    pub fn is_determined(&self) -> bool {
        self.is_determined
    }

    /// Returns the name of the operation that runs: that of the document's only operation, or
    /// else the given name.
    pub(super) fn operation_name<'a>(&'a self, given: Option<&'a str>) -> Option<&'a str> {
        match &self.merged.operations {
            DocumentOperations::Multiple(all) if all.len() == 1 => {
                all.keys().next().map(|name| name.as_str())
            }
            _ => given,
        }
    }

    fn operation(&self, name: Option<&str>) -> Result<&Positioned<OperationDefinition>, Refusal> {
        let operation = match (&self.merged.operations, name) {
            (DocumentOperations::Single(only), None) => Some(only),
            (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
            (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next(),
            _ => None,
        };
        operation.ok_or(Refusal::NoSuchOperation)
    }
}

/// Returns true if no operation or fragment selects a field that every check of the
/// source changes.
fn is_determined(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter();
    let sets = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let mut sets = sets.chain(fragments.map(|it| &it.node.selection_set.node));
    !sets.any(changes)
}

fn changes(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            CHANGES_WITH_EVERY_CHECK.contains(&name) || changes(&field.node.selection_set.node)
        }
        Selection::InlineFragment(inline) => changes(&inline.node.selection_set.node),
        // Fragments are checked by themselves.
        Selection::FragmentSpread(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The shape for the default values of conditions is kept. Other values make a shape
    /// for the answer.
    #[test]
    fn shapes_are_made_once() {
        let types = SchemaTypes::parse(include_str!("../../../schema.graphql")).expect("a schema");
        let types = Arc::new(types);
        let spread =
            "query($a: Boolean = true) { ...F @skip(if: $a) } fragment F on Query { __typename }";
        for (source, given, is_kept) in [
            (ui_component::DOCUMENT, json!({ "crate": "a" }), true),
            (
                ui_component::DOCUMENT,
                json!({ "crate": "a", "req": "1", "isReqAsked": true }),
                false,
            ),
            ("{ dataStatus { revision } }", json!({}), true),
            (
                "query($a: Boolean!) { __typename @include(if: $a) }",
                json!({ "a": true }),
                false,
            ),
            ("query { __typename @include(if: false) }", json!({}), true),
            (
                "query($a: Boolean = true) { ... @skip(if: $a) { __typename } }",
                json!({}),
                true,
            ),
            (spread, json!({ "a": true }), true),
            (spread, json!({ "a": false }), false),
        ] {
            let document = Document::parse(source, &Limits::DEFAULT, &types).expect("a document");
            let given = Variables::from_json(given);
            let variables = document.coerce(None, given).expect("variables");
            let (_, shape) = document.shapes.first_key_value().expect("a shape");
            assert_eq!(shape.is_for(&variables), is_kept, "{source} {variables:?}");
        }
    }
}
