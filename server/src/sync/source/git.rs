//! Reads the advisory-db by git: fetches into a bare clone, and reads the files
//! of its newest commit.
//!
//! The clone is a cache and is never repaired: if it cannot be read, a new one
//! is made beside the old one, which it then replaces.

use crate::entity::advisory::{CRATES, RUST};
use crate::redact;
use crate::sync::parse::advisory_file::{MAX_FILES, MAX_SIZE};
use crate::sync::source::disk;
use crate::sync::source::files::{File, Files};
use crate::sync::source::network::{Network, USER_AGENT};
use gix::bstr::ByteSlice;
use gix::error::{Error as Cause, ResultExt, message};
use gix::protocol::transport::client::blocking_io::http;
use gix::remote::Direction;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use url::Url;

/// The branch of the clone that follows the remote's default branch.
const BRANCH: &str = "refs/heads/advisory-db";

/// The number of packs from which the sync replaces the clone with a new one: each fetch adds
/// a pack, and they are never packed together.
const MAX_PACKS: usize = 100;

/// The time to wait for another process to release the clone.
const LOCK: Duration = Duration::from_secs(1);

/// A git repository that contains the advisory-db.
#[derive(Clone, Debug)]
pub struct Git {
    /// Its address: `https:`, `http:` or `file:`.
    pub url: Url,
    /// The path of the clone. A repository on this machine is read in place.
    pub clone: PathBuf,
}

/// The newest commit.
#[derive(Debug)]
pub(in crate::sync) struct Commit {
    /// Its id, in hexadecimal.
    pub(in crate::sync) id: String,
    /// The time of the commit, by its committer's clock.
    pub(in crate::sync) committed_at: OffsetDateTime,
    /// Its files of both collections.
    pub(in crate::sync) files: Files,
}

/// The reason why there is no commit. The cause is for the operator's log.
#[derive(Debug, thiserror::Error)]
pub(in crate::sync) enum GitError {
    #[error("cannot reach the repository, or the connection was lost")]
    Unreachable(#[source] Cause),
    #[error("cannot read the repository")]
    Unreadable(#[source] Cause),
    #[error("cannot write the clone")]
    Disk(#[from] io::Error),
    #[error("another process is using the clone")]
    InUse,
    #[error("the repository has more than {MAX_FILES} files")]
    TooManyFiles,
}

impl fmt::Display for Git {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact::url(self.url.as_str()))
    }
}

impl Git {
    /// Fetches, and reads the newest commit. Blocks the thread; ends early if
    /// `should_stop` is set.
    pub(in crate::sync) fn newest(&self, should_stop: &AtomicBool) -> Result<Commit, GitError> {
        // Check the scheme, because `http://localhost/…` also converts to a
        // path.
        let path = self.url.to_file_path();
        if let Some(path) = path.ok().filter(|_| self.url.scheme() == "file") {
            return read(&open(&path)?, "HEAD");
        }
        let _lock = self.lock()?;
        remove(&self.beside("new"))?;
        if self.is_usable() {
            fetch(&open(&self.clone)?, &self.url, should_stop)?;
            match open(&self.clone).and_then(|clone| read(&clone, BRANCH)) {
                Ok(commit) => return Ok(commit),
                Err(error) => {
                    tracing::warn!(%error, "the clone of the advisory-db is damaged; replacing it")
                }
            }
        }
        self.clone_anew(should_stop)
    }

