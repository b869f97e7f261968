//! Commands and wiring: the only place that reads the clock and the command line.

use anyhow::{Context, Result, bail};
use clap::Parser;
use migrations::{Migrator, MigratorTrait};
use mimalloc::MiMalloc;
use sea_orm::DatabaseConnection;
use server::app::{self, App};
use server::clock::Clock;
use server::config::{Cli, Command, Migrate, Serve, Sync};
use server::mode::Mode;
use server::shutdown::{self, Shutdown};
use server::sync::{AdvisoryDb, Report};
use server::telemetry::traces::Traces;
use server::{database, graphql, sync, telemetry};
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::runtime::Runtime;

/// Making a page allocates thousands of small pieces of memory
/// (docs/decisions/0020-mimalloc.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The number of connections for a command that serves no requests.
const CONNECTIONS: u32 = 2;

fn main() -> ExitCode {
    match start(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("error: {}\n", causes(&error));
            // Ignore the error: there is nowhere else to report it.
            drop(stderr().write_all(message.as_bytes()));
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> Result<()> {
    // Dropped last, to export the last spans.
    let traces = Traces::from_environment()?;
    telemetry::log::init(cli.log_format, &traces)?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let done = runtime.block_on(run(cli));
    // Threads that are still at work are not waited for.
    runtime.shutdown_background();
    done
}

/// Formats an error with its causes. Omits a cause that the text already contains, because
/// most of our errors include their cause.
fn causes(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        match said.as_str() {
            "" => said = cause,
            _ if said.contains(&cause) => {}
            _ => said = format!("{said}: {cause}"),
        }
    }
    said
}

async fn run(cli: Cli) -> Result<()> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(*options).await,
        Command::Sync(options) => sync_once(options).await,
        Command::Migrate(options) => migrate(options).await,
        Command::Documents(options) => {
            let documents = app::documents(&options, Mode::Production).await?;
            say(&documents.manifest())
        }
        Command::Health(options) => {
            let patience = Duration::from_secs(options.wait);
            say(&app::check_health(options.url, options.tab_addr, patience).await?)
        }
        Command::Schema => say(&graphql::sdl()),
    }
}

async fn serve(options: Serve) -> Result<()> {
    let mut app = App::new(&options, Clock::new(now)).await?;
    if let Some(report) = app.start().await? {
        report.log();
    }
    let listening = app.listen(&options).await?;
    // Handle signals before the greeting, because a caller may send one as soon as it has
    // read the addresses.
    let shutdown = follow_signals()?;
    say(&listening.greeting(&options).await?)?;
    listening.serve(&shutdown).await;
    Ok(())
}

async fn sync_once(options: Sync) -> Result<()> {
    let db = open(&options.database.database_url, CONNECTIONS).await?;
    let sources = options.sources.open()?;
    if matches!(sources.advisory_db, AdvisoryDb::Sample) && sync::holds_real_data(&db).await? {
        bail!("cannot use --advisory-db sample: the database has real data");
    }
    let (guard, begin) = (options.sources.guard(options.force), Instant::now());
    let synced = sync::run(&db, &sources, &guard, now()).await;
    database::close(db).await;
    tell(
        &synced.context("sync failed; the database is unchanged")?,
        begin,
    )
}

/// Prints the report of a sync that began at this instant.
fn tell(report: &Report, begin: Instant) -> Result<()> {
    report.log();
    say(&format!(
        "{report}\nSynced in {:.2} s.\n",
        begin.elapsed().as_secs_f64()
    ))
}

async fn migrate(options: Migrate) -> Result<()> {
    let db = connect(&options.database.database_url, CONNECTIONS).await?;
    match options.down {
        Some(steps) => Migrator::down(&db, Some(steps)).await?,
        None => database::migrate(&db).await?,
    }
    let applied = Migrator::get_migration_models(&db).await?.len();
    database::close(db).await;
    let own = Migrator::migrations().len();
    match applied.saturating_sub(own) {
        0 => say(&format!("{applied} of {own} migrations are applied.\n")),
        later => say(&format!(
            "{own} of {own} migrations are applied, and {later} of a later release.\n"
        )),
    }
}

/// Opens the database and brings its tables up to date.
async fn open(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let db = connect(url, connections).await?;
    database::migrate(&db)
        .await
        .context("cannot migrate the database")?;
    Ok(db)
}

async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection> {
    Ok(database::open(url, connections).await?)
}

/// Prints to standard output, which is for results; the log is on standard error.
fn say(text: &str) -> Result<()> {
    stdout()
        .write_all(text.as_bytes())
        .context("cannot write to standard output")
}

fn follow_signals() -> Result<Shutdown> {
    Shutdown::on_signal(shutdown::MAX_TIME).context("cannot listen for SIGTERM and SIGINT")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock is read here and passed on"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
