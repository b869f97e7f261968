//! A query of PostgreSQL's data, against PostGraphile.

use crate::client::Client;
use crate::hits::{median, say};
use crate::postgraphile::PostGraphile;
use crate::service::Data;
use crate::{Common, process};
use anyhow::{Context, Result};
use clap::Args;
use integration_tests::postgres;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Measures a GraphQL query.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// The folder in which `npm install node@22 postgraphile@5` was run; without
    /// it, only ours is measured
    #[arg(long)]
    postgraphile: Option<PathBuf>,
    /// The crate
    #[arg(long, default_value = "openssl")]
    krate: String,
    /// The number of requests in a round
    #[arg(long, default_value_t = 2000)]
    requests: u32,
    /// The number of concurrent requests
    #[arg(long, default_value_t = 4)]
    connections: u32,
    /// The number of rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// A server.
struct Server {
    name: String,
    process: u32,
    url: String,
    query: String,
    /// For each round: milliseconds of CPU for a request, including PostgreSQL's.
    cpu: Vec<f64>,
    per_second: Vec<f64>,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let database = postgres::server().await.context("PostgreSQL is missing")?;
    let url = database.create_database().await;
    let krate = &options.krate;
    let mut services = Vec::new();
    let mut servers = Vec::new();
    for server in &options.common.server {
        // `--dev`, because the document is not registered.
        let data = Data::at(&options.common, server, url.clone())?;
        let service = data.start(&["--dev"])?;
        servers.push(Server {
            name: server.display().to_string(),
            process: service.id(),
            url: format!("{}/graphql", service.internal),
            query: format!(
                "{{ crate(name: {krate:?}) {{ advisories {{ id title date }} \
                 versions(first: 100) {{ nodes {{ num isYanked }} }} }} }}"
            ),
            cpu: Vec::new(),
            per_second: Vec::new(),
        });
        services.push(service);
    }
    let other = match &options.postgraphile {
        Some(folder) => Some(PostGraphile::start(folder, &url).await?),
        None => None,
    };
    if let Some(other) = &other {
        servers.push(Server {
            name: "PostGraphile".to_owned(),
            process: other.id(),
            url: other.url.clone(),
            query: format!(
                "{{ crateByLookupName(lookupName: {krate:?}) {{ \
                 advisoriesByCrateId {{ nodes {{ advisoryId title date }} }} \
                 versionsByCrateId(first: 100) {{ nodes {{ num isYanked }} }} }} }}"
            ),
            cpu: Vec::new(),
            per_second: Vec::new(),
        });
    }
    // Warm up, so that code that is compiled on first use is not measured.
    for server in &servers {
        ask(options, server).await?;
    }
    for _ in 0..options.rounds {
        for server in &mut servers {
            let cpu = || anyhow::Ok(process::cpu(server.process)? + process::cpu(database.id())?);
            let (before, begin) = (cpu()?, Instant::now());
            ask(options, server).await?;
            let (took, time) = (cpu()? - before, begin.elapsed());
            let requests = f64::from(options.requests);
            server.cpu.push(took.as_secs_f64() * 1000.0 / requests);
            server.per_second.push(requests / time.as_secs_f64());
        }
    }
    say("| server, with PostgreSQL | requests/s | CPU ms | of PostGraphile's CPU |")?;
    say("| --- | --- | --- | --- |")?;
    let whole = other.as_ref().and_then(|_| servers.last());
    let whole = whole.map(|server| median(server.cpu.clone()));
    for server in &servers {
        let cpu = median(server.cpu.clone());
        let part = whole.map_or("?".to_owned(), |whole| format!("{:.2}", cpu / whole));
        let per_second = median(server.per_second.clone());
        say(&format!(
            "| {} | {per_second:.0} | {cpu:.3} | {part} |",
            server.name
        ))?;
    }
    Ok(())
}

async fn ask(options: &Options, server: &Server) -> Result<Duration> {
    let begin = Instant::now();
    let mut asking = JoinSet::new();
    for _ in 0..options.connections {
        let (url, query) = (server.url.clone(), server.query.clone());
        let requests = options.requests / options.connections;
        asking.spawn(async move {
            let client = Client::new()?;
            for _ in 0..requests {
                client.query(&url, &query).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(asked) = asking.join_next().await {
        asked??;
    }
    Ok(begin.elapsed())
}
