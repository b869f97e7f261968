//! GraphQL documents: which of them the internal door runs.

mod known;

pub use known::{Asked, Documents, FolderError};

use async_graphql::parser::{self, types::ExecutableDocument};
use sha2::{Digest, Sha256};

/// A document that can be run.
#[derive(Clone, Debug)]
pub struct Document {
    source: String,
    parsed: ExecutableDocument,
}

/// Why a document is not run. The words are ours: the parser's would repeat
/// the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not one of the registered ones.
    #[error("the document is not one of those registered here")]
    NotKnown,
    /// It is no GraphQL.
    #[error("the document is no GraphQL from line {line}, column {column} on")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in characters.
        column: usize,
    },
}

impl Refusal {
    /// The code that a client reads in `extensions.code`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotKnown => "DOCUMENT_NOT_KNOWN",
            Self::Syntax { .. } => "BAD_SYNTAX",
        }
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refusal`], when it is no GraphQL.
    pub fn parse(source: &str) -> Result<Self, Refusal> {
        let parsed = parser::parse_query(source).map_err(|error| {
            let at = error.positions().next().unwrap_or_default();
            Refusal::Syntax {
                line: at.line,
                column: at.column,
            }
        })?;
        Ok(Self {
            source: source.to_owned(),
            parsed,
        })
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
    pub fn request(&self) -> async_graphql::Request {
        let mut request = async_graphql::Request::new(&self.source);
        request.set_parsed_query(self.parsed.clone());
        request
    }
}
