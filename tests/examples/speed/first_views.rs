//! Pages that are not made yet: CPU time of each.

use crate::Common;
use crate::client::Client;
use crate::hits::{median, say};
use crate::service::Data;
use anyhow::Result;
use clap::Args;

/// Measures first views.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// The crates; every version of each is requested once
    #[arg(long = "krate", default_values = ["openssl", "wasmtime"])]
    krates: Vec<String>,
    /// The number of requested crates that nobody published
    #[arg(long, default_value_t = 2000)]
    unknown: usize,
    /// The number of rounds, each over a service that was just started
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let servers = options.common.server.iter();
    let data = servers.map(|server| Data::sqlite(&options.common, server));
    let data = data.collect::<Result<Vec<_>>>()?;
    let client = Client::new()?;
    let mut parts = Vec::new();
    {
        let service = data[0].start(&["--dev"])?;
        for krate in &options.krates {
            let versions = client.versions(&service, krate).await?;
            let paths = versions.iter().map(|num| format!("{krate}/{num}"));
            parts.push((format!("every version of {krate}"), paths.collect()));
        }
    }
    let names = (0..options.unknown).map(|number| format!("nobody-published-{number}"));
    parts.push((
        "crates that nobody published".to_owned(),
        names.collect::<Vec<_>>(),
    ));

    say("| first views | server | pages | CPU ms each | least | most |")?;
    say("| --- | --- | --- | --- | --- | --- |")?;
    for (name, paths) in &parts {
        let servers = &options.common.server;
        let mut figures = vec![Vec::new(); servers.len()];
        for _ in 0..options.rounds {
            for (data, figures) in data.iter().zip(&mut figures) {
                figures.push(round(data, &client, paths).await?);
            }
        }
        for (server, figures) in servers.iter().zip(figures) {
            let (least, most) = figures.iter().fold((f64::MAX, 0.0), |(least, most), it| {
                (it.min(least), it.max(most))
            });
            say(&format!(
                "| {name} | {} | {} | {:.3} | {least:.3} | {most:.3} |",
                server.display(),
                paths.len(),
                median(figures),
            ))?;
        }
    }
    Ok(())
}

/// Returns the milliseconds of CPU for a page.
async fn round(data: &Data, client: &Client, paths: &[String]) -> Result<f64> {
    let service = data.start(&[])?;
    service.settle().await?;
    // The first request includes the cost of setting up the process.
    client
        .page(&format!("{}/security-tab/serde", service.tab))
        .await?;
    let begin = service.cpu()?;
    for path in paths {
        client
            .page(&format!("{}/security-tab/{path}", service.tab))
            .await?;
    }
    let took = service.cpu()? - begin;
    Ok(took.as_secs_f64() * 1000.0 / paths.len() as f64)
}
