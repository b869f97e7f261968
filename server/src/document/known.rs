//! The registered documents: the component's own, and those in a folder of the
//! operator's.

use super::{Document, Limits, Refusal};
use crate::state::Mode;
use async_graphql::Variables;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the names of the operator's files end in.
const ENDING: &str = "graphql";

/// The name of the component's own document.
const COMPONENT: &str = "security_tab.graphql (the tab's own)";

/// How a request names its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// By its id ([`Document::id_of`]).
    Id(&'a str),
    /// In full.
    Text(&'a str),
}

/// The documents that may be run.
#[derive(Clone, Debug)]
pub struct Documents {
    /// By id.
    known: Arc<BTreeMap<String, Registered>>,
    component: Arc<Document>,
    component_id: String,
    mode: Mode,
    limits: Limits,
}

/// A registered document.
#[derive(Clone, Debug)]
struct Registered {
    /// The file that it comes from.
    name: String,
    document: Arc<Document>,
}

/// Why a folder of documents cannot be used; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder, or a file in it, cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What was in the way.
        source: std::io::Error,
    },
    /// A file holds no document that may be run.
    #[error("{path}: {refusal}")]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        refusal: Refusal,
    },
}

impl Documents {
    /// The component's own document; with [`Mode::Dev`] any other too.
    ///
    /// # Errors
    /// [`Refusal`] of the component's own document.
    pub fn new(mode: Mode, limits: Limits) -> Result<Self, Refusal> {
        let component = Arc::new(checked(ui_component::DOCUMENT, &limits)?);
        let id = Document::id_of(ui_component::DOCUMENT);
        let registered = Registered {
            name: COMPONENT.to_owned(),
            document: component.clone(),
        };
        Ok(Self {
            known: Arc::new(BTreeMap::from([(id.clone(), registered)])),
            component,
            component_id: id,
            mode,
            limits,
        })
    }

    /// Registers every `*.graphql` in a folder.
    ///
    /// # Errors
    /// [`FolderError`], which names the file.
    pub fn with_folder(mut self, folder: &Path) -> Result<Self, FolderError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::Unreadable { path, source }
        };
        let known = Arc::make_mut(&mut self.known);
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            if path.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            let source = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            let name = path.display().to_string();
            let document = checked(&source, &self.limits)
                .map_err(|refusal| FolderError::Refused { path, refusal })?;
            let document = Arc::new(document);
            let registered = Registered { name, document };
            known.entry(Document::id_of(&source)).or_insert(registered);
        }
        Ok(self)
    }

    /// The document that a request asks for. Outside [`Mode::Dev`] a text that
    /// is not registered is not even parsed.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn find(&self, asked: Asked<'_>) -> Result<Arc<Document>, Refusal> {
        let known = match asked {
            Asked::Id(id) => self.known.get(id),
            Asked::Text(source) => self.known.get(&Document::id_of(source)),
        };
        match (known, asked, self.mode) {
            (Some(registered), ..) => Ok(registered.document.clone()),
            (None, Asked::Text(source), Mode::Dev) => {
                Ok(Arc::new(Document::parse(source, &self.limits)?))
            }
            (None, ..) => Err(Refusal::NotKnown),
        }
    }

    /// Whether this is the component's own document.
    #[must_use]
    pub fn is_component(&self, asked: Asked<'_>) -> bool {
        match asked {
            Asked::Id(id) => id == self.component_id,
            Asked::Text(source) => source == ui_component::DOCUMENT,
        }
    }

    /// What bounds every request.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The component's own.
    #[must_use]
    pub fn component(&self) -> &Document {
        &self.component
    }

    /// A line for each that is registered: its id, and the file it comes from.
    #[must_use]
    pub fn manifest(&self) -> String {
        let known = self.known.iter();
        let lines = known.map(|(id, registered)| format!("{id}  {}\n", registered.name));
        lines.collect()
    }
}

/// A document that is within the limits as it stands, so that an operator hears
/// of one that is not when the service starts.
fn checked(source: &str, limits: &Limits) -> Result<Document, Refusal> {
    let document = Document::parse(source, limits)?;
    document.check(&Variables::default(), limits)?;
    Ok(document)
}
