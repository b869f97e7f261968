//! A client that sends one request after another.

use crate::service::Service;
use anyhow::{Context, Result, ensure};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// A client with a connection that stays open.
pub(crate) struct Client(reqwest::Client);

impl Client {
    pub(crate) fn new() -> Result<Self> {
        // The client cannot be built without it, even for plain HTTP.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30));
        Ok(Self(client.build()?))
    }

    /// Requests a page as a browser does, and reads it. A page that is not found
    /// is accepted.
    pub(crate) async fn page(&self, url: &str) -> Result<()> {
        let request = self.0.get(url).header("accept-encoding", "gzip");
        let response = request.send().await?;
        let status = response.status();
        let is_page = status.is_success() || status == StatusCode::NOT_FOUND;
        ensure!(is_page, "{url} answers {status}");
        response.bytes().await?;
        Ok(())
    }

    /// Returns the answer's bytes as they are sent, and its headers.
    pub(crate) async fn get(
        &self,
        url: &str,
        headers: &[(&str, &str)],
    ) -> Result<reqwest::Response> {
        let mut request = self.0.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(request.send().await?)
    }

    /// Returns the answer to a GraphQL query.
    pub(crate) async fn query(&self, url: &str, query: &str) -> Result<Value> {
        let request = self.0.post(url).json(&json!({ "query": query }));
        let answer: Value = request.send().await?.json().await?;
        ensure!(answer["errors"].is_null(), "{}", answer["errors"]);
        Ok(answer["data"].clone())
    }

    /// Returns every published version of a crate, from a service that runs with
    /// `--dev`.
    pub(crate) async fn versions(&self, service: &Service, krate: &str) -> Result<Vec<String>> {
        let query = format!(
            "{{ crate(name: {krate:?}) {{ versions(first: 1000) {{ nodes {{ num }} }} }} }}"
        );
        let url = format!("{}/graphql", service.internal);
        let data = self.query(&url, &query).await?;
        let nodes = data["crate"]["versions"]["nodes"].as_array();
        let nodes = nodes.context("no versions")?.iter();
        Ok(nodes
            .filter_map(|node| Some(node["num"].as_str()?.to_owned()))
            .collect())
    }
}
