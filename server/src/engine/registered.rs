//! The registered documents: the component's own, and those in a folder of the
//! operator's.

use super::{Document, Limits, Refusal, SchemaError, SchemaTypes};
use crate::mode::Mode;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The ending of the operator's files.
const ENDING: &str = "graphql";

/// The way in which a request names its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentName<'a> {
    /// By its id ([`Document::id_of`]).
    Id(&'a str),
    /// In full.
    Text(&'a str),
}

/// The documents that may be run.
#[derive(Clone, Debug)]
pub struct Documents {
    /// By id.
    registered: BTreeMap<String, Registered>,
    types: Arc<SchemaTypes>,
    mode: Mode,
    limits: Limits,
}

/// A registered document.
#[derive(Clone, Debug)]
struct Registered {
    /// The file that it comes from.
    name: String,
    document: Arc<Document>,
    /// Whether it is one of the component's own.
    is_component: bool,
}

/// A document that may be run.
pub(super) enum Found<'a> {
    /// One of the component's own.
    Component(Arc<Document>),
    /// One of the operator's.
    Registered(Arc<Document>),
    /// Any other, for developers. Reading it is work too.
    Unparsed(&'a str),
}

/// The reason why documents cannot be registered; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// The schema's own text cannot be read, so nothing can be priced.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// The component's own document is past a limit.
    #[error("the tab's own document is refused: {0}")]
    Component(Refusal),
    /// The folder, or a file in it, cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The folder or the file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file is not a document that may be run.
    #[error("{path}: {refusal}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// The reason.
        refusal: Refusal,
    },
}

impl Documents {
    /// The component's own document; with [`Mode::Dev`] any other too. `sdl` is
    /// the text of the schema that they ask.
    ///
    /// # Errors
    /// [`DocumentsError`].
    pub fn new(mode: Mode, limits: Limits, sdl: &str) -> Result<Self, DocumentsError> {
        let types = Arc::new(SchemaTypes::parse(sdl)?);
        let mut registered = BTreeMap::new();
        for (name, source) in ui_component::DOCUMENTS {
            let document = Document::parse(source, &limits, &types);
            let document = Arc::new(document.map_err(DocumentsError::Component)?);
            let own = Registered {
                name: format!("{name} (the tab's own)"),
                document,
                is_component: true,
            };
            registered.insert(Document::id_of(source), own);
        }
        Ok(Self {
            registered,
            types,
            mode,
            limits,
        })
    }

    /// Registers every `*.graphql` in a folder.
    ///
    /// # Errors
    /// [`DocumentsError`], which names the file.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, DocumentsError> {
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
            let document = self
                .parse(&source)
                .map_err(|refusal| DocumentsError::Refused { path, refusal })?;
            let document = Arc::new(document);
            let registered = Registered {
                name,
                document,
                is_component: false,
            };
            let id = Document::id_of(&source);
            self.registered.entry(id).or_insert(registered);
        }
        Ok(self)
    }

    /// Reads a document within the limits, registered or not.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn parse(&self, source: &str) -> Result<Document, Refusal> {
        Document::parse(source, &self.limits, &self.types)
    }

    /// The document that a request names. Outside [`Mode::Dev`] a text that is not
    /// registered is not even parsed.
    ///
    /// # Errors
    /// [`Refusal::NotRegistered`].
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

    /// The id of a registered document whose answers may be kept.
    #[must_use]
    pub fn id_to_keep(&self, name: DocumentName<'_>) -> Option<String> {
        let id = match name {
            DocumentName::Id(id) => id.to_owned(),
            DocumentName::Text(source) => Document::id_of(source),
        };
        let registered = self.registered.get(&id)?;
        registered.document.is_determined().then_some(id)
    }

    /// The bounds of every request.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A line for each that is registered: its id, and the file it comes from.
    #[must_use]
    pub fn manifest(&self) -> String {
        let registered = self.registered.iter();
        let lines = registered.map(|(id, registered)| format!("{id}  {}\n", registered.name));
        lines.collect()
    }
}
