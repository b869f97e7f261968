//! The command `health`: checks a running service over HTTP. It serves container images
//! without an HTTP client.

use crate::tls;
use reqwest::{Client, StatusCode, redirect};
use std::error::Error;
use std::iter::successors;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use url::Url;

/// The timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The pause between two attempts.
const AGAIN: Duration = Duration::from_millis(200);

/// The maximum length of the part of an answer that is shown, in characters.
const SHOWN: usize = 200;

/// The reason why the service is not healthy. Its message is for operators.
#[derive(Debug, thiserror::Error)]
pub enum HealthError {
    /// The service does not answer.
    #[error("cannot reach {url}: {cause}; is the service running there?")]
    Unreachable {
        /// The URL that was requested.
        url: String,
        /// The cause, such as a refused connection.
        cause: String,
    },
    /// The status of the answer is not 200.
    #[error("{url} answers {status}: {body}")]
    Status {
        /// The URL that was requested.
        url: String,
        /// The status of the answer.
        status: StatusCode,
        /// The beginning of the answer's body.
        body: String,
    },
    /// The HTTP client cannot be created.
    #[error("cannot create the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Requests `url` and returns a readable line if the answer is 200. Retries for as long as
/// `patience`.
///
/// `unix:PATH` requests `/ready` on that socket. Without `url`, requests the stylesheet of
/// the tab door, which the service serves even without data.
///
/// # Errors
/// Returns the [`HealthError`] of the last attempt.
pub async fn check_health(
    url: Option<Url>,
    tab_addr: SocketAddr,
    patience: Duration,
) -> Result<String, HealthError> {
    tls::install();
    // Connect directly: a configured proxy may not reach this machine.
    let client = Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .redirect(redirect::Policy::none());
    let (client, url) = match url {
        #[cfg(unix)]
        Some(url) if url.scheme() == "unix" => {
            let client = client.unix_socket(url.path().to_owned());
            (client, "http://localhost/ready".to_owned())
        }
        Some(url) => (client, url.into()),
        None => (client, stylesheet(tab_addr)),
    };
    let (client, begin) = (client.build()?, Instant::now());
    loop {
        match ask(&client, &url).await {
            Err(_) if begin.elapsed() + AGAIN < patience => sleep(AGAIN).await,
            answer => return answer,
        }
    }
}

async fn ask(client: &Client, url: &str) -> Result<String, HealthError> {
    let unreachable = |error: reqwest::Error| {
        let causes = successors(Some(&error as &dyn Error), |error| (*error).source());
        HealthError::Unreachable {
            url: url.to_owned(),
            cause: causes.last().map(ToString::to_string).unwrap_or_default(),
        }
    };
    let answer = client.get(url).send().await.map_err(unreachable)?;
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(format!("{url} answers {status}\n"));
    }
    let body = answer.text().await.map_err(unreachable)?;
    Err(HealthError::Status {
        url: url.to_owned(),
        status,
        body: body.chars().take(SHOWN).collect(),
    })
}

/// Returns the URL of the tab door's stylesheet. Uses loopback for a door that listens on all
/// addresses.
fn stylesheet(mut tab_addr: SocketAddr) -> String {
    match tab_addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => tab_addr.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => tab_addr.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    format!("http://{tab_addr}/security-tab.css")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_on_every_address_is_asked_on_loopback() {
        for (addr, expect) in [
            ("127.0.0.1:4001", "http://127.0.0.1:4001/security-tab.css"),
            ("0.0.0.0:4001", "http://127.0.0.1:4001/security-tab.css"),
            ("[::]:4001", "http://[::1]:4001/security-tab.css"),
            ("10.0.0.21:4001", "http://10.0.0.21:4001/security-tab.css"),
        ] {
            assert_eq!(stylesheet(addr.parse().expect("an address")), expect);
        }
    }
}