    /// Locks the clone. The lock is released even if the process dies.
    fn lock(&self) -> Result<fs::File, GitError> {
        if let Some(folder) = self.clone.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = fs::File::create(self.beside("lock"))?;
        let begin = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                // A child process that is being started briefly holds its
                // parent's open files, and so the lock.
                Err(fs::TryLockError::WouldBlock) if begin.elapsed() < LOCK => {
                    std::thread::sleep(LOCK / 20);
                }
                Err(fs::TryLockError::WouldBlock) => return Err(GitError::InUse),
                Err(fs::TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }

    /// Returns true if there is a clone that can be read and fetched into.
    fn is_usable(&self) -> bool {
        if !self.clone.exists() {
            return false;
        }
        let packs = fs::read_dir(self.clone.join("objects/pack"));
        let is_small = packs.is_ok_and(|packs| packs.count() < 2 * MAX_PACKS);
        let is_locked = self.clone.join(format!("{BRANCH}.lock")).exists();
        is_small
            && !is_locked
            && open(&self.clone)
                .and_then(|clone| read(&clone, BRANCH))
                .is_ok()
    }

    /// Clones beside the old clone, and replaces it.
    fn clone_anew(&self, should_stop: &AtomicBool) -> Result<Commit, GitError> {
        tracing::info!(url = %self, "cloning the advisory-db from {self}");
        let new = self.beside("new");
        let clone =
            gix::init_bare(&new).map_err(|error| GitError::of(error, GitError::Unreadable))?;
        fetch(&clone, &self.url, should_stop)?;
        let commit = read(&clone, BRANCH)?;
        drop(clone);
        let old = self.beside("old");
        remove(&old)?;
        if self.clone.exists() {
            fs::rename(&self.clone, &old)?;
        }
        fs::rename(&new, &self.clone)?;
        remove(&old)?;
        Ok(commit)
    }

    /// Returns the path of the clone with a suffix.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.clone.clone().into_os_string();
        path.push(".");
        path.push(suffix);
        path.into()
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl GitError {
    /// Returns the disk's failure if it caused the error, or else another error.
    fn of(error: Cause, other: fn(Cause) -> Self) -> Self {
        match disk::failure(error.iter_errors()) {
            Some(failure) => Self::Disk(failure),
            None => other(error),
        }
    }
}

/// Opens a repository with its own configuration only.
fn open(path: &Path) -> Result<gix::Repository, GitError> {
    gix::open_opts(path, gix::open::Options::isolated()).map_err(GitError::Unreadable)
}

/// Moves the branch to the remote's default branch, even if that has been
/// rewritten.
fn fetch(clone: &gix::Repository, url: &Url, should_stop: &AtomicBool) -> Result<(), GitError> {
    let fetch = || -> gix::Result<()> {
        let refspec = format!("+HEAD:{BRANCH}");
        clone
            .remote_at(url.as_str())?
            .with_refspecs([refspec.as_str()], Direction::Fetch)?
            .with_fetch_tags(gix::remote::fetch::Tags::None)
            .connect(Direction::Fetch)?
            .with_transport_options(Box::new(transport_options()))
            .prepare_fetch(
                gix::progress::Discard,
                gix::remote::ref_map::Options::default(),
            )?
            .receive(gix::progress::Discard, should_stop)?;
        Ok(())
    };
    fetch().map_err(|error| GitError::of(error, GitError::Unreachable))
}

/// Returns the options for HTTP that [`Network`] has.
fn transport_options() -> http::Options {
    let network = Network::of_cargo();
    let configure_client = move |builder| {
        let configured = network.configure(builder);
        configured.or_raise(|| message("cannot set up HTTP"))
    };
    let backend = http::reqwest::Options {
        configure_client: Some(Box::new(configure_client)),
        configure_request: None,
    };
    http::Options {
        user_agent: Some(USER_AGENT.to_owned()),
        backend: Some(Arc::new(Mutex::new(backend))),
        ..http::Options::default()
    }
}

/// Reads all files of both collections in a commit, so that damage shows here.
fn read(repository: &gix::Repository, reference: &str) -> Result<Commit, GitError> {
    let commit = repository
        .find_reference(reference)
        .and_then(|mut reference| reference.peel_to_commit())
        .map_err(GitError::Unreadable)?;
    let seconds = commit.time().map_err(GitError::Unreadable)?.seconds;
    let committed_at = OffsetDateTime::from_unix_timestamp(seconds);
    Ok(Commit {
        id: commit.id.to_string(),
        committed_at: committed_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        files: Files::Commit(Arc::new(files(repository, &commit)?)),
    })
}

fn files(
    repository: &gix::Repository,
    commit: &gix::Commit<'_>,
) -> Result<BTreeMap<String, File>, GitError> {
    let entries = commit
        .tree()
        .and_then(|tree| tree.traverse().breadthfirst.files())
        .map_err(GitError::Unreadable)?;
    if entries.len() > MAX_FILES {
        return Err(GitError::TooManyFiles);
    }
    let mut files = BTreeMap::new();
    for entry in entries {
        let path = entry.filepath.to_str_lossy().into_owned();
        let collection = path.split('/').next();
        let is_kept = [CRATES, RUST].map(Some).contains(&collection);
        if is_kept && !entry.mode.is_tree() {
            let file = file(repository, &entry).map_err(GitError::Unreadable)?;
            files.insert(path, file);
        }
    }
    Ok(files)
}

fn file(
    repository: &gix::Repository,
    entry: &gix::traverse::tree::recorder::Entry,
) -> gix::Result<File> {
    if !entry.mode.is_blob() {
        return Ok(File::Link);
    }
    if repository.find_header(entry.oid)?.size() > MAX_SIZE {
        return Ok(File::TooLarge);
    }
    Ok(File::Content(repository.find_blob(entry.oid)?.take_data()))
}
