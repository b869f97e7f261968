//! The source of the tab's data: the component's own GraphQL document, run in
//! this process or sent to another one's internal door. One document, two
//! transports.

use super::reach::Reach;
use crate::engine::{Document, Engine, Question, Refusal};
use crate::graphql::codes;
use crate::secrets::Secrets;
use crate::tls;
use async_graphql::{ServerError, Variables};
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use ui_component::Data;
use url::Url;

/// The time that another process may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

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
    /// The address of `POST /graphql` there.
    url: String,
    secrets: Secrets,
    reach: Reach,
}

/// The reason why there is no data for the tab. The cause is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// GraphQL did not answer in time, or had errors or something else than the
    /// tab's data to say.
    Failed,
    /// Too many visitors ask at once.
    Overloaded,
}

/// An answer as GraphQL over HTTP has it.
#[derive(Deserialize)]
struct Answer {
    data: Option<Data>,
    #[serde(default)]
    errors: Vec<Value>,
}

impl Source {
    /// The internal door of another process, at an address or `unix:PATH`, opened
    /// with the newest of the secrets.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn remote(url: Url, secrets: Secrets) -> reqwest::Result<Self> {
        tls::install();
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none());
        #[cfg(unix)]
        if url.scheme() == "unix" {
            return Ok(Self::Remote(Remote {
                client: client.unix_socket(url.path().to_owned()).build()?,
                url: "http://localhost/graphql".to_owned(),
                secrets,
                reach: Reach::default(),
            }));
        }
        Ok(Self::Remote(Remote {
            client: client.build()?,
            url: url.into(),
            secrets,
            reach: Reach::default(),
        }))
    }

    /// The data of a version of a crate; without a version, of the crate's
    /// default version.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn load(&self, krate: &str, version: Option<&str>) -> Result<Data, Unavailable> {
        let variables = json!({ "crate": krate, "version": version });
        match self {
            Self::InProcess(engine) => run(engine, krate, variables).await,
            Self::Remote(remote) => remote.send(krate, variables).await,
        }
    }
}

async fn run(engine: &Engine, krate: &str, variables: Value) -> Result<Data, Unavailable> {
    let question = Question {
        document: engine.documents().component(),
        operation_name: Some(ui_component::OPERATION_NAME),
        variables: Variables::from_json(variables),
        queries_only: true,
    };
    let answer = engine
        .answer(question)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Overloaded => Unavailable::Overloaded,
            refusal => {
                tracing::debug!(%refusal, krate, "the tab's document was refused");
                Unavailable::Failed
            }
        })?;
    let code = |error: &ServerError| {
        let extensions = error.extensions.as_ref()?;
        match extensions.get("code")? {
            async_graphql::Value::String(code) => Some(code.clone()),
            _ => None,
        }
    };
    check(krate, answer.errors.iter().map(code))?;
    async_graphql::from_value(answer.data).map_err(|error| bad_answer(krate, &error))
}

impl Remote {
    async fn send(&self, krate: &str, variables: Value) -> Result<Data, Unavailable> {
        let body = json!({
            "documentId": Document::id_of(ui_component::DOCUMENT),
            "operationName": ui_component::OPERATION_NAME,
            "variables": variables,
        });
        let mut request = self.client.post(&self.url);
        if let Some(secret) = self.secrets.newest() {
            request = request.bearer_auth(secret);
        }
        let request = request.json(&body);
        let answer = async { request.send().await?.json::<Value>().await };
        let answer = answer.await.map_err(|error| {
            self.reach.lost(&error);
            Unavailable::Failed
        })?;
        self.reach.found();
        let answer = Answer::deserialize(answer).map_err(|error| bad_answer(krate, &error))?;
        let code = |error: &Value| Some(error["extensions"]["code"].as_str()?.to_owned());
        check(krate, answer.errors.iter().map(code))?;
        answer.data.ok_or(Unavailable::Failed)
    }
}

/// Checks the codes of an answer's errors. A name that no crate could have is an
/// answer too: there is no crate.
fn check(krate: &str, mut codes: impl Iterator<Item = Option<String>>) -> Result<(), Unavailable> {
    let fault = codes.find(|code| code.as_deref() != Some(codes::BAD_CRATE_NAME));
    match fault {
        None => Ok(()),
        Some(Some(code)) if code == codes::OVERLOADED => Err(Unavailable::Overloaded),
        Some(code) => {
            tracing::debug!(?code, krate, "the tab's document failed");
            Err(Unavailable::Failed)
        }
    }
}

fn bad_answer(krate: &str, error: &dyn std::fmt::Display) -> Unavailable {
    tracing::error!(%error, krate, "the answer is not what the tab's document asks for");
    Unavailable::Failed
}
