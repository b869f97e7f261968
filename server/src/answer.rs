//! From a document to its answer, within the limits. Both doors come this way.

use crate::document::{Document, Refusal};
use crate::graphql::with_data;
use crate::state::Internal;
use async_graphql::{Response, Variables};
use std::time::Instant;
use tokio::time::timeout;

/// Runs a document.
///
/// # Errors
/// [`Refusal`], when the document is not within the limits, or ran too long.
pub async fn run(
    internal: &Internal,
    document: &Document,
    operation_name: Option<String>,
    variables: Variables,
) -> Result<Response, Refusal> {
    let limits = internal.documents.limits();
    document.check_variables(operation_name.as_deref(), &variables)?;
    document.check(&variables, limits)?;
    let mut request = document.request();
    request.operation_name = operation_name;
    request.variables = variables;
    let request = with_data(request, &internal.db, internal.clock.now());
    let max_time = limits.max_time();
    let start = Instant::now();
    match timeout(max_time, internal.schema.execute(request)).await {
        // What never waits for anything is not interrupted.
        Ok(response) if start.elapsed() <= max_time => Ok(response),
        _ => Err(Refusal::TooSlow(limits.max_time)),
    }
}
