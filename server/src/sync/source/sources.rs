//! The sources of a sync.

use crate::domain::crate_name::CrateName;
use crate::entity::data_status::Source;
use crate::redact;
use crate::sync::SyncError;
use crate::sync::parse::index_file::{self, FileState, KnownFile};
use crate::sync::source::files::Files;
use crate::sync::source::git::{Commit, Git, GitError};
use crate::sync::source::listing::Listing;
use crate::sync::source::sample;
use crate::sync::source::sparse::{NotAnIndex, Sparse};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tame_index::IndexUrl;
use time::OffsetDateTime;
use url::Url;

/// The time limit of a fetch.
pub(crate) const FETCH: Duration = Duration::from_secs(300);

/// The first version of Cargo whose default index is a sparse one. Without a version,
/// `tame-index` would run `cargo`, which a server may not have.
const CARGO_VERSION: &str = "1.70.0";

/// The sources of a sync.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The advisory-db.
    pub advisory_db: AdvisoryDb,
    /// The index. `None` leaves the version lists in the database unchanged.
    pub index: Option<Index>,
    /// True to keep the versions of every crate of the index, not only of those that an
    /// advisory names. Needs an index that can be listed.
    pub all_crates: bool,
}

/// RustSec's advisory-db.
#[derive(Clone, Debug)]
pub enum AdvisoryDb {
    /// The sample in the binary.
    Sample,
    /// A folder with its files.
    Folder(PathBuf),
    /// Its git repository.
    Git(Git),
}

/// The index of the registry: a file of versions for each crate.
#[derive(Clone, Debug)]
pub enum Index {
    /// The sample in the binary.
    Sample,
    /// A folder in the plain layout.
    Folder(PathBuf),
    /// An index over HTTP.
    Sparse(Sparse),
}

/// The current state of the advisory-db.
pub(in crate::sync) struct Opened {
    pub(in crate::sync) files: Files,
    pub(in crate::sync) source: Source,
    /// The commit's id and time, if there are commits.
    pub(in crate::sync) commit: Option<(String, OffsetDateTime)>,
}

/// An address that is not that of an advisory-db.
#[derive(Debug, thiserror::Error)]
#[error("{0} is neither a folder nor a URL as in `https://…` or `file://…`")]
pub struct NotAnAdvisoryDb(String);

impl Sources {
    /// Returns the sample in the binary.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            advisory_db: AdvisoryDb::Sample,
            index: Some(Index::Sample),
            all_crates: false,
        }
    }

    /// Returns folders: a checkout of the advisory-db, and an index in the plain layout.
    #[must_use]
    pub fn folders(advisory_db: PathBuf, index: Option<PathBuf>, all_crates: bool) -> Self {
        Self {
            advisory_db: AdvisoryDb::Folder(advisory_db),
            index: index.map(Index::Folder),
            all_crates,
        }
    }
}

impl Sources {
    /// Returns true if all sources are on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let is_remote = matches!(self.advisory_db, AdvisoryDb::Git(_))
            || matches!(self.index, Some(Index::Sparse(_)));
        !is_remote
    }
}

impl AdvisoryDb {
    /// Parses a folder, or the address of a git repository, whose clone is kept at
    /// `clone`.
    ///
    /// # Errors
    /// Returns [`NotAnAdvisoryDb`] for any other address.
    pub fn parse(text: &str, clone: &Path) -> Result<Self, NotAnAdvisoryDb> {
        // `git@host:path` is an SSH address, not a folder.
        let is_ssh = text.contains('@') && text.contains(':') && !Path::new(text).exists();
        if !text.contains("://") && !is_ssh {
            return Ok(Self::Folder(text.into()));
        }
        let url = Url::parse(text).ok();
        let url = url.filter(|url| ["https", "http", "file"].contains(&url.scheme()));
        let url = url.ok_or_else(|| NotAnAdvisoryDb(redact::url(text)))?;
        let clone = clone.to_owned();
        Ok(Self::Git(Git { url, clone }))
    }

    /// Returns the kind of source, as the data status names it.
    #[must_use]
    pub fn kind(&self) -> Source {
        match self {
            Self::Sample => Source::Sample,
            Self::Folder(_) => Source::Folder,
            Self::Git(_) => Source::Git,
        }
    }

    /// Returns false if this is a folder that is not an advisory-db. Does not use the network.
    #[must_use]
    pub fn is_there(&self) -> bool {
        match self {
            Self::Folder(root) => root.join(crate::entity::advisory::CRATES).is_dir(),
            Self::Sample | Self::Git(_) => true,
        }
    }

    pub(in crate::sync) async fn open(&self) -> Result<Opened, SyncError> {
        let (files, source) = match self {
            Self::Sample => (Files::Embedded(sample::ADVISORY_DB), Source::Sample),
            Self::Folder(root) => (Files::Folder(root.clone()), Source::Folder),
            Self::Git(git) => return fetch(git.clone()).await,
        };
        Ok(Opened {
            files,
            source,
            commit: None,
        })
    }
}

