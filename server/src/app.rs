//! The service. The binary and the tests build it in the same way.

mod greeting;
mod health;
mod listen;
mod start;
#[cfg(unix)]
mod supervisor;

pub use health::{HealthError, check_health};
pub use listen::{GreetingError, ListenError, Listening};
pub use start::{NoDataError, Start, before_doors};

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::config::{self, DevAddrError, Serve, SourceError};
use crate::database::{self, OpenError};
use crate::door::DoorAddr;
use crate::engine::{Documents, DocumentsError, Engine, Turns};
use crate::entity::data_status;
use crate::graphql::{self, MaxPage};
use crate::http::{self, Access, AccessError, Internal, KeptReplies, Routes};
use crate::mode::Mode;
use crate::schedule::Schedule;
use crate::secrets::{SecretError, Secrets};
use crate::sync::Report;
use crate::sync_health::SyncHealth;
use crate::tab::{SamplePolicy, Source, Tab};
use crate::telemetry::metrics::Metrics;
use metrics_exporter_prometheus::BuildError;
use sea_orm::{DatabaseConnection, DbErr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// The pause between two checks of the file with the secrets.
const SECRETS_AGAIN: Duration = Duration::from_secs(10);

/// The service, before it opens its doors.
pub struct App {
    tab: Tab,
    mode: Mode,
    /// `None` with `--graphql-url`: another process has the data.
    inner: Option<Inner>,
    secrets: Secrets,
    secrets_file: Option<PathBuf>,
    metrics: Metrics,
}

/// The parts of a process that has the data itself.
struct Inner {
    internal: Internal,
    schedule: Schedule,
    /// True if the sync at the start is done.
    has_tried: bool,
    statements: Arc<AtomicU64>,
}

/// The reason why the service cannot start, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `--dev` would open a door to a network.
    #[error(transparent)]
    DevAddr(#[from] DevAddrError),
    /// The secrets of the internal door cannot be used.
    #[error("cannot load the internal door's secret: {0}")]
    Secrets(#[from] SecretError),
    /// The internal door would be open to a network.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The HTTP client for `--graphql-url` cannot be set up.
    #[error("cannot create the HTTP client for --graphql-url: {0}")]
    Client(#[from] reqwest::Error),
    /// The documents cannot be registered.
    #[error("cannot register the documents: {0}")]
    Documents(#[from] DocumentsError),
    /// `--advisory-db` or `--index` does not name a source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The recorder of the metrics cannot be created.
    #[error("cannot record metrics: {0}")]
    Metrics(#[from] BuildError),
    /// The tables cannot be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migration(#[from] DbErr),
}

impl App {
    /// Builds the service from its options, and runs pending migrations. Does not listen or
    /// sync yet.
    ///
    /// # Errors
    /// Returns [`StartError`].
    pub async fn new(options: &Serve, clock: Clock) -> Result<Self, StartError> {
        let mode = options.mode()?;
        let tab_addr = DoorAddr::Tcp(options.tab_addr);
        let secrets = Secrets::load(options.graphql_secret_file.as_deref())?;
        if let Some(url) = &options.graphql_url {
            let source = Source::remote(url.clone(), secrets.clone())?;
            let sample = SamplePolicy::at([tab_addr]);
            // Without an internal door, there is no `/metrics` to read them from.
            let metrics = Metrics::unread();
            return Ok(Self {
                tab: Tab::new(source, sample, http::tab_assets(), &metrics),
                mode,
                inner: None,
                secrets,
                secrets_file: options.graphql_secret_file.clone(),
                metrics,
            });
        }
        let metrics = Metrics::new(clock.now())?;
        let access = Access::at(&options.graphql_addr, secrets.clone())?;
        let documents = documents(&options.documents, mode).await?;
        let sources = options.sources.open()?;
        let turns = Turns::new(documents.limits().max_concurrent, &metrics);
        let url = &options.database.database_url;
        let (db, statements) = open(url, turns.connections(), &metrics).await?;
        let stale_after = options.stale_after();
        let catalog = Catalog::new(db.clone(), clock.clone(), stale_after, &metrics);
        let health = SyncHealth::default();
        let max_page = MaxPage(documents.limits().max_page);
        let schemas = graphql::schemas(health.clone(), max_page, mode);
        let engine = Engine::new(schemas, catalog.clone(), documents, turns, mode);
        metrics.expect_syncs(sources.advisory_db.kind());
        let schedule = Schedule {
            db,
            sources,
            guard: options.sources.guard(false),
            every: options.sync_every(),
            clock,
            health,
            synced: catalog.synced(),
            metrics: metrics.clone(),
        };
        Ok(Self {
            tab: Tab::new(
                Source::InProcess(engine.clone()),
                SamplePolicy::at([options.graphql_addr.clone(), tab_addr]),
                http::tab_assets(),
                &metrics,
            ),
            mode,
            inner: Some(Inner {
                internal: Internal {
                    engine,
                    access,
                    graphiql: options.graphiql.as_path().into(),
                    replies: KeptReplies::new(&metrics),
                    metrics: metrics.clone(),
                },
                schedule,
                has_tried: false,
                statements,
            }),
            secrets,
            secrets_file: options.graphql_secret_file.clone(),
            metrics,
        })
    }

    /// Ensures that there is data to show when the doors open, and returns the
    /// report of a sync.
    ///
    /// # Errors
    /// Returns [`NoDataError`].
    pub async fn start(&mut self) -> Result<Option<Report>, NoDataError> {
        let Some(inner) = &mut self.inner else {
            return Ok(None);
        };
        let Schedule {
            db,
            sources,
            guard,
            clock,
            ..
        } = &inner.schedule;
        let begin = Instant::now();
        let start = before_doors(db, sources, guard, self.tab.sample(), clock.now()).await?;
        if let Some(problem) = start.outcome() {
            // If the source was not tried, because it is on the network, this sync read the
            // sample.
            let source = match start.has_tried {
                true => sources.advisory_db.kind(),
                false => data_status::Source::Sample,
            };
            self.metrics.synced(source, problem, begin.elapsed());
        }
        inner.has_tried = start.has_tried;
        Ok(start.report)
    }

    /// Starts the background tasks: following the data, rebuilding pages, collecting metrics,
    /// syncing when a sync is due, and rereading secrets. They end when the set is dropped.
    fn start_tasks(&self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let source = self.tab.source().clone();
        tasks.spawn(async move { source.follow().await });
        let tab = self.tab.clone();
        tasks.spawn(async move { tab.rebuild().await });
        if let Some(inner) = &self.inner {
            tasks.spawn(self.metrics.clone().keep());
            tasks.spawn(inner.schedule.clone().keep(inner.has_tried));
        }
        if let Some(file) = self.secrets_file.clone() {
            let secrets = self.secrets.clone();
            tasks.spawn(async move { secrets.follow(&file, SECRETS_AGAIN).await });
        }
        tasks
    }

    /// Returns the source of the advisories without secrets, or an empty string with
    /// `--graphql-url`.
    fn source(&self) -> String {
        let schedule = self.schedule();
        schedule.map_or_else(String::new, |it| it.sources.advisory_db.to_string())
    }

    /// Returns the routes of the tab door.
    pub fn tab_door(&self) -> Routes {
        http::tab_door(self.tab.clone(), self.mode, &self.metrics)
    }

    /// Returns the routes of the internal door, or `None` with `--graphql-url`.
    #[must_use]
    pub fn internal_door(&self) -> Option<Routes> {
        let inner = self.inner.as_ref()?;
        Some(http::internal_door(inner.internal.clone()))
    }

    /// Returns the tab.
    #[must_use]
    pub fn tab(&self) -> &Tab {
        &self.tab
    }

    /// Returns the engine, or `None` with `--graphql-url`.
    #[must_use]
    pub fn engine(&self) -> Option<&Engine> {
        self.inner.as_ref().map(|inner| &inner.internal.engine)
    }

    /// Returns the database, or `None` with `--graphql-url`.
    #[must_use]
    pub fn db(&self) -> Option<&DatabaseConnection> {
        self.engine().map(|engine| engine.catalog().db())
    }

    /// Returns the schedule of the syncs, or `None` with `--graphql-url`.
    #[must_use]
    pub fn schedule(&self) -> Option<&Schedule> {
        self.inner.as_ref().map(|inner| &inner.schedule)
    }

    /// Returns the secrets that open the internal door, here or in another process.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns the number of SQL statements since the start.
    #[must_use]
    pub fn statements(&self) -> u64 {
        let statements = self.inner.as_ref().map(|inner| &inner.statements);
        statements.map_or(0, |statements| statements.load(Ordering::Relaxed))
    }
}

/// Returns the documents that the internal door runs.
///
/// # Errors
/// Returns [`DocumentsError`].
pub async fn documents(
    options: &config::Documents,
    mode: Mode,
) -> Result<Documents, DocumentsError> {
    let schema = graphql::bare_schema();
    let documents = Documents::new(mode, options.limits, &schema).await?;
    match &options.documents {
        Some(folder) => documents.with_folder(folder, &schema).await,
        None => Ok(documents),
    }
}

/// Opens a database, brings its tables up to date, and counts its statements.
async fn open(
    url: &str,
    connections: u32,
    metrics: &Metrics,
) -> Result<(DatabaseConnection, Arc<AtomicU64>), StartError> {
    let mut db = database::open(url, connections).await?;
    database::migrate(&db).await?;
    let statements = Arc::new(AtomicU64::default());
    let counter = statements.clone();
    let record = metrics.statement();
    db.set_metric_callback(move |statement| {
        counter.fetch_add(1, Ordering::Relaxed);
        record(statement);
    });
    metrics.watch_pool(db.clone());
    Ok((db, statements))
}
