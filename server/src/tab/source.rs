//! The source of the tab's data: the component's own GraphQL document, run in this
//! process or sent to the internal door of another one. Both use the same document.

use super::reach::{Reach, STALE};
use super::sample::is_ready;
use crate::catalog::{DataVersion, Edition, Revision};
use crate::engine::{Document, DocumentName, Engine, Question};
use crate::graphql::codes;
use crate::mode::Mode;
use crate::redact;
use crate::secrets::Secrets;
use crate::telemetry::traces;
use crate::tls;
use async_graphql::{ServerError, Variables};
use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Display;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use tracing::Instrument;
use ui_component::marks::{requirement_marks, version_marks};
use ui_component::{Data, data_version};
use url::Url;

/// The timeout of a request to another process.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The time after which an idle connection to another process is closed. It is shorter
/// than the time after which that process closes it, so that no request is sent on a
/// connection that is being closed.
pub(crate) const KEEP_IDLE: Duration = Duration::from_secs(3);

/// The pause between two checks of the version of another process's data.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A document of the component, as it is requested.
struct Own {
    id: String,
    operation_name: &'static str,
}

static TAB: LazyLock<Own> =
    LazyLock::new(|| Own::new(ui_component::DOCUMENT, ui_component::OPERATION_NAME));
static VERSION_MARKS: LazyLock<Own> =
    LazyLock::new(|| Own::new(version_marks::QUERY, version_marks::OPERATION_NAME));
static REQUIREMENT_MARKS: LazyLock<Own> =
    LazyLock::new(|| Own::new(requirement_marks::QUERY, requirement_marks::OPERATION_NAME));
static DATA_VERSION: LazyLock<Own> =
    LazyLock::new(|| Own::new(data_version::QUERY, data_version::OPERATION_NAME));

/// The source of the tab's data.
#[derive(Clone)]
pub enum Source {
    /// The engine of this process.
    InProcess(Engine),
    /// The internal door of another process.
    Remote(Remote),
}

/// The internal door of another process.
#[derive(Clone, Debug)]
pub struct Remote {
    client: Client,
    /// The address of its `POST /graphql`.
    url: String,
    secrets: Secrets,
    reach: Reach,
    version: Arc<watch::Sender<Option<Arc<DataVersion>>>>,
}

/// The data of a tab could not be loaded: GraphQL did not answer in time, or its answer
/// had errors or was not the tab's data. The cause is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

/// An answer of GraphQL over HTTP.
#[derive(Deserialize)]
struct Answer<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Value>,
}

impl Source {
    /// Creates a source from the internal door of another process, at an address or
    /// `unix:PATH`. It sends the newest of the secrets.
    ///
    /// # Errors
    /// Returns an error if the HTTP client cannot be set up.
    pub fn remote(url: Url, secrets: Secrets) -> reqwest::Result<Self> {
        tls::install();
        let client = Client::builder()
            .timeout(TIMEOUT)
            .pool_idle_timeout(KEEP_IDLE)
            .redirect(redirect::Policy::none());
        #[cfg(unix)]
        if url.scheme() == "unix" {
            let client = client.unix_socket(url.path().to_owned()).build()?;
            let url = "http://localhost/graphql".to_owned();
            return Ok(Self::Remote(Remote::new(client, url, secrets)));
        }
        let client = client.build()?;
        Ok(Self::Remote(Remote::new(client, url.into(), secrets)))
    }

    /// Returns the newest known version of the data, or `None` before the first check.
    #[must_use]
    pub fn version(&self) -> Option<Arc<DataVersion>> {
        match self {
            Self::InProcess(engine) => engine.catalog().version(),
            Self::Remote(remote) => remote.version.borrow().clone(),
        }
    }

    /// Waits until there is data to answer from, by the same rule as `/ready`. With
    /// `--graphql-url`, waits until the other process has answered once.
    pub async fn ready(&self, mode: Mode) {
        match self {
            Self::InProcess(engine) => {
                let is_there = |edition: &Option<Arc<Edition>>| {
                    let source = edition.as_ref().and_then(|edition| edition.source);
                    source.is_some_and(|source| is_ready(source, mode))
                };
                // Waiting cannot fail, because the engine holds the sender.
                drop(engine.catalog().editions().wait_for(is_there).await);
            }
            Self::Remote(_) => drop(self.next_version(None).await),
        }
    }

