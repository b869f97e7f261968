//! The registered documents: those of the component, and those in the operator's
//! folder.

use super::{Document, Invalid, Limits, Refusal, SchemaError, SchemaTypes};
use crate::graphql::Schema;
use crate::mode::Mode;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The extension of the operator's files.
const ENDING: &str = "graphql";

/// The way in which a request names its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentName<'a> {
    /// The document's id ([`Document::id_of`]).
    Id(&'a str),
    /// The full text.
    Text(&'a str),
}

/// The documents that may be run.
#[derive(Clone, Debug)]
pub struct Documents {
    /// Registered documents by id.
    registered: BTreeMap<String, Registered>,
    types: Arc<SchemaTypes>,
    mode: Mode,
    limits: Limits,
}

/// A registered document.
#[derive(Clone, Debug)]
struct Registered {
    /// The name of its file.
    name: String,
    document: Arc<Document>,
    /// True if it is one of the component's own.
    is_component: bool,
}

/// A document that may be run.
pub(super) enum Found<'a> {
    /// One of the component's own.
    Component(Arc<Document>),
    /// One of the operator's.
    Registered(Arc<Document>),
    /// Any other document, for developers. Parsing is left for later, because it is
    /// work too.
    Unparsed(&'a str),
}

/// The reason why documents cannot be registered, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// The schema's text cannot be parsed, so nothing can be priced.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The folder, or a file in it, cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The folder or the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A document is not GraphQL, or exceeds a limit.
    #[error("{name}: {refusal}")]
    Refused {
        /// The file.
        name: String,
        /// The reason.
        refusal: Refusal,
    },
    /// A document does not fit the schema.
    #[error("{name}: {fault}")]
    Invalid {
        /// The file.
        name: String,
        /// The reason.
        fault: Invalid,
    },
}

impl Documents {
    /// Registers the component's own documents. With [`Mode::Dev`] any other document
    /// may run too. `schema` is the schema that they query.
    ///
    /// # Errors
    /// Returns [`DocumentsError`].
    pub async fn new(mode: Mode, limits: Limits, schema: &Schema) -> Result<Self, DocumentsError> {
        let mut documents = Self {
            registered: BTreeMap::new(),
            types: Arc::new(SchemaTypes::parse(&schema.sdl())?),
            mode,
            limits,
        };
        for (name, source) in ui_component::DOCUMENTS {
            let name = format!("{name} (the tab's own)");
            documents.register(name, source, true, schema).await?;
        }
        Ok(documents)
    }

    /// Registers every `*.graphql` in a folder.
    ///
    /// # Errors
    /// Returns [`DocumentsError`], which names the file.
    pub async fn with_folder(
        mut self,
        folder: &Path,
        schema: &Schema,
    ) -> Result<Self, DocumentsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| DocumentsError::Unreadable { path, source }
        };
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            let source = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            let name = path.display().to_string();
            self.register(name, &source, false, schema).await?;
        }
        Ok(self)
    }

    /// Parses, prices and validates a document, once for all requests. Leaves a text
    /// that is already registered unchanged.
    async fn register(
        &mut self,
        name: String,
        source: &str,
        is_component: bool,
        schema: &Schema,
    ) -> Result<(), DocumentsError> {
        let mut document = match self.parse(source) {
            Ok(document) => document,
            Err(refusal) => return Err(DocumentsError::Refused { name, refusal }),
        };
        if let Err(fault) = document.validate(schema).await {
            return Err(DocumentsError::Invalid { name, fault });
        }
        let registered = Registered {
            name,
            document: Arc::new(document),
            is_component,
        };
        let id = Document::id_of(source);
        self.registered.entry(id).or_insert(registered);
        Ok(())
    }

    /// Parses a document within the limits, registered or not.
    ///
    /// # Errors
    /// Returns [`Refusal`].
    pub fn parse(&self, source: &str) -> Result<Document, Refusal> {
        Document::parse(source, &self.limits, &self.types)
    }

    /// Finds the document that a request names. Outside [`Mode::Dev`] a text that is
    /// not registered is not even parsed.
    ///
    /// # Errors
    /// Returns [`Refusal::NotRegistered`].
    pub(super) fn find<'a>(&self, name: DocumentName<'a>) -> Result<Found<'a>, Refusal> {
        let registered = match name {
            DocumentName::Id(id) => self.registered.get(id),
            DocumentName::Text(source) => self.registered.get(&Document::id_of(source)),
        };
        match (registered, name, self.mode) {
            (Some(registered), ..) if registered.is_component => {
                Ok(Found::Component(registered.document.clone()))
            }
            (Some(registered), ..) => Ok(Found::Registered(registered.document.clone())),
            (None, DocumentName::Text(source), Mode::Dev) => Ok(Found::Unparsed(source)),
            (None, ..) => Err(Refusal::NotRegistered),
        }
    }

    /// Returns the id of a registered document whose answers may be kept.
    #[must_use]
    pub fn id_to_keep(&self, name: DocumentName<'_>) -> Option<String> {
        let id = match name {
            DocumentName::Id(id) => id.to_owned(),
            DocumentName::Text(source) => Document::id_of(source),
        };
        let registered = self.registered.get(&id)?;
        registered.document.is_determined().then_some(id)
    }

    /// Returns the limits of every request.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Returns a line for each registered document: its id and its file.
    #[must_use]
    pub fn manifest(&self) -> String {
        let registered = self.registered.iter();
        let lines = registered.map(|(id, registered)| format!("{id}  {}\n", registered.name));
        lines.collect()
    }
}
