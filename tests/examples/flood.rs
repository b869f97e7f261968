//! Measures visitors of the tab while the internal door is flooded with the worst query that
//! its limits allow, at ten times the rate that it can answer. Needs a service that runs
//! with `--dev`, best over RustSec's own data:
//!
//! ```sh
//! cargo run --release -- --dev --advisory-db ../advisory-db --index ../index --sync-every 0
//! cargo run --release -p integration-tests --example flood
//! ```
//!
//! To measure it without the limits, run the same service with large ones, first of all
//! `--max-concurrent 1000`.

use anyhow::{Result, ensure};
use clap::Parser;
use reqwest::{Client, StatusCode};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout_at};

/// The time that a visitor waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// Measures the tab, quiet and flooded.
#[derive(Parser)]
struct Options {
    /// The address of the tab
    #[arg(long, default_value = "http://127.0.0.1:4001/security-tab/openssl")]
    tab: String,
    /// The internal door
    #[arg(long, default_value = "http://127.0.0.1:4000/graphql")]
    graphql: String,
    /// The crate of the flood's query
    #[arg(long, default_value = "wasmtime")]
    krate: String,
    /// The duration of each part, in seconds
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// The number of visitors, each of whom sends a request after each answer
    #[arg(long, default_value_t = 2)]
    visitors: u32,
}

/// The answers, and their times.
#[derive(Default)]
struct Answers {
    good: Vec<Duration>,
    /// The number of failures for each status, or for `None` if there was no answer.
    bad: BTreeMap<Option<StatusCode>, usize>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = Client::builder().timeout(PATIENCE).build()?;
    let span = Duration::from_secs(options.seconds);

    let quiet = visit(&client, &options, span).await?;
    let capacity = capacity(&client, &options).await?;
    let rate = capacity * 10.0;
    let (flooded, flood) = tokio::try_join!(
        visit(&client, &options, span),
        flood(&client, &options, rate, span)
    )?;

    let table = [
        "| | answers/s | p50 | p99 | most | without an answer |".to_owned(),
        "| --- | --- | --- | --- | --- | --- |".to_owned(),
        quiet.row("tab, quiet", span),
        flooded.row("tab, flooded", span),
        flood.row(&format!("the flood, {rate:.0}/s offered"), span),
    ];
    let capacity = format!("The worst query: {capacity:.0}/s one after another.");
    Ok(writeln!(stdout(), "{}\n\n{capacity}", table.join("\n"))?)
}

/// Runs visitors, each of whom sends a request after each answer.
async fn visit(client: &Client, options: &Options, span: Duration) -> Result<Answers> {
    let mut visitors = JoinSet::new();
    for _ in 0..options.visitors {
        let (client, tab) = (client.clone(), options.tab.clone());
        visitors.spawn(async move {
            let end = Instant::now() + span;
            let mut answers = Answers::default();
            while Instant::now() < end {
                let request = client.get(&tab).header("accept-encoding", "gzip");
                answers.ask(request).await;
            }
            answers
        });
    }
    Ok(Answers::sum(visitors.join_all().await))
}

/// Returns the number of the worst query that is answered in a second, one after another.
async fn capacity(client: &Client, options: &Options) -> Result<f64> {
    let mut answers = Answers::default();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3) {
        answers.ask(worst(client, options)).await;
    }
    ensure!(answers.bad.is_empty(), "refused: {:?}", answers.bad);
    Ok(answers.good.len() as f64 / start.elapsed().as_secs_f64())
}

/// Sends the worst query at a fixed rate, whether it is answered or not.
async fn flood(client: &Client, options: &Options, rate: f64, span: Duration) -> Result<Answers> {
    let mut asked = JoinSet::new();
    let end = tokio::time::Instant::now() + span;
    let mut ticks = interval(Duration::from_secs_f64(1.0 / rate));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    while timeout_at(end, ticks.tick()).await.is_ok() {
        let request = worst(client, options);
        asked.spawn(async move {
            let mut answers = Answers::default();
            answers.ask(request).await;
            answers
        });
    }
    Ok(Answers::sum(asked.join_all().await))
}

/// Builds the costliest query that was found: many fields with long names that all fail, for
/// each of which async-graphql makes an error. As many successful fields as are allowed took
/// two thirds of its time.
fn worst(client: &Client, options: &Options) -> reqwest::RequestBuilder {
    let long = |letter: char| letter.to_string().repeat(64);
    let fields: String = ('a'..='h')
        .map(|letter| format!("{}: affects(version: \"!\") ", long(letter)))
        .collect();
    let query = format!(
        "{{ {}: crate(name: {:?}) {{ versions(first: 100) {{ nodes {{ advisories {{ {fields} }} }} }} }} }}",
        long('A'),
        options.krate
    );
    client
        .post(&options.graphql)
        .json(&json!({ "query": query }))
}

impl Answers {
    async fn ask(&mut self, request: reqwest::RequestBuilder) {
        let start = Instant::now();
        let answer = async {
            let response = request.send().await?;
            let status = response.status();
            let body = response.bytes().await?;
            Ok::<_, reqwest::Error>((status, body))
        };
        match answer.await {
            // A query that was run, not a refusal.
            Ok((StatusCode::OK, body)) if !body.starts_with(b"{\"errors\"") => {
                self.good.push(start.elapsed());
            }
            Ok((status, _)) => *self.bad.entry(Some(status)).or_default() += 1,
            Err(_) => *self.bad.entry(None).or_default() += 1,
        }
    }

    fn sum(all: Vec<Self>) -> Self {
        let mut sum = Self::default();
        for answers in all {
            sum.good.extend(answers.good);
            for (status, count) in answers.bad {
                *sum.bad.entry(status).or_default() += count;
            }
        }
        sum.good.sort();
        sum
    }

    fn row(&self, what: &str, span: Duration) -> String {
        let per_second = self.good.len() as f64 / span.as_secs_f64();
        let at = |part: f64| {
            let last = self.good.len().saturating_sub(1);
            let took = self.good.get((last as f64 * part) as usize);
            took.map_or("none".to_owned(), |took| {
                format!("{:.1} ms", took.as_secs_f64() * 1000.0)
            })
        };
        let bad: Vec<String> = self
            .bad
            .iter()
            .map(|(status, count)| match status {
                Some(status) => format!("{count} × {}", status.as_u16()),
                None => format!("{count} × nothing"),
            })
            .collect();
        let bad = if bad.is_empty() {
            "0".to_owned()
        } else {
            bad.join(", ")
        };
        format!(
            "| {what} | {per_second:.0} | {} | {} | {} | {bad} |",
            at(0.5),
            at(0.99),
            at(1.0)
        )
    }
}
