//! Commands and wiring: the only place that reads the clock and the command line.

use anyhow::{Context, Result, bail};
use clap::Parser;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use server::app::{self, App};
use server::clock::Clock;
use server::config::{Cli, Command, Migrate, Serve, Sync};
use server::entity::data_status::{self, Source};
use server::mode::Mode;
use server::shutdown::{self, Shutdown};
use server::sync::{AdvisoryDb, Guard, Sources};
use server::{database, graphql, sync, telemetry};
use std::io::{Write, stdout};
use std::time::Instant;
use time::OffsetDateTime;
use tokio::runtime::Runtime;

/// How many connections a command has that answers nobody.
const CONNECTIONS: u32 = 2;

fn main() -> Result<()> {
    let cli = Cli::parse();
    telemetry::init();
    let runtime = Runtime::new().context("cannot start threads")?;
    let done = runtime.block_on(run(cli));
    // A thread that is still at work is not waited for.
    runtime.shutdown_background();
    done
}

async fn run(cli: Cli) -> Result<()> {
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(*options).await,
        Command::Sync(options) => sync_once(options).await,
        Command::Migrate(options) => migrate(options).await,
        Command::Documents(options) => say(&app::documents(&options, Mode::Production)?.manifest()),
        Command::Schema => say(&graphql::sdl()),
    }
}

async fn serve(options: Serve) -> Result<()> {
    let app = App::new(&options, Clock::new(now)).await?;
    if let (Some(db), Some(sources)) = (app.db(), app.sources()) {
        let is_local = options.graphql_addr.is_local() && options.tab_addr.ip().is_loopback();
        sync_at_start(db, sources, is_local).await?;
    }
    let listening = app.listen(&options).await?;
    say(&listening.addresses()?)?;
    listening.serve(&follow_signals()?).await;
    Ok(())
}

/// What has to be there before the doors open: files on this machine are read
/// at once; what comes over the network is waited for by nobody. Until it has
/// come, a server that only this machine can reach shows the sample.
async fn sync_at_start(db: &DatabaseConnection, sources: &Sources, is_local: bool) -> Result<()> {
    let is_real = holds_real_data(db).await?;
    match &sources.advisory_db {
        AdvisoryDb::Folder(_) if sources.is_local() => {
            match run_sync(db, sources, &Guard::default()).await {
                Err(error) if is_real => tracing::error!("{error:#}"),
                synced => return synced,
            }
        }
        AdvisoryDb::Sample if is_real => tracing::warn!("the sample does not replace real data"),
        _ if is_real => {}
        _ if is_local => {
            tracing::warn!("showing the bundled sample until there is real data");
            run_sync(db, &Sources::sample(), &Guard::default()).await?;
        }
        _ => tracing::warn!("there is no data yet: not ready until the first sync"),
    }
    Ok(())
}

async fn sync_once(options: Sync) -> Result<()> {
    let db = open(&options.database.database_url, CONNECTIONS).await?;
    let sources = options.sources.open()?;
    if matches!(sources.advisory_db, AdvisoryDb::Sample) && holds_real_data(&db).await? {
        bail!("the sample does not replace real data");
    }
    run_sync(&db, &sources, &options.sources.guard(options.force)).await
}

/// The sample never takes the place of real data; it does of an older sample.
async fn holds_real_data(db: &DatabaseConnection) -> Result<bool> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some_and(|status| status.source != Source::Sample))
}

async fn run_sync(db: &DatabaseConnection, sources: &Sources, guard: &Guard) -> Result<()> {
    let start = Instant::now();
    let report = sync::run(db, sources, guard, now())
        .await
        .context("the sync changed nothing")?;
    report.log();
    say(&format!(
        "{report}\nSynced in {:.2} s.\n",
        start.elapsed().as_secs_f64()
    ))
}

async fn migrate(options: Migrate) -> Result<()> {
    let db = connect(&options.database.database_url, CONNECTIONS).await?;
    match options.down {
        Some(steps) => Migrator::down(&db, Some(steps)).await?,
        None => database::migrate(&db).await?,
    }
    let applied = Migrator::get_applied_migrations(&db).await?.len();
    say(&format!(
        "{applied} of {} migrations are applied.\n",
        Migrator::migrations().len()
    ))
}

/// The database, with its tables up to date.
async fn open(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let db = connect(url, connections).await?;
    database::migrate(&db)
        .await
        .context("cannot bring the database up to date")?;
    Ok(db)
}

async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection> {
    database::open(url, connections)
        .await
        .context("cannot open the database")
}

/// Standard output is for what was asked for; the log is on standard error.
fn say(text: &str) -> Result<()> {
    stdout()
        .write_all(text.as_bytes())
        .context("cannot write to standard output")
}

fn follow_signals() -> Result<Shutdown> {
    Shutdown::on_signal(shutdown::MAX_TIME).context("cannot follow the signals to stop")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock is read here and passed on"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
