//! The HTTP client of the exporter. It uses the service's own HTTP and TLS libraries instead
//! of the exporter's.

use crate::tls;
use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// The timeout of a request to the collector.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends batches of spans. The exporter calls the client on a thread without an async
/// runtime, so the client has its own.
#[derive(Debug)]
pub(super) struct Client {
    client: reqwest::Client,
    runtime: Runtime,
}

impl Client {
    pub(super) fn new() -> Result<Self, HttpError> {
        tls::install();
        Ok(Self {
            client: reqwest::Client::builder().timeout(TIMEOUT).build()?,
            runtime: Builder::new_current_thread().enable_all().build()?,
        })
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = async {
            let answer = self.client.execute(request.try_into()?).await?;
            let mut response = Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                headers.clone_from(answer.headers());
            }
            Ok::<_, HttpError>(response.body(answer.bytes().await?)?)
        };
        self.runtime.block_on(answer)
    }
}
