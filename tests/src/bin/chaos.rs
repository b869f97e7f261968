//! The chaos test: `chaos [--seed N] [--minutes N | --steps N] [--keep-going]`. It starts
//! this program for its servers, too: `chaos serve MILLISECONDS OPTIONS` runs the service and
//! syncs at this interval.

#![allow(clippy::print_stdout, reason = "a program of its own")]

use anyhow::{Context, Result, bail};
use clap::Parser;
use integration_tests::chaos::{Plan, run};
use server::app::App;
use server::clock::Clock;
use server::shutdown::{MAX_TIME, Shutdown};
use server::telemetry;
use server::telemetry::traces::Traces;
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;

/// Two servers on one PostgreSQL, visitors, syncs, and faults chosen by a seed.
#[derive(Debug, Parser)]
struct Options {
    /// The seed of the data, the faults, their order and their moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The duration of the run
    #[arg(long, default_value_t = 5)]
    minutes: u64,
    /// The number of steps instead
    #[arg(long)]
    steps: Option<u32>,
    /// The folder for the servers' files and logs
    #[arg(long, default_value = "target/chaos")]
    folder: PathBuf,
    /// Choose only faults whose names contain this, such as `disk`
    #[arg(long, default_value = "")]
    only: String,
    /// Go on after a violation
    #[arg(long)]
    keep_going: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    telemetry::log::init(None, &Traces::from_environment()?)?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [serve, every, options @ ..] = &arguments[..]
        && serve == "serve"
    {
        return serve_often(Duration::from_millis(every.parse()?), options).await;
    }
    let options = Options::parse();
    std::fs::create_dir_all(&options.folder)?;
    let folder = options.folder.canonicalize()?;
    for left_over in integration_tests::chaos::FOLDERS {
        drop(std::fs::remove_dir_all(folder.join(left_over)));
    }
    let plan = Plan {
        seed: options.seed,
        steps: options.steps,
        time: match options.steps {
            Some(_) => Duration::MAX,
            None => Duration::from_secs(60 * options.minutes),
        },
        program: std::env::current_exe()?,
        folder,
        patience: Some(Duration::from_secs(30)),
        longest: 600,
        only: options.only,
        is_loud: true,
        keeps_going: options.keep_going,
    };
    let report = run(&plan).await.context("PostgreSQL is not installed")?;
    println!("{report}");
    if !report.violations.is_empty() {
        bail!(
            "{} violations; the logs are in {}",
            report.violations.len(),
            plan.folder.display()
        );
    }
    Ok(())
}

/// Runs the service with more frequent syncs than its options allow.
async fn serve_often(every: Duration, options: &[String]) -> Result<()> {
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let options = integration_tests::serve(&options);
    let mut app = App::new(&options, Clock::new(now)).await?;
    app.start().await?;
    let schedule = app.schedule().cloned();
    let listening = app.listen(&options).await?;
    let shutdown = Shutdown::on_signal(MAX_TIME)?;
    if let Some(mut schedule) = schedule {
        schedule.every = Some(every);
        tokio::spawn(schedule.keep(false));
    }
    listening.serve(&shutdown).await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
