//! wrk, which sends requests as fast as they are answered.

use anyhow::{Context, Result, ensure};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The results of a measurement.
pub(crate) struct Measured {
    pub(crate) requests: f64,
    pub(crate) per_second: f64,
    pub(crate) p99: String,
}

/// Returns true if it is installed.
pub(crate) fn is_installed() -> bool {
    let mut version = Command::new("wrk");
    version
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Its exit code is 1.
    version.status().is_ok()
}

/// Requests a URL with these headers over this many connections. Runs on its own
/// thread, so that others can work meanwhile.
pub(crate) async fn run(
    url: &str,
    headers: &[(&str, &str)],
    connections: u32,
    span: Duration,
) -> Result<Measured> {
    let mut command = Command::new("wrk");
    command.args(["-t1", "--latency", &format!("-c{connections}")]);
    command.arg(format!("-d{}s", span.as_secs()));
    for (name, value) in headers {
        command.args(["-H", &format!("{name}: {value}")]);
    }
    command.arg(url);
    let ran = tokio::task::spawn_blocking(move || command.output()).await?;
    let said = String::from_utf8(ran.context("wrk does not run")?.stdout)?;
    ensure!(
        !said.contains("Non-2xx"),
        "{url} was answered with errors:\n{said}"
    );
    parse(&said).with_context(|| format!("wrk said:\n{said}"))
}

fn parse(said: &str) -> Option<Measured> {
    let line = |start: &str| {
        said.lines()
            .find_map(|line| line.trim().strip_prefix(start))
    };
    let mut lines = said.lines();
    let requests = lines.find_map(|line| line.trim().split_once(" requests in "))?;
    Some(Measured {
        requests: requests.0.parse().ok()?,
        per_second: line("Requests/sec:")?.trim().parse().ok()?,
        p99: line("99%")?.trim().to_owned(),
    })
}
