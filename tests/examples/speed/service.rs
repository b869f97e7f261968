//! The service as it is shipped, over a database of its own.

use crate::{Common, process};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::time::sleep;

/// A database into which a service has synced, to start the service over it.
pub(crate) struct Data {
    server: PathBuf,
    options: Common,
    database: String,
    folder: TempDir,
}

/// A running service, which ends when this is dropped.
pub(crate) struct Service {
    process: Child,
    /// The address of the tab door.
    pub(crate) tab: String,
    /// The address of the internal door.
    pub(crate) internal: String,
    /// The time from its start to its first readiness.
    pub(crate) started_in: Duration,
}

impl Data {
    /// Syncs into an SQLite file. Each service has its own, because their tables may
    /// differ.
    pub(crate) fn sqlite(options: &Common, server: &Path) -> Result<Self> {
        let folder = TempDir::new()?;
        let database = format!("sqlite:{}", folder.path().join("speed.db").display());
        Self::synced(options, server, database, folder)
    }

    /// Syncs into another database.
    pub(crate) fn at(options: &Common, server: &Path, database: String) -> Result<Self> {
        Self::synced(options, server, database, TempDir::new()?)
    }

    fn synced(options: &Common, server: &Path, database: String, folder: TempDir) -> Result<Self> {
        let data = Self {
            server: server.to_owned(),
            options: options.clone(),
            database,
            folder,
        };
        let status = data.sync(data.options.advisory_db.as_deref())?.wait()?;
        ensure!(status.success(), "the sync failed");
        Ok(data)
    }

    /// Begins another process's sync from this advisory-db.
    pub(crate) fn sync(&self, advisory_db: Option<&Path>) -> Result<Child> {
        let mut command = self.command("sync", advisory_db)?;
        let child = command.stdout(Stdio::null()).spawn();
        child.context("the sync does not run")
    }

    /// Starts the service, with these options. It does not sync by itself.
    pub(crate) fn start(&self, more: &[&str]) -> Result<Service> {
        let begin = Instant::now();
        let mut command = self.command("serve", self.options.advisory_db.as_deref())?;
        command.args(["--tab-addr", "127.0.0.1:0", "--graphql-addr", "127.0.0.1:0"]);
        command.args(["--sync-every", "100000"]).args(more);
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let said = process.stdout.take().context("no standard output")?;
        let mut service = Service {
            process,
            tab: String::new(),
            internal: String::new(),
            started_in: Duration::ZERO,
        };
        for line in BufReader::new(said).lines() {
            let line = line?;
            let Some(address) = line.split_whitespace().find(|it| it.starts_with("http://")) else {
                continue;
            };
            let origin: Vec<&str> = address.split('/').take(3).collect();
            let origin = origin.join("/");
            match service.internal.is_empty() {
                true => service.internal = origin,
                false => service.tab = origin,
            }
            if !service.tab.is_empty() {
                service.started_in = begin.elapsed();
                return Ok(service);
            }
        }
        bail!("{} does not start", self.server.display())
    }

    fn command(&self, what: &str, advisory_db: Option<&Path>) -> Result<Command> {
        let server = absolute(&self.server)?;
        ensure!(
            server.is_file(),
            "{} is missing: cargo build --release -p server",
            server.display()
        );
        let mut command = Command::new(server);
        command.current_dir(self.folder.path()).arg(what);
        command.env("RUST_LOG", "error");
        command.args(["--database-url", &self.database]);
        let advisory_db = match advisory_db {
            Some(folder) => absolute(folder)?,
            None => "sample".into(),
        };
        command.arg("--advisory-db").arg(advisory_db);
        if let Some(index) = &self.options.index {
            command.arg("--index").arg(absolute(index)?);
        }
        if self.options.all_crates {
            command.arg("--all-crates");
        }
        Ok(command)
    }
}

impl Service {
    /// Waits until it is idle: after its start it makes every default page anew.
    pub(crate) async fn settle(&self) -> Result<()> {
        let mut before = self.cpu()?;
        loop {
            sleep(Duration::from_millis(500)).await;
            let now = self.cpu()?;
            if now - before < Duration::from_millis(20) {
                return Ok(());
            }
            before = now;
        }
    }

    /// Returns the CPU time so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        process::cpu(self.process.id())
    }

    /// Returns the resident memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        process::memory(self.process.id())
    }

    /// Returns its process id.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is not a path", path.display()))
}
