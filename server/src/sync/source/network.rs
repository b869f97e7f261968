//! Outgoing HTTP as Cargo does it: its proxy and its certificates.

use crate::redact;
use crate::tls;
use cargo_config2::Config;
use reqwest::{Certificate, Proxy};
use std::path::PathBuf;
use std::time::Duration;

/// The timeout of a connection attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The timeout of a request, to the end of its answer.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The value of the `User-Agent` header.
pub(in crate::sync) const USER_AGENT: &str =
    concat!("crates-io-security/", env!("CARGO_PKG_VERSION"));

/// Cargo's settings for HTTP. The system provides the rest: `HTTPS_PROXY` and
/// the like, and the system's certificates.
#[derive(Clone, Debug, Default)]
pub(in crate::sync) struct Network {
    /// Cargo's `http.proxy`.
    proxy: Option<String>,
    /// Cargo's `http.cainfo`.
    cainfo: Option<PathBuf>,
}

/// The reason why an HTTP client could not be set up.
#[derive(Debug, thiserror::Error)]
pub(in crate::sync) enum NetworkError {
    #[error("cannot read cargo's http.cainfo: {0}")]
    Certificates(#[from] std::io::Error),
    #[error("cannot use cargo's http.proxy or http.cainfo: {0}")]
    Client(#[from] reqwest::Error),
}

impl Network {
    /// Reads Cargo's configuration for the current folder. A configuration that
    /// cannot be read counts as empty.
    pub(in crate::sync) fn of_cargo() -> Self {
        match Config::load() {
            Ok(config) => Self {
                proxy: config.http.proxy,
                cainfo: config.http.cainfo.map(PathBuf::from),
            },
            Err(error) => {
                let error = redact::text(&error.to_string());
                tracing::warn!(error, "cannot read cargo's configuration; ignoring it");
                Self::default()
            }
        }
    }

    /// Makes a client for many concurrent requests.
    pub(in crate::sync) fn client(&self) -> Result<reqwest::Client, NetworkError> {
        tls::install();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .tls_certs_merge(self.certificates()?);
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(Proxy::all(proxy)?);
        }
        Ok(builder.build()?)
    }

    /// Configures the client that git uses in the same way.
    pub(in crate::sync) fn configure(
        &self,
        builder: reqwest::blocking::ClientBuilder,
    ) -> Result<reqwest::blocking::ClientBuilder, NetworkError> {
        tls::install();
        let builder = builder
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .tls_certs_merge(self.certificates()?);
        match &self.proxy {
            Some(proxy) => Ok(builder.proxy(Proxy::all(proxy)?)),
            None => Ok(builder),
        }
    }

    fn certificates(&self) -> Result<Vec<Certificate>, NetworkError> {
        match &self.cainfo {
            Some(path) => Ok(Certificate::from_pem_bundle(&std::fs::read(path)?)?),
            None => Ok(Vec::new()),
        }
    }
}