    /// Waits for a version of the data that differs from `last`, and returns it.
    pub(super) async fn next_version(&self, last: Option<&Arc<DataVersion>>) -> Arc<DataVersion> {
        let is_new = |version: &Arc<DataVersion>| Some(version) != last;
        let next = match self {
            Self::InProcess(engine) => {
                let mut editions = engine.catalog().editions();
                let next = |edition: &Option<Arc<Edition>>| {
                    edition
                        .as_ref()
                        .is_some_and(|edition| is_new(&edition.version))
                };
                let edition = editions.wait_for(next).await;
                edition
                    .ok()
                    .and_then(|edition| Some(edition.as_ref()?.version.clone()))
            }
            Self::Remote(remote) => {
                let mut versions = remote.version.subscribe();
                let next =
                    |version: &Option<Arc<DataVersion>>| version.as_ref().is_some_and(is_new);
                let version = versions.wait_for(next).await;
                version.ok().and_then(|version| version.clone())
            }
        };
        match next {
            Some(version) => version,
            // The sender lives as long as this source.
            None => std::future::pending().await,
        }
    }

    /// Returns the crates with an advisory, if this process has the data itself.
    pub(super) async fn crates_with_advisories(&self) -> Vec<String> {
        match self {
            Self::InProcess(engine) => engine.catalog().crates_with_advisories().await,
            Self::Remote(_) => Vec::new(),
        }
    }

    /// Returns true if the version of the data cannot be followed, so that pages may be
    /// older than the data.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        match self {
            Self::InProcess(engine) => engine.catalog().is_lost(),
            Self::Remote(remote) => remote.reach.is_lost() || remote.reach.is_stale(),
        }
    }

    /// Follows the version of the data for as long as the future is awaited.
    pub async fn follow(&self) {
        match self {
            Self::InProcess(engine) => engine.catalog().follow().await,
            Self::Remote(remote) => loop {
                remote.look().await;
                tokio::time::sleep(LOOK_EVERY).await;
            },
        }
    }

    /// Loads the data of a version of a crate, or of the crate's default version. With a
    /// requirement, which must be one that Cargo accepts, also loads the answer to it.
    ///
    /// # Errors
    /// Returns [`Unavailable`].
    pub async fn load(
        &self,
        krate: &str,
        version: Option<&str>,
        req: Option<&str>,
    ) -> Result<Data, Unavailable> {
        let variables = match req {
            None => json!({ "crate": krate, "version": version }),
            Some(req) => {
                json!({ "crate": krate, "version": version, "req": req, "isReqAsked": true })
            }
        };
        self.ask(&TAB, variables).await
    }

    /// Loads the data of the marks on a list of a crate's versions.
    ///
    /// # Errors
    /// Returns [`Unavailable`].
    pub async fn version_marks(
        &self,
        krate: &str,
    ) -> Result<version_marks::ResponseData, Unavailable> {
        self.ask(&VERSION_MARKS, json!({ "crate": krate })).await
    }

    /// Loads the data of the marks on a list of dependencies: crates and requirements.
    ///
    /// # Errors
    /// Returns [`Unavailable`].
    pub async fn requirement_marks(
        &self,
        rows: &[(String, String)],
    ) -> Result<requirement_marks::ResponseData, Unavailable> {
        let row = |(krate, req): &(String, String)| json!({ "crate": krate, "req": req });
        let on: Vec<Value> = rows.iter().map(row).collect();
        self.ask(&REQUIREMENT_MARKS, json!({ "on": on })).await
    }

    async fn ask<T: DeserializeOwned + MadeOf>(
        &self,
        own: &Own,
        variables: Value,
    ) -> Result<T, Unavailable> {
        match self {
            Self::InProcess(engine) => run(engine, own, variables).await,
            Self::Remote(remote) => remote.load(own, variables).await,
        }
    }
}

impl Own {
    fn new(document: &str, operation_name: &'static str) -> Self {
        Self {
            id: Document::id_of(document),
            operation_name,
        }
    }
}

async fn run<T: DeserializeOwned>(
    engine: &Engine,
    own: &Own,
    variables: Value,
) -> Result<T, Unavailable> {
    let question = Question {
        document: DocumentName::Id(&own.id),
        operation_name: Some(own.operation_name),
        variables: Variables::from_json(variables),
        queries_only: true,
    };
    let answer = engine
        .answer(question)
        .await
        .map_err(|refusal| {
            tracing::debug!(error = %refusal, document = own.operation_name, "a document of the tab was refused");
            Unavailable
        })?;
    let code = |error: &ServerError| {
        let extensions = error.extensions.as_ref()?;
        match extensions.get("code")? {
            async_graphql::Value::String(code) => Some(code.clone()),
            _ => None,
        }
    };
    check(answer.response.errors.iter().map(code))?;
    async_graphql::from_value(answer.response.data).map_err(|error| bad_answer(&error))
}

