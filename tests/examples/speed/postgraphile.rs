//! PostGraphile 5, which makes a GraphQL server of a database's tables.

use anyhow::{Context, Result, ensure};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The time limit for its start.
const START: Duration = Duration::from_secs(30);

/// A running PostGraphile, which ends when this is dropped.
pub(crate) struct PostGraphile {
    process: Child,
    pub(crate) url: String,
}

impl PostGraphile {
    /// Starts it over a database, with its own defaults for production.
    pub(crate) async fn start(folder: &Path, database: &str) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let programs = folder.join("node_modules/.bin");
        let mut command = Command::new(programs.join("node"));
        command.arg(std::fs::canonicalize(programs.join("postgraphile"))?);
        command.args(["--preset", "postgraphile/presets/amber"]);
        command.args(["--connection", database, "--host", "127.0.0.1"]);
        command.args(["--port", &port.to_string()]);
        command.current_dir(folder).stdout(Stdio::null());
        command
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production");
        let server = Self {
            process: command.spawn().context("PostGraphile does not run")?,
            url: format!("http://127.0.0.1:{port}/graphql"),
        };
        let begin = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(begin.elapsed() < START, "PostGraphile does not start");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(server)
    }

    /// Returns its process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for PostGraphile {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
