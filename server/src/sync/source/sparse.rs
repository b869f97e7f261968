//! Reads the index over HTTP, by Cargo's sparse protocol: a file for each crate,
//! sent only if it differs from the known one.

use crate::domain::crate_name::CrateName;
use crate::redact;
use crate::sync::parse::index_file::{FileState, KnownFile, MAX_SIZE, parse_for};
use crate::sync::report::SkipReason;
use crate::sync::source::network::{Network, NetworkError};
use backon::{ExponentialBuilder, Retryable};
use reqwest::{Client, Response, StatusCode, header};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tame_index::index::FileLock;
use tame_index::index::sparse::HttpRevision;
use tame_index::{IndexLocation, IndexPath, IndexUrl, KrateName, SparseIndex};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The number of concurrent requests.
const AT_ONCE: usize = 16;

/// The number of consecutive failures after which the remaining crates are not
/// requested.
const MAX_FAILURES: usize = 32;

/// A sparse index.
#[derive(Clone)]
pub struct Sparse {
    index: Arc<SparseIndex>,
}

/// The reason why an index cannot be used. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum NotAnIndex {
    /// The address does not begin with `sparse+https:`.
    #[error("{0} is not a sparse index; use the form `sparse+https://…`")]
    NotSparse(String),
    /// Cargo's configuration replaces crates.io by a kind of index that is not
    /// supported, or the configuration cannot be read.
    #[error("cargo's configuration does not name a usable index: {0}")]
    Configuration(String),
}

/// The failure of a request; a passing one is worth another attempt.
enum Failure {
    Passing,
    Lasting,
}

impl fmt::Debug for Sparse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sparse({self})")
    }
}

impl fmt::Display for Sparse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact::url(self.index.url()))
    }
}

impl Sparse {
    /// Returns the index at this address, which begins with `sparse+`.
    ///
    /// # Errors
    /// Returns [`NotAnIndex`].
    pub fn at(url: &str) -> Result<Self, NotAnIndex> {
        let location = IndexLocation {
            url: IndexUrl::from(url),
            // Nothing is cached on disk, because the database has the known state.
            root: IndexPath::Exact("unused".into()),
            cargo_version: None,
        };
        let index = SparseIndex::new(location);
        let index = index.map_err(|_| NotAnIndex::NotSparse(redact::url(url)))?;
        Ok(Self {
            index: Arc::new(index),
        })
    }

    /// Reads the index files of these crates, in their order.
    pub(in crate::sync) async fn read_all(
        &self,
        names: &[CrateName],
        known: &[KnownFile],
    ) -> Result<Vec<FileState>, NetworkError> {
        let client = Network::of_cargo().client()?;
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        let failures = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for (place, (name, known)) in names.iter().zip(known).enumerate() {
            let (index, client) = (self.clone(), client.clone());
            let (permits, failures) = (permits.clone(), failures.clone());
            let (name, known) = (name.clone(), known.clone());
            tasks.spawn(async move {
                let _permit = permits.acquire().await;
                if failures.load(Ordering::Relaxed) >= MAX_FAILURES {
                    return (place, FileState::Skipped(SkipReason::IndexUnreachable));
                }
                let read = index.read(&client, &name, &known).await;
                match read {
                    FileState::Skipped(_) => {
                        failures.fetch_add(1, Ordering::Relaxed);
                    }
                    _ => failures.store(0, Ordering::Relaxed),
                }
                (place, read)
            });
        }
        let mut reads: Vec<Option<FileState>> = names.iter().map(|_| None).collect();
        while let Some(task) = tasks.join_next().await {
            if let Ok((place, read)) = task {
                reads[place] = Some(read);
            }
        }
        let unread = || FileState::Skipped(SkipReason::IndexUnreachable);
        Ok(reads
            .into_iter()
            .map(|read| read.unwrap_or_else(unread))
            .collect())
    }

    async fn read(&self, client: &Client, name: &CrateName, known: &KnownFile) -> FileState {
        let ask = || self.ask(client, name, known);
        let patience = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_jitter()
            .with_max_times(3);
        let answer = ask
            .retry(patience)
            .when(|failure| matches!(failure, Failure::Passing))
            .await;
        answer.unwrap_or(FileState::Skipped(SkipReason::IndexUnreachable))
    }

    async fn ask(
        &self,
        client: &Client,
        name: &CrateName,
        known: &KnownFile,
    ) -> Result<FileState, Failure> {
        let krate = KrateName::crates_io(name.as_str()).map_err(|_| Failure::Lasting)?;
        let etag = HttpRevision::Etag(known.etag.as_deref().unwrap_or_default());
        let request = self
            .index
            .make_remote_request(krate, Some(etag), &FileLock::unlocked())
            .map_err(|_| Failure::Lasting)?;
        let headers = request.headers.into_iter();
        let response = client
            .get(request.uri)
            .headers(headers.filter(|(_, value)| !value.is_empty()).collect())
            .send()
            .await
            .map_err(|error| failed(name, &error))?;
        match response.status() {
            StatusCode::OK => read_body(response, name, known).await,
            StatusCode::NOT_MODIFIED => Ok(FileState::Unchanged(known.etag.clone())),
            // The statuses that mean "no such crate" to Cargo.
            StatusCode::NOT_FOUND
            | StatusCode::GONE
            | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => Ok(FileState::Missing),
            status => {
                let krate = name.as_str();
                tracing::warn!(krate, %status, "the index refused the request for the crate {krate}");
                let is_passing = status.is_server_error()
                    || status == StatusCode::TOO_MANY_REQUESTS
                    || status == StatusCode::REQUEST_TIMEOUT;
                Err(if is_passing {
                    Failure::Passing
                } else {
                    Failure::Lasting
                })
            }
        }
    }
}

async fn read_body(
    mut response: Response,
    name: &CrateName,
    known: &KnownFile,
) -> Result<FileState, Failure> {
    let etag = response.headers().get(header::ETAG);
    let etag = etag.and_then(|etag| etag.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(name, &error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() as u64 > MAX_SIZE {
            return Ok(FileState::Skipped(SkipReason::TooLarge));
        }
    }
    Ok(parse_for(name, &body, known, etag))
}

fn failed(name: &CrateName, error: &reqwest::Error) -> Failure {
    let error = redact::text(&error.to_string());
    let krate = name.as_str();
    tracing::warn!(krate, error, "cannot reach the index for the crate {krate}");
    Failure::Passing
}
