//! All default pages after new data, and visitors meanwhile.

use crate::hits::say;
use crate::memory::crates;
use crate::service::Data;
use crate::{Common, wrk};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

/// Measures the cost of new data.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// The crate whose page visitors request meanwhile
    #[arg(long, default_value = "openssl")]
    krate: String,
    /// The number of concurrent visitors
    #[arg(long, default_value_t = 8)]
    connections: u32,
    /// The duration, in seconds, which must suffice for a sync
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let Some(advisory_db) = &options.common.advisory_db else {
        return say("Without ADVISORY_DB there is no sync to measure.");
    };
    ensure!(wrk::is_installed(), "wrk is not installed");
    let newer = newer(advisory_db)?;
    say("| all default pages | pages | CPU s at the start | CPU s after a sync |")?;
    say("| --- | --- | --- | --- |")?;
    for server in &options.common.server {
        let data = Data::sqlite(&options.common, server)?;
        let service = data.start(&[])?;
        service.settle().await?;
        let start = service.cpu()?;
        ensure!(data.sync(Some(newer.path()))?.wait()?.success(), "no sync");
        // The service notices within a second.
        sleep(Duration::from_secs(2)).await;
        service.settle().await?;
        say(&format!(
            "| {} | {} | {:.2} | {:.2} |",
            server.display(),
            crates(&options.common)?.len(),
            start.as_secs_f64(),
            (service.cpu()? - start).as_secs_f64(),
        ))?;
    }
    let data = Data::sqlite(&options.common, &options.common.server[0])?;
    visitors(options, &data, newer.path()).await
}

/// Measures how long visitors wait for a page that is made already, with a sync
/// and without one.
async fn visitors(options: &Options, data: &Data, newer: &Path) -> Result<()> {
    say("\n| visitors | requests/s | p99 |\n| --- | --- | --- |")?;
    let service = data.start(&[])?;
    service.settle().await?;
    let url = format!("{}/security-tab/{}", service.tab, options.krate);
    let headers = [("accept-encoding", "gzip")];
    let span = Duration::from_secs(options.seconds);
    let quiet = wrk::run(&url, &headers, options.connections, span).await?;
    say(&format!(
        "| no sync | {:.0} | {} |",
        quiet.per_second, quiet.p99
    ))?;

    let sync = async {
        sleep(Duration::from_secs(1)).await;
        let mut sync = data.sync(Some(newer))?;
        let begin = Instant::now();
        let status = spawn_blocking(move || sync.wait()).await??;
        ensure!(status.success(), "the sync failed");
        anyhow::Ok(begin.elapsed())
    };
    let asked = wrk::run(&url, &headers, options.connections, span);
    let (busy, took) = tokio::try_join!(asked, sync)?;
    let what = format!("a sync of {:.1} s by another process", took.as_secs_f64());
    say(&format!(
        "| {what} | {:.0} | {} |",
        busy.per_second, busy.p99
    ))
}

/// Copies an advisory-db and changes one title.
fn newer(advisory_db: &Path) -> Result<TempDir> {
    let copy = TempDir::new()?;
    for part in ["crates", "rust"] {
        for package in fs::read_dir(advisory_db.join(part))? {
            let package = package?;
            let folder = copy.path().join(part).join(package.file_name());
            fs::create_dir_all(&folder)?;
            for file in fs::read_dir(package.path())? {
                let file = file?;
                fs::copy(file.path(), folder.join(file.file_name()))?;
            }
        }
    }
    let folder = copy.path().join("crates/openssl");
    let mut files = fs::read_dir(folder)?;
    let file = files.next().context("openssl has an advisory")??.path();
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replacen("\n# ", "\n# Again: ", 1))?;
    Ok(copy)
}