impl fmt::Display for AdvisoryDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample => f.write_str("the sample"),
            Self::Folder(root) => root.display().fmt(f),
            Self::Git(git) => git.fmt(f),
        }
    }
}

/// Fetches on a thread where it blocks no reader, for a limited time.
async fn fetch(git: Git) -> Result<Opened, SyncError> {
    let (url, clone) = (git.to_string(), git.clone.clone());
    let should_stop = Arc::new(AtomicBool::new(false));
    let stop = should_stop.clone();
    let fetch = tokio::task::spawn_blocking(move || git.newest(&should_stop));
    let Ok(fetched) = tokio::time::timeout(FETCH, fetch).await else {
        stop.store(true, Ordering::Relaxed);
        tracing::error!(
            url,
            "fetching the advisory-db from {url} took longer than {FETCH:?}; giving up"
        );
        return Err(SyncError::Unreachable(url));
    };
    let Commit {
        id,
        committed_at,
        files,
    } = fetched
        .map_err(|_| SyncError::Interrupted)?
        .map_err(|error| {
            if !matches!(error, GitError::InUse) {
                tracing::error!(
                    url,
                    error = causes(&error),
                    "cannot fetch the advisory-db from {url}"
                );
            }
            match error {
                GitError::Unreachable(_) | GitError::Unreadable(_) => SyncError::Unreachable(url),
                GitError::Disk(error) => SyncError::Disk(error),
                GitError::InUse => SyncError::CloneInUse(clone),
                GitError::TooManyFiles => SyncError::TooManyFiles,
            }
        })?;
    Ok(Opened {
        files,
        source: Source::Git,
        commit: Some((id, committed_at)),
    })
}

/// Formats an error with all its causes, because an operator needs the last one:
/// "transport failed" does not help, "name not found" does.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let causes: Vec<String> = causes.map(ToString::to_string).collect();
    redact::text(&causes.join(": "))
}

impl Index {
    /// Returns the index of crates.io, or its replacement in Cargo's configuration.
    ///
    /// # Errors
    /// Returns [`NotAnIndex`] if the replacement is of an unsupported kind.
    pub fn crates_io() -> Result<Self, NotAnIndex> {
        let not_an_index =
            |error: tame_index::Error| NotAnIndex::Configuration(redact::text(&error.to_string()));
        let url = IndexUrl::crates_io(None, None, Some(CARGO_VERSION)).map_err(not_an_index)?;
        match &url {
            // A local registry has its index in a folder of this name.
            IndexUrl::Local(root) => Ok(Self::Folder(root.join("index").into())),
            _ => Self::parse(url.as_str()),
        }
    }

    /// Parses a folder, or the address of a sparse index.
    ///
    /// # Errors
    /// Returns [`NotAnIndex`] for any other address.
    pub fn parse(text: &str) -> Result<Self, NotAnIndex> {
        match text.contains("://") {
            true => Sparse::at(text).map(Self::Sparse),
            false => Ok(Self::Folder(text.into())),
        }
    }

    /// Reads the index files of these crates, in their order. `known` is their known
    /// state, and `now` the time when the sync began.
    pub(in crate::sync) async fn read_all(
        &self,
        names: Vec<CrateName>,
        known: Vec<KnownFile>,
        now: OffsetDateTime,
    ) -> Result<Vec<FileState>, SyncError> {
        match self.files() {
            Ok(files) => {
                // Do not treat a missing folder as an index without crates.
                if matches!(&files, Files::Folder(root) if !root.is_dir()) {
                    let problem = format!("{files}: it is not a folder");
                    return Err(SyncError::NotAnIndex(problem));
                }
                let index = files.to_string();
                let read = move || index_file::read_all(&files, &names, &known, now);
                let states = crate::sync::blocking(read).await?;
                let is_missing = |state: &FileState| matches!(state, FileState::Missing);
                if !states.is_empty() && states.iter().all(is_missing) {
                    tracing::warn!(index, "the index has none of the crates; check --index");
                }
                Ok(states)
            }
            Err(sparse) => sparse.read_all(&names, &known).await.map_err(|error| {
                let error = redact::text(&error.to_string());
                tracing::error!(error, "cannot create the HTTP client for the index");
                SyncError::NotAnIndex(sparse.to_string())
            }),
        }
    }

    /// Lists every crate, if the index can be listed. `now` is the time when the sync
    /// began.
    pub(in crate::sync) async fn list(&self, now: OffsetDateTime) -> Result<Listing, SyncError> {
        match self.files() {
            Ok(files) => crate::sync::blocking(move || Listing::read(&files, now)).await?,
            Err(_) => Err(SyncError::NotListable),
        }
    }

    /// Returns its files if they are on this machine, or else the index to query.
    fn files(&self) -> Result<Files, &Sparse> {
        match self {
            Self::Sample => Ok(Files::Embedded(sample::INDEX)),
            Self::Folder(root) => Ok(Files::Folder(root.clone())),
            Self::Sparse(sparse) => Err(sparse),
        }
    }
}
