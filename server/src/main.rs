//! Commands and wiring: the only place that reads the clock and the command line.

use anyhow::{Context, Result, bail};
use clap::Parser;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use server::access::{Access, DoorAddr, Secrets};
use server::config::{Cli, Command, Migrate, Serve, Sync};
use server::document::Documents;
use server::entity::data_status::{self, Source};
use server::graphql::{MaxPage, StaleAfter};
use server::http::Connections;
use server::schedule::Schedule;
use server::state::{Clock, Internal, Mode, Tab};
use server::sync::{AdvisoryDb, Guard, Sources};
use server::sync_health::SyncHealth;
use server::tab_data::TabData;
use server::turns::Turns;
use server::{config, database, graphql, http, sync, telemetry};
use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use tokio::net::TcpListener;

/// How many connections a command has that answers nobody.
const CONNECTIONS: u32 = 2;

/// How often the file with the secrets is read again.
const SECRETS_AGAIN: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    telemetry::init();
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(options) => serve(*options).await,
        Command::Sync(options) => sync_once(options).await,
        Command::Migrate(options) => migrate(options).await,
        Command::Documents(options) => say(&documents(&options, Mode::Production)?.manifest()),
        Command::Schema => say(&graphql::sdl()),
    }
}

async fn serve(options: Serve) -> Result<()> {
    let mode = options.mode()?;
    let secrets = Secrets::load(options.graphql_secret_file.as_deref())
        .context("cannot use the internal door's secret")?;
    if let Some(file) = options.graphql_secret_file.clone() {
        let secrets = secrets.clone();
        tokio::spawn(async move { secrets.follow(&file, SECRETS_AGAIN).await });
    }
    if let Some(url) = options.graphql_url {
        let data = TabData::remote(url, secrets)?;
        return serve_tab(options.tab_addr, Tab { data, mode }).await;
    }
    let access = Access::at(&options.graphql_addr, secrets)?;
    let limits = options.documents.limits;
    let documents = documents(&options.documents, mode)?;
    let turns = Turns::new(limits.max_concurrent);
    let db = open(&options.database.database_url, turns.connections()).await?;
    let sources = options.sources.open()?;
    let is_local = options.graphql_addr.is_local() && options.tab_addr.ip().is_loopback();
    sync_at_start(&db, &sources, is_local).await?;

    let health = SyncHealth::default();
    let internal = Internal {
        schema: graphql::schema(
            StaleAfter(options.stale_after()),
            health.clone(),
            MaxPage(limits.max_page),
            mode,
        ),
        db: db.clone(),
        clock: clock(),
        documents,
        mode,
        access,
        graphiql: options.graphiql.clone(),
        turns,
    };
    let tab = Tab {
        data: TabData::InProcess(Box::new(internal.clone())),
        mode,
    };
    let schedule = options.sync_every().map(|every| Schedule {
        db,
        guard: options.sources.guard(false),
        sources,
        every,
        clock: clock(),
        health,
    });
    tokio::select! {
        served = async {
            tokio::try_join!(
                serve_internal(options.graphql_addr, internal),
                serve_tab(options.tab_addr, tab),
            )
        } => served.map(drop),
        () = keep(schedule) => Ok(()),
    }
}

/// Syncs for as long as the doors are open.
async fn keep(schedule: Option<Schedule>) {
    match schedule {
        Some(schedule) if !matches!(schedule.sources.advisory_db, AdvisoryDb::Sample) => {
            schedule.keep().await;
        }
        _ => std::future::pending().await,
    }
}

async fn serve_internal(addr: DoorAddr, internal: Internal) -> Result<()> {
    let mode = internal.mode;
    let routes = http::internal(internal);
    match addr {
        DoorAddr::Tcp(addr) => {
            let listener = listen(addr).await?;
            let addr = listener.local_addr()?;
            say(&format!("GraphQL   http://{addr}/graphql\n"))?;
            if mode == Mode::Dev {
                say(&format!("GraphiQL  http://{addr}/graphiql\n"))?;
            }
            serve_door(listener, routes).await;
        }
        #[cfg(unix)]
        DoorAddr::Unix(path) => {
            let listener = listen_on_socket(&path)?;
            say(&format!("GraphQL   unix:{}\n", path.display()))?;
            serve_door(listener, routes).await;
        }
        #[cfg(not(unix))]
        DoorAddr::Unix(_) => bail!("this system has no Unix sockets"),
    }
    Ok(())
}

async fn serve_door<L: axum::serve::Listener>(listener: L, routes: axum::Router) {
    http::serve(listener, routes, Connections::DEFAULT, shutdown_signal()).await;
}

async fn serve_tab(addr: SocketAddr, tab: Tab) -> Result<()> {
    let listener = listen(addr).await?;
    let addr = listener.local_addr()?;
    say(&match tab.mode {
        Mode::Production => format!("The tab   http://{addr}/security-tab/openssl\n"),
        Mode::Dev => format!(
            "The tab   http://{addr}/crates/openssl/security\nGallery   http://{addr}/gallery\n"
        ),
    })?;
    serve_door(listener, http::tab(tab)).await;
    Ok(())
}

/// The documents that the internal door runs.
fn documents(options: &config::Documents, mode: Mode) -> Result<Documents> {
    let documents = Documents::new(mode, options.limits);
    let documents = documents.context("the tab's own document cannot be run")?;
    match &options.documents {
        Some(folder) => documents
            .with_folder(folder)
            .context("cannot use --documents"),
        None => Ok(documents),
    }
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

async fn listen(addr: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr}"))
}

/// A socket that a process before us left behind is no longer listened on, and
/// gives way.
#[cfg(unix)]
fn listen_on_socket(path: &Path) -> Result<tokio::net::UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    let is_left_behind = std::os::unix::net::UnixStream::connect(path)
        .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused);
    let listener = if is_left_behind {
        std::fs::remove_file(path).and_then(|()| tokio::net::UnixListener::bind(path))
    } else {
        tokio::net::UnixListener::bind(path)
    };
    let listener = listener.with_context(|| format!("cannot listen on {}", path.display()))?;
    // For the user and the group that the service runs as.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
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
