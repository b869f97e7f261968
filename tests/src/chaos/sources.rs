//! The advisory-db and the index of the made-up world, served on loopback, with faults.

use super::world::{CRATES, State, World, index_path};
use crate::git_server;
use crate::host::{Fault, Host};
use crate::repository::{Change, TestRepository};
use crate::serve;
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gix::ObjectId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// The time before the first commit, long before any sync.
const BEGIN: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

/// The number of commits after which the history is replaced with a single commit. This
/// bounds what a fetch transfers in a long run.
const NEW_HISTORY: u32 = 10;

const REFS: &str = "/advisory-db/info/refs";
const PACK: &str = "/advisory-db/git-upload-pack";

/// The sources of one run.
pub struct Sources {
    world: World,
    repository: TestRepository,
    host: Host,
    index: Index,
    /// The commit of each state, oldest first.
    commits: Vec<ObjectId>,
    commit_count: u32,
    /// The number of the newest state of each source.
    pub newest: State,
}

/// The files of the index by path, each with the number of its state.
type Index = Arc<Mutex<HashMap<String, (u32, String)>>>;

impl Sources {
    /// Creates both sources in their first state.
    pub async fn new(world: World) -> Self {
        let (repository, index) = (TestRepository::new(), Index::default());
        let files = Router::new().route("/index/{*path}", get(file));
        let routes = git_server::routes(&repository).merge(files.with_state(index.clone()));
        let mut sources = Self {
            world,
            repository,
            host: Host::over(routes).await,
            index,
            commits: Vec::new(),
            commit_count: 0,
            newest: State {
                advisories: 0,
                index: 0,
            },
        };
        sources.commit_state(0);
        sources.publish(0);
        sources
    }

    /// Returns the value of `--advisory-db`.
    #[must_use]
    pub fn advisory_db(&self) -> String {
        self.host.url("/advisory-db")
    }

    /// Returns the value of `--index`.
    #[must_use]
    pub fn index(&self) -> String {
        format!("sparse+{}", self.host.url("/index/"))
    }

    /// Returns the sources for a sync in this process, with a clone at this path.
    ///
    /// # Panics
    /// Panics if the service does not accept the URLs.
    #[must_use]
    pub fn open(&self, clone: &std::path::Path) -> server::sync::Sources {
        let clone = clone.display().to_string();
        let (advisory_db, index) = (self.advisory_db(), self.index());
        let options = ["--advisory-db", &advisory_db, "--index", &index];
        let options = serve(&[&options[..], &["--advisory-db-clone", &clone]].concat());
        options.sources.open().expect("sources")
    }

    /// Returns the number of the state of each commit.
    #[must_use]
    pub fn states(&self) -> HashMap<String, u32> {
        let states = (0..).zip(&self.commits);
        states
            .map(|(state, commit)| (commit.to_string(), state))
            .collect()
    }

    /// Commits the next state of the advisory-db.
    pub fn advance(&mut self) {
        self.newest.advisories += 1;
        self.commit_state(self.newest.advisories);
    }

    /// Publishes the next state of the index.
    pub fn advance_index(&mut self) {
        self.newest.index += 1;
        self.publish(self.newest.index);
    }

    /// Moves the repository back by a number of states.
    pub fn go_back(&self, by: usize) {
        let at = self.commits.len().saturating_sub(1 + by);
        self.repository.reset_to(self.commits[at]);
    }

    /// Moves the index back by a number of states.
    pub fn go_back_with_index(&self, by: u32) {
        self.publish(self.newest.index.saturating_sub(by));
    }

    /// Commits a state in which no advisory file contains an advisory.
    pub fn commit_garbage(&mut self) {
        let all = CRATES
            .into_iter()
            .flat_map(|it| self.world.files(it, self.newest.advisories));
        let garbage = |(path, text): (String, Option<String>)| {
            text.map(|_| Change::Write(path, b"<html>a portal</html>".to_vec()))
        };
        let changes: Vec<Change> = all.filter_map(garbage).collect();
        self.commit(&changes);
    }

    /// Restores the newest state, and removes all faults.
    pub fn mend(&self) {
        if let Some(newest) = self.commits.last() {
            self.repository.reset_to(*newest);
        }
        self.publish(self.newest.index);
        for path in self
            .paths_of_repository()
            .into_iter()
            .chain(self.paths_of_index())
        {
            self.host.fault(&path, None);
        }
    }

    /// Returns the paths that a fetch requests.
    #[must_use]
    pub fn paths_of_repository(&self) -> Vec<String> {
        vec![REFS.to_owned(), PACK.to_owned()]
    }

    /// Returns the paths of the index files.
    #[must_use]
    pub fn paths_of_index(&self) -> Vec<String> {
        CRATES
            .iter()
            .map(|it| format!("/index/{}", index_path(it)))
            .collect()
    }

    /// Makes requests to these paths fail with this fault.
    pub fn fault(&self, paths: &[String], fault: &Fault) {
        for path in paths {
            self.host.fault(path, fault.clone());
        }
    }

    fn commit_state(&mut self, state: u32) {
        let all = CRATES
            .into_iter()
            .flat_map(|it| self.world.files(it, state));
        let change = |(path, text): (String, Option<String>)| match text {
            Some(text) => Change::Write(path, text.into_bytes()),
            None => Change::Remove(path),
        };
        let changes: Vec<Change> = all.map(change).collect();
        let commit = self.commit(&changes);
        self.commits.push(commit);
    }

    fn commit(&mut self, changes: &[Change]) -> ObjectId {
        self.commit_count += 1;
        let at = BEGIN + Duration::hours(self.commit_count.into());
        match self.commit_count.is_multiple_of(NEW_HISTORY) {
            true => self.repository.commit_anew(changes, at),
            false => self.repository.commit(changes, at),
        }
    }

    fn publish(&self, state: u32) {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        for krate in CRATES {
            let releases = self.world.releases(krate, state);
            let releases = releases
                .iter()
                .map(|(num, is_yanked)| (num.as_str(), *is_yanked));
            let path = index_path(krate);
            let text = crate::fixture::index_file(&path, &releases.collect::<Vec<_>>());
            index.insert(path, (state, text));
        }
    }
}

/// Answers with an index file, or 304 if the client has it.
async fn file(
    Shared(index): Shared<Index>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = index
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&path)
        .cloned();
    let Some((state, text)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = format!("\"{state}\"");
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|it| it.as_bytes() == tag.as_bytes())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(header::ETAG, tag)], text).into_response()
}
