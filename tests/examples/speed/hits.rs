//! Pages that are made already, against nginx with the same bytes in files.

use crate::client::Client;
use crate::nginx::{self, File, Nginx};
use crate::service::{Data, Service};
use crate::{Common, wrk};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::io::{Write, stdout};
use std::time::Duration;

/// Measures hits.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// The crate
    #[arg(long, default_value = "openssl")]
    krate: String,
    /// The number of concurrent connections
    #[arg(long, default_value_t = 8)]
    connections: u32,
    /// The duration of each part of a round, in seconds
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// The number of rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// A kind of request.
struct Case {
    name: String,
    /// The paths below each origin.
    paths: [String; 2],
    /// The headers to send to each.
    headers: [Vec<(&'static str, String)>; 2],
}

/// A server.
enum Server {
    Ours(String, Service),
    Nginx(Nginx),
}

/// The results of a server in all rounds of a case.
#[derive(Default)]
struct Row {
    per_second: Vec<f64>,
    /// Milliseconds of CPU for a request.
    cpu: Vec<f64>,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    ensure!(wrk::is_installed(), "wrk is not installed");
    let (mut servers, mut databases) = (Vec::new(), Vec::new());
    for server in &options.common.server {
        let name = server.display().to_string();
        let data = Data::sqlite(&options.common, server)?;
        let service = data.start(&[])?;
        databases.push(data);
        service.settle().await?;
        servers.push(Server::Ours(name, service));
    }
    let (nginx, cases) = prepare(options, &servers[0]).await?;
    match nginx {
        Some(nginx) => servers.push(Server::Nginx(nginx)),
        None => say("nginx is not installed: measured alone")?,
    }
    say("| request | server | requests/s | CPU ms | requests/s of nginx | 1 / CPU of nginx |")?;
    say("| --- | --- | --- | --- | --- | --- |")?;
    for case in &cases {
        let mut rows: Vec<Row> = servers.iter().map(|_| Row::default()).collect();
        for _ in 0..options.rounds {
            for (server, row) in servers.iter().zip(&mut rows) {
                server.ask(case, options, row).await?;
            }
        }
        for line in lines(case, &servers, &rows) {
            say(&line)?;
        }
    }
    Ok(())
}

/// Makes the pages, and starts nginx with the same bytes, or returns `None` if
/// it is not installed.
async fn prepare(options: &Options, ours: &Server) -> Result<(Option<Nginx>, Vec<Case>)> {
    let client = Client::new()?;
    let page = format!("security-tab/{}", options.krate);
    let pages = [
        (
            format!("tab of {}, gzip", options.krate),
            page.clone(),
            "page",
        ),
        ("badge".to_owned(), format!("{page}/badge"), "badge"),
        (
            "script, gzip".to_owned(),
            "security-tab.js".to_owned(),
            "script",
        ),
    ];
    let mut files = Vec::new();
    let mut headers = Vec::new();
    for (_, path, _) in &pages {
        let url = format!("{}/{path}", ours.origin());
        let plain = client.get(&url, &[]).await?.bytes().await?;
        let gzip = client.get(&url, &GZIP).await?;
        let said = gzip.headers().clone();
        let is_coded = said.contains_key("content-encoding");
        let gzip = gzip.bytes().await?;
        files.push((plain, is_coded.then_some(gzip)));
        headers = said
            .iter()
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
    }
    // Leave out headers that nginx sets itself, and those that differ in each
    // answer.
    let own = [
        "content-type",
        "content-length",
        "content-encoding",
        "date",
        "etag",
        "connection",
    ];
    headers.retain(|(name, _): &(String, String)| !own.contains(&name.as_str()));
    for (name, value) in &mut headers {
        if name == "x-request-id" {
            "$request_id".clone_into(value);
        }
    }
    let listed = pages
        .iter()
        .zip(&files)
        .map(|((.., name), (plain, gzip))| File {
            name,
            media_type: match *name {
                "script" => "text/javascript; charset=utf-8",
                _ => "text/html; charset=utf-8",
            },
            plain,
            gzip: gzip.as_deref(),
        });
    let listed: Vec<File<'_>> = listed.collect();
    let nginx = match nginx::is_installed() {
        true => Some(Nginx::start(&listed, &headers)?),
        false => None,
    };
    let mut cases: Vec<Case> = Vec::new();
    for (what, path, file) in pages {
        cases.push(Case {
            name: what,
            paths: [path, file.to_owned()],
            headers: [gzip(), gzip()],
        });
    }
    let mut known = Case {
        name: "304".to_owned(),
        paths: [page, "page".to_owned()],
        headers: [gzip(), gzip()],
    };
    let nginx_origin = nginx.as_ref().map(|nginx| nginx.origin.as_str());
    for (place, origin) in [Some(ours.origin()), nginx_origin].into_iter().enumerate() {
        let Some(origin) = origin else { continue };
        let url = format!("{origin}/{}", known.paths[place]);
        let answer = client.get(&url, &GZIP).await?;
        let tag = answer.headers().get("etag").context("no ETag")?;
        let tag = tag.to_str()?.to_owned();
        known.headers[place].push(("if-none-match", tag.clone()));
        let again = [GZIP[0], ("if-none-match", tag.as_str())];
        let status = client.get(&url, &again).await?.status();
        ensure!(status == 304, "{url} answers {status} to its own tag");
    }
    cases.push(known);
    Ok((nginx, cases))
}

const GZIP: [(&str, &str); 1] = [("accept-encoding", "gzip")];

fn gzip() -> Vec<(&'static str, String)> {
    GZIP.map(|(name, value)| (name, value.to_owned())).to_vec()
}

impl Server {
    fn origin(&self) -> &str {
        match self {
            Self::Ours(_, service) => &service.tab,
            Self::Nginx(nginx) => &nginx.origin,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Ours(name, _) => name,
            Self::Nginx(_) => "nginx",
        }
    }

    fn cpu(&self) -> Result<Duration> {
        match self {
            Self::Ours(_, service) => service.cpu(),
            Self::Nginx(nginx) => nginx.cpu(),
        }
    }

    async fn ask(&self, case: &Case, options: &Options, row: &mut Row) -> Result<()> {
        let place = usize::from(matches!(self, Self::Nginx(_)));
        let url = format!("{}/{}", self.origin(), case.paths[place]);
        let headers = case.headers[place].iter();
        let headers: Vec<(&str, &str)> = headers.map(|(name, value)| (*name, &**value)).collect();
        let span = Duration::from_secs(options.seconds);
        let begin = self.cpu()?;
        let measured = wrk::run(&url, &headers, options.connections, span).await?;
        let took = self.cpu()? - begin;
        row.per_second.push(measured.per_second);
        row.cpu
            .push(took.as_secs_f64() * 1000.0 / measured.requests);
        Ok(())
    }
}

fn lines(case: &Case, servers: &[Server], rows: &[Row]) -> Vec<String> {
    let nginx = servers.iter().position(|it| matches!(it, Server::Nginx(_)));
    let nginx = nginx.map(|place| &rows[place]);
    let lines = servers.iter().zip(rows).map(|(server, row)| {
        let rates = |a: &[f64], b: &[f64]| median(a.iter().zip(b).map(|(a, b)| a / b).collect());
        let ratio = |ratio: Option<f64>| ratio.map_or("?".to_owned(), |it| format!("{it:.2}"));
        format!(
            "| {} | {} | {:.0} | {:.4} | {} | {} |",
            case.name,
            server.name(),
            median(row.per_second.clone()),
            median(row.cpu.clone()),
            ratio(nginx.map(|nginx| rates(&row.per_second, &nginx.per_second))),
            ratio(nginx.map(|nginx| rates(&nginx.cpu, &row.cpu))),
        )
    });
    lines.collect()
}

/// Returns the median.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints a line immediately, because each takes long.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(stdout(), "{line}")?;
    Ok(stdout().flush()?)
}