impl Remote {
    fn new(client: Client, url: String, secrets: Secrets) -> Self {
        Self {
            client,
            url,
            secrets,
            version: Arc::new(watch::Sender::new(None)),
            reach: Reach::default(),
        }
    }

    async fn load<T: DeserializeOwned + MadeOf>(
        &self,
        own: &Own,
        variables: Value,
    ) -> Result<T, Unavailable> {
        // While GraphQL is known to be unreachable, waiting for it would only delay
        // visitors. The next check notices when it is back.
        if self.reach.is_lost() {
            return Err(Unavailable);
        }
        let data: T = self.ask(own, variables).await?;
        self.found(&data.version())?;
        Ok(data)
    }

    /// Checks which version of the data the other process has.
    async fn look(&self) {
        let answer = self.ask(&DATA_VERSION, Value::Null).await;
        let Ok::<data_version::ResponseData, _>(answer) = answer else {
            return;
        };
        let version = answer.version();
        if self.found(&version).is_err() {
            return;
        }
        self.version.send_if_modified(|last| {
            let is_new = last.as_deref() != Some(&version);
            if is_new {
                *last = Some(Arc::new(version));
            }
            is_new
        });
    }

    /// Records that data was found. A process that has lost its data, as with a database
    /// that was emptied, counts as unreachable.
    fn found(&self, version: &DataVersion) -> Result<(), Unavailable> {
        let had_data = |known: &Arc<DataVersion>| known.revision.number > 0;
        if version.revision.number == 0 && self.version.borrow().as_ref().is_some_and(had_data) {
            self.reach.lost(&"it had data and now has none");
            return Err(Unavailable);
        }
        self.reach.found();
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        own: &Own,
        variables: Value,
    ) -> Result<T, Unavailable> {
        let span = tracing::debug_span!("ask", operation = own.operation_name);
        self.send(own, variables).instrument(span).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        own: &Own,
        variables: Value,
    ) -> Result<T, Unavailable> {
        let body = json!({
            "documentId": own.id,
            "operationName": own.operation_name,
            "variables": variables,
        });
        let mut headers = HeaderMap::new();
        traces::send_on(&mut headers);
        let mut request = self.client.post(&self.url).headers(headers).json(&body);
        if let Some(secret) = self.secrets.newest() {
            request = request.bearer_auth(secret);
        }
        let lost = |error: &dyn Display| {
            self.reach.lost(&redact::text(&error.to_string()));
            Unavailable
        };
        let answer = async {
            let response = request.send().await?;
            let is_stale = response.headers().contains_key(&STALE.0);
            Ok((is_stale, response.bytes().await?))
        };
        let answer: reqwest::Result<(bool, Bytes)> = answer.await;
        let (is_stale, answer) = answer.map_err(|error| lost(&error))?;
        // A proxy in between may answer instead of GraphQL.
        let answer: Answer<T> = serde_json::from_slice(&answer).map_err(|error| lost(&error))?;
        self.reach.set_stale(is_stale);
        let code = |error: &Value| Some(error["extensions"]["code"].as_str()?.to_owned());
        let data =
            check(answer.errors.iter().map(code)).and_then(|()| answer.data.ok_or(Unavailable));
        if data.is_err() {
            // It is reachable, although it does not answer with data.
            self.reach.found();
        }
        data
    }
}

/// Checks the codes of an answer's errors. `BAD_CRATE_NAME` is not a failure: the tab
/// says that no crate can have this name.
fn check(mut codes: impl Iterator<Item = Option<String>>) -> Result<(), Unavailable> {
    let fault = codes.find(|code| code.as_deref() != Some(codes::BAD_CRATE_NAME));
    match fault {
        None => Ok(()),
        Some(code) => {
            tracing::debug!(?code, "the tab's document failed");
            Err(Unavailable)
        }
    }
}

fn bad_answer(error: &dyn Display) -> Unavailable {
    tracing::error!(%error, "the answer does not match the tab's document");
    Unavailable
}

/// An answer to a document of the tab, which names the version of the data from which it
/// was made.
pub(super) trait MadeOf {
    fn version(&self) -> DataVersion;
}

// Each document has its own types.
macro_rules! made_of {
    ($($answer:ty),*) => {
        $(impl MadeOf for $answer {
            fn version(&self) -> DataVersion {
                let status = &self.data_status;
                DataVersion {
                    revision: Revision {
                        number: status.revision.try_into().unwrap_or_default(),
                        id: status.revision_id.as_deref().map(Into::into),
                    },
                    commit: status.commit.clone(),
                    is_stale: status.is_stale,
                }
            }
        })*
    };
}

made_of!(
    Data,
    data_version::ResponseData,
    version_marks::ResponseData,
    requirement_marks::ResponseData
);
