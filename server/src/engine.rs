//! Runs a document within the limits and returns its answer. Both doors use it.

mod cost;
mod document;
mod limits;
mod merge;
mod refusal;
mod registered;
mod schema_types;
mod shape;
mod spelling;
mod tokens;
mod turns;
mod validation;
mod variables;

pub use document::Document;
pub use limits::Limits;
pub use refusal::Refusal;
pub use registered::{DocumentName, Documents, DocumentsError};
pub use schema_types::{SchemaError, SchemaTypes};
pub use turns::{Turn, Turns};
pub use validation::Invalid;

use crate::catalog::{Catalog, DataVersion};
use crate::graphql::{Schema, Schemas};
use crate::mode::Mode;
use async_graphql::{Response, Variables};
use registered::Found;
use std::sync::Arc;
use std::time::Instant;
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

/// The number of times that a query starts over because a sync has replaced the
/// data that it reads.
const MAX_STARTS: usize = 3;

/// Runs documents. Clones share it.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    schemas: Schemas,
    catalog: Catalog,
    documents: Documents,
    turns: Turns,
    mode: Mode,
}

/// A document with its variables.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The document.
    pub document: DocumentName<'a>,
    /// The operation to run, if the document has several.
    pub operation_name: Option<&'a str>,
    /// The variables.
    pub variables: Variables,
    /// True if only a query may run, as for a GET.
    pub queries_only: bool,
}

/// An answer, and the version of the data that it was read from.
#[derive(Debug)]
pub struct Answer {
    /// The answer.
    pub response: Response,
    /// The version of the data.
    pub version: Arc<DataVersion>,
}

impl Engine {
    /// Creates an engine over a catalogue.
    #[must_use]
    pub fn new(
        schemas: Schemas,
        catalog: Catalog,
        documents: Documents,
        turns: Turns,
        mode: Mode,
    ) -> Self {
        Self(Arc::new(Inner {
            schemas,
            catalog,
            documents,
            turns,
            mode,
        }))
    }

    /// Returns the data from which it answers.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// Returns the schema that validates each document.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.0.schemas.strict
    }

    /// Returns the documents that it runs.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.0.documents
    }

    /// Returns the turns that documents wait for.
    #[must_use]
    pub fn turns(&self) -> &Turns {
        &self.0.turns
    }

    /// Returns the audience.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.mode
    }

    /// Answers a question when it gets its turn.
    ///
    /// # Errors
    /// Returns [`Refusal`] if the document is not within the limits, runs too
    /// long, or gets no turn in time.
    pub async fn answer(&self, question: Question<'_>) -> Result<Answer, Refusal> {
        let span = debug_span!("graphql", operation = Empty);
        self.answer_within(&span, question)
            .instrument(span.clone())
            .await
    }

    async fn answer_within(&self, span: &Span, question: Question<'_>) -> Result<Answer, Refusal> {
        let Inner {
            schemas,
            documents,
            turns,
            ..
        } = &*self.0;
        let found = documents.find(question.document)?;
        let turn = match found {
            Found::Component(_) => turns.tab().await?,
            Found::Registered(_) | Found::Unparsed(_) => turns.other().await?,
        };
        let (document, schema) = match found {
            Found::Component(document) | Found::Registered(document) => (document, &schemas.fast),
            Found::Unparsed(source) => (Arc::new(documents.parse(source)?), &schemas.strict),
        };
        let operation_name = question.operation_name;
        if question.queries_only && !document.is_query(operation_name)? {
            return Err(Refusal::NotAQuery);
        }
        let variables = document.coerce(operation_name, question.variables)?;
        document.check(&variables, documents.limits())?;
        span.record("operation", document.operation_name(operation_name));
        let answer = self.run(schema, &document, operation_name, &variables);
        let mut answer = answer.await?;
        drop(turn);
        document.shape(operation_name, &variables, &mut answer.response)?;
        Ok(answer)
    }

    async fn run(
        &self,
        schema: &Schema,
        document: &Document,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Answer, Refusal> {
        let limits = self.0.documents.limits();
        let max_time = limits.max_time();
        let start = Instant::now();
        let attempts = async {
            for _ in 1..MAX_STARTS {
                let attempt = self.execute(schema, document, operation_name, variables);
                let (answer, has_moved) = attempt.await?;
                if !has_moved {
                    return Ok(answer);
                }
                drop(self.0.catalog.look().await);
            }
            let last = self.execute(schema, document, operation_name, variables);
            last.await.map(|(answer, _)| answer)
        };
        match timeout(max_time, attempts).await {
            // A query that only computes is never interrupted, so check the time
            // here.
            Ok(answer) if start.elapsed() <= max_time => answer,
            _ => Err(Refusal::TooSlow(limits.max_time)),
        }
    }

    /// Returns the answer, and whether a sync replaced the data during the read.
    async fn execute(
        &self,
        schema: &Schema,
        document: &Document,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<(Answer, bool), Refusal> {
        let view = self.0.catalog.view().await;
        let view = Arc::new(view.map_err(|_| Refusal::Unavailable)?);
        let mut request = document.request().data(view.clone());
        request.operation_name = operation_name.map(str::to_owned);
        request.variables = variables.clone();
        let answer = Answer {
            response: schema.execute(request).await,
            version: view.edition().version.clone(),
        };
        Ok((answer, view.has_moved()))
    }
}
