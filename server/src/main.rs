//! Commands and wiring: the only place that reads the clock and the command line.

use anyhow::{Context, Result, bail};
use clap::Parser;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use server::config::{Cli, Command, Migrate, Serve, Sources, Sync};
use server::entity::data_status::{self, Source};
use server::graphql::StaleAfter;
use server::state::{Clock, Internal, Tab};
use server::tab_data::TabData;
use server::{database, graphql, http, sync, telemetry};
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::time::Instant;
use time::OffsetDateTime;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    telemetry::init();
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(options).await,
        Command::Sync(options) => sync_once(options).await,
        Command::Migrate(options) => migrate(options).await,
        Command::Schema => say(&graphql::sdl()),
    }
}

async fn serve(options: Serve) -> Result<()> {
    if let Some(url) = options.graphql_url {
        let data = TabData::remote(url)?;
        return serve_tab(options.tab_addr, Tab { data }).await;
    }
    let db = open(&options.database.database_url).await?;
    Migrator::up(&db, None)
        .await
        .context("cannot bring the database up to date")?;
    sync_at_start(&db, &options.sources).await?;

    let internal = Internal {
        schema: graphql::schema(StaleAfter(options.stale_after())),
        db,
        clock: clock(),
    };
    let tab = Tab {
        data: TabData::InProcess(internal.clone()),
    };
    tokio::try_join!(
        serve_internal(options.graphql_addr, internal),
        serve_tab(options.tab_addr, tab),
    )?;
    Ok(())
}

async fn serve_internal(addr: SocketAddr, internal: Internal) -> Result<()> {
    let listener = listen(addr).await?;
    let addr = listener.local_addr()?;
    say(&format!(
        "GraphQL   http://{addr}/graphql\nGraphiQL  http://{addr}/graphiql\n"
    ))?;
    axum::serve(listener, http::internal(internal))
        .with_graceful_shutdown(shutdown_signal())
        .await
        .context("the internal door failed")
}

async fn serve_tab(addr: SocketAddr, tab: Tab) -> Result<()> {
    let listener = listen(addr).await?;
    let addr = listener.local_addr()?;
    say(&format!(
        "The tab   http://{addr}/crates/openssl/security\nGallery   http://{addr}/gallery\n"
    ))?;
    axum::serve(listener, http::tab(tab))
        .with_graceful_shutdown(shutdown_signal())
        .await
        .context("the tab door failed")
}

/// Reads the sources that are given. Without any the database stays as it is,
/// unless it holds no real data.
async fn sync_at_start(db: &DatabaseConnection, sources: &Sources) -> Result<()> {
    match folders(sources) {
        Some(sources) => run_sync(db, &sources).await,
        None if holds_real_data(db).await? => Ok(()),
        None => {
            tracing::warn!("no --advisory-db: showing the bundled sample, not real data");
            run_sync(db, &sync::Sources::sample()).await
        }
    }
}

async fn sync_once(options: Sync) -> Result<()> {
    let db = open(&options.database.database_url).await?;
    Migrator::up(&db, None)
        .await
        .context("cannot bring the database up to date")?;
    match folders(&options.sources) {
        Some(sources) => run_sync(&db, &sources).await,
        None if holds_real_data(&db).await? => bail!("nothing to sync from: give --advisory-db"),
        None => run_sync(&db, &sync::Sources::sample()).await,
    }
}

/// The sample never takes the place of real data; it does of an older sample.
async fn holds_real_data(db: &DatabaseConnection) -> Result<bool> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some_and(|status| status.source != Source::Sample))
}

async fn run_sync(db: &DatabaseConnection, sources: &sync::Sources) -> Result<()> {
    let start = Instant::now();
    let report = sync::run(db, sources, now())
        .await
        .context("the sync changed nothing")?;
    let elapsed = start.elapsed();
    tracing::info!(
        advisories = report.advisories.read,
        packages = report.packages,
        skipped = report.skipped.len(),
        added = report.advisories.added.len(),
        changed = report.advisories.changed.len(),
        removed = report.advisories.removed.len(),
        versions_added = report.versions.added.len(),
        versions_changed = report.versions.changed.len(),
        versions_removed = report.versions.removed.len(),
        revision = report.revision,
        elapsed_ms = elapsed.as_millis(),
        "synced"
    );
    say(&format!(
        "{report}\nSynced in {:.2} s.\n",
        elapsed.as_secs_f64()
    ))
}

async fn migrate(options: Migrate) -> Result<()> {
    let db = open(&options.database.database_url).await?;
    match options.down {
        Some(steps) => Migrator::down(&db, Some(steps)).await?,
        None => Migrator::up(&db, None).await?,
    }
    let applied = Migrator::get_applied_migrations(&db).await?.len();
    say(&format!(
        "{applied} of {} migrations are applied.\n",
        Migrator::migrations().len()
    ))
}

fn folders(sources: &Sources) -> Option<sync::Sources> {
    let Sources {
        advisory_db,
        index,
        all_crates,
    } = sources.clone();
    Some(sync::Sources::folders(advisory_db?, index, all_crates))
}

async fn open(url: &str) -> Result<DatabaseConnection> {
    database::open(url)
        .await
        .context("cannot open the database")
}

async fn listen(addr: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}"))
}

/// Standard output is for what was asked for; the log is on standard error.
fn say(text: &str) -> Result<()> {
    stdout()
        .write_all(text.as_bytes())
        .context("cannot write to standard output")
}

/// Ends when the process is asked to stop; what is being answered is finished.
async fn shutdown_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    if let Err(error) = interrupted.await {
        tracing::error!(%error, "cannot wait for the signal to stop");
    }
}

fn clock() -> Clock {
    Clock::new(now)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock is read here and passed on"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
