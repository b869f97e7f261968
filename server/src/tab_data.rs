//! The tab's data: the component's own GraphQL document, run in this process or
//! sent to another one's internal door. One document, two transports.

use crate::access::Secrets;
use crate::answer;
use crate::document::Document;
use crate::state::Internal;
use crate::tls;
use async_graphql::Variables;
use reqwest::{Client, RequestBuilder, redirect};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

/// How long another process may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where the tab's data comes from.
#[derive(Clone)]
pub enum TabData {
    /// The schema of this process.
    InProcess(Box<Internal>),
    /// The internal door of another.
    Remote {
        /// The HTTP client.
        client: Client,
        /// The address of `POST /graphql` there.
        url: String,
        /// What opens that door.
        secrets: Secrets,
    },
}

/// Why there is no data for the tab. The cause is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// GraphQL could not be reached in time.
    Unreachable,
    /// It answered with errors, or with something else than the tab's data.
    BadAnswer,
    /// Too many visitors ask at once.
    Overloaded,
}

/// An answer as GraphQL over HTTP has it.
#[derive(Deserialize)]
struct Answer {
    data: Option<ui_component::Data>,
    #[serde(default)]
    errors: Vec<Value>,
}

impl TabData {
    /// The data of another process, at an address or `unix:PATH`, opened with
    /// the newest of the secrets.
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
            return Ok(Self::Remote {
                client: client.unix_socket(url.path().to_owned()).build()?,
                url: "http://localhost/graphql".to_owned(),
                secrets,
            });
        }
        Ok(Self::Remote {
            client: client.build()?,
            url: url.into(),
            secrets,
        })
    }

    /// What the tab shows of this version of this crate; without a version, of
    /// the crate's default version.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn load(
        &self,
        krate: &str,
        version: Option<&str>,
    ) -> Result<ui_component::Data, Unavailable> {
        let variables = json!({ "crate": krate, "version": version });
        let answer = match self {
            Self::InProcess(internal) => run(internal, variables).await,
            Self::Remote {
                client,
                url,
                secrets,
            } => send(client.post(url), secrets, variables).await,
        }?;
        let answer = Answer::deserialize(answer).map_err(|error| {
            tracing::error!(%error, krate, "the tab's data is not what its document asks for");
            Unavailable::BadAnswer
        })?;
        // A name that no crate could have is an answer too: there is no crate.
        let is_fault = |error: &Value| error["extensions"]["code"] != "BAD_CRATE_NAME";
        let is_overload = |error: &Value| error["extensions"]["code"] == "OVERLOADED";
        if answer.errors.iter().any(is_overload) {
            return Err(Unavailable::Overloaded);
        }
        if answer.errors.iter().any(is_fault) {
            tracing::error!(errors = ?answer.errors, krate, "the tab's document failed");
            return Err(Unavailable::BadAnswer);
        }
        answer.data.ok_or(Unavailable::BadAnswer)
    }
}

async fn run(internal: &Internal, variables: Value) -> Result<Value, Unavailable> {
    let Ok(_turn) = internal.turns.tab().await else {
        return Err(Unavailable::Overloaded);
    };
    let document = internal.documents.component();
    let operation_name = Some(ui_component::OPERATION_NAME.to_owned());
    let variables = Variables::from_json(variables);
    let response = answer::run(internal, document, operation_name, variables)
        .await
        .map_err(|refusal| {
            tracing::error!(%refusal, "the tab's document was refused");
            Unavailable::BadAnswer
        })?;
    serde_json::to_value(response).map_err(|error| {
        tracing::error!(%error, "the answer to the tab's document is no JSON");
        Unavailable::BadAnswer
    })
}

async fn send(
    mut request: RequestBuilder,
    secrets: &Secrets,
    variables: Value,
) -> Result<Value, Unavailable> {
    let body = json!({
        "documentId": Document::id_of(ui_component::DOCUMENT),
        "operationName": ui_component::OPERATION_NAME,
        "variables": variables,
    });
    if let Some(secret) = secrets.newest() {
        request = request.bearer_auth(secret);
    }
    let unreachable = |error: reqwest::Error| {
        tracing::error!(%error, "GraphQL cannot be reached");
        Unavailable::Unreachable
    };
    let response = request.json(&body).send().await.map_err(unreachable)?;
    response.json().await.map_err(unreachable)
}
