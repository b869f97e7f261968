//! Validates a registered document, once and for all values of its variables.
//!
//! async-graphql (7.2) never calls its rule for the types of variables ("All Variable
//! Usages Are Allowed"). It checks the values of a request instead. This module
//! therefore gives it a value of each variable's type, and null if the type allows
//! it.

use super::schema_types::SchemaTypes;
use super::variables;
use crate::graphql::Schema;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::{Pos, Request, Value};

/// A mismatch between a document and the schema, in async-graphql's words, for the
/// operator who registers the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}", at.line, at.column)]
pub struct Invalid {
    at: Pos,
    message: String,
}

/// Checks that a document fits the schema. Resolves no field, so it neither waits nor
/// reads anything.
///
/// A variable with a default may be used where null is not allowed. Its type then
/// becomes one that does not allow null either.
///
/// # Errors
/// Returns [`Invalid`] for the first mismatch.
pub(super) async fn validate(
    document: &mut ExecutableDocument,
    types: &SchemaTypes,
    schema: &Schema,
) -> Result<(), Invalid> {
    let written = document.clone();
    let mut operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(only) => vec![(None, only)],
        DocumentOperations::Multiple(all) => {
            all.iter_mut().map(|(name, it)| (Some(name), it)).collect()
        }
    };
    operations.sort_by_key(|(_, operation)| operation.pos);
    for (name, operation) in operations {
        let definitions = &mut operation.node.variable_definitions;
        let samples = variables::samples(definitions, types);
        let try_with = async |values| {
            let mut request = Request::new("").only_introspection().variables(values);
            request.set_parsed_query(written.clone());
            request.operation_name = name.map(ToString::to_string);
            first_fault(schema, request).await
        };
        try_with(samples.clone()).await?;
        for definition in definitions {
            let definition = &mut definition.node;
            if !definition.var_type.node.nullable {
                continue;
            }
            let mut with_null = samples.clone();
            with_null.insert(definition.name.node.clone(), Value::Null);
            match try_with(with_null).await {
                Err(_) if definition.default_value.is_some() => {
                    definition.var_type.node.nullable = false;
                }
                tried => tried?,
            }
        }
    }
    Ok(())
}

async fn first_fault(schema: &Schema, request: Request) -> Result<(), Invalid> {
    let errors = schema.execute(request).await.errors.into_iter();
    let faults = errors.map(|error| Invalid {
        at: error.locations.first().copied().unwrap_or_default(),
        message: error.message,
    });
    match faults.min_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message))) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}
