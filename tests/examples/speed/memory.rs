//! Memory, after every page of every version of every crate, twice.

use crate::Common;
use crate::client::Client;
use crate::hits::say;
use crate::service::{Data, Service};
use anyhow::{Context, Result};
use std::fs;

pub(crate) async fn measure(options: &Common) -> Result<()> {
    let data = Data::sqlite(options, &options.server[0])?;
    let client = Client::new()?;
    let crates = crates(options)?;
    let mut paths = Vec::new();
    {
        let service = data.start(&["--dev"])?;
        for krate in &crates {
            paths.push(krate.clone());
            let versions = client.versions(&service, krate).await?;
            paths.extend(versions.iter().map(|num| format!("{krate}/{num}")));
        }
    }
    say("| server | start, s | at the start, MB | pages | once | twice | CPU s, once | twice |")?;
    say("| --- | --- | --- | --- | --- | --- | --- | --- |")?;
    for server in &options.server {
        let data = Data::sqlite(options, server)?;
        let service = data.start(&[])?;
        let before = service.memory()?;
        service.settle().await?;
        let mut figures = Vec::new();
        for _ in 0..2 {
            let begin = service.cpu()?;
            ask(&client, &service, &paths).await?;
            figures.push((service.memory()?, service.cpu()? - begin));
        }
        let [once, twice] = [0, 1].map(|place: usize| figures[place]);
        say(&format!(
            "| {} | {:.2} | {:.0} | {} | {:.0} | {:.0} | {:.2} | {:.2} |",
            server.display(),
            service.started_in.as_secs_f64(),
            megabytes(before),
            paths.len(),
            megabytes(once.0),
            megabytes(twice.0),
            once.1.as_secs_f64(),
            twice.1.as_secs_f64(),
        ))?;
    }
    Ok(())
}

/// Returns the crates with an advisory.
pub(crate) fn crates(options: &Common) -> Result<Vec<String>> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/sample/advisory-db");
    let folder = options.advisory_db.clone();
    let folder = folder.unwrap_or_else(|| sample.into()).join("crates");
    let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// Requests these pages, one after another.
async fn ask(client: &Client, service: &Service, paths: &[String]) -> Result<()> {
    for path in paths {
        let url = format!("{}/security-tab/{}", service.tab, path.replace('+', "%2B"));
        client.page(&url).await?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
