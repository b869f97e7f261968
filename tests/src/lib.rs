//! The harness: a real database, a real sync, the real routers.

#![allow(
    clippy::expect_used,
    reason = "a harness fails the test that it serves"
)]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use clap::Parser;
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use server::app::App;
use server::clock::Clock;
use server::config::{Cli, Serve};
use server::database;
use server::engine::{Engine, Limits};
use server::sync::{self, Guard, Report, Sources, SyncError};
use server::tab::Source;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tower::ServiceExt;

pub mod browser;
pub mod chaos;
pub mod fixture;
pub mod git_server;
pub mod host;
pub mod html;
pub mod postgres;
pub mod repository;
pub mod rows;
pub mod scrape;
pub mod shipped;
pub mod skip;
pub mod small_disk;
pub mod wire;

/// The time of every test's sync.
pub const SYNCED_AT: OffsetDateTime = datetime!(2026-11-23 08:40 UTC);

/// The folder into which npm builds GraphiQL.
pub const GRAPHIQL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/graphiql/dist");

/// The number of connections of a server on two cores.
pub const CONNECTIONS: u32 = 8;

/// A database that lives as long as the test.
pub struct TestDatabase {
    /// The connection.
    pub db: DatabaseConnection,
    /// Its address, for a second connection.
    pub url: String,
    folder: Option<Arc<TempDir>>,
}

impl TestDatabase {
    /// Creates an empty SQLite file with all migrations applied.
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Some(Arc::new(folder))).await
    }

    /// Creates an empty PostgreSQL database with all migrations applied.
    pub async fn postgres(server: &postgres::Server) -> Self {
        Self::open(server.create_database().await, None).await
    }

    async fn open(url: String, folder: Option<Arc<TempDir>>) -> Self {
        let db = database::open(&url, CONNECTIONS)
            .await
            .expect("the database opens");
        Migrator::up(&db, None).await.expect("the migrations run");
        Self { db, url, folder }
    }

    /// Creates an empty database of each kind that this machine can run: always
    /// SQLite, and PostgreSQL if it is installed. `test` is the name of the calling
    /// test.
    pub async fn each(test: &str) -> Vec<(Self, Option<Arc<postgres::Server>>)> {
        let mut databases = vec![(Self::sqlite().await, None)];
        match postgres::server().await {
            Some(server) => databases.push((Self::postgres(&server).await, Some(server))),
            None => skip::without_program(&format!("{test} on PostgreSQL"), "PostgreSQL"),
        }
        databases
    }

    /// Syncs from these sources at [`SYNCED_AT`].
    pub async fn sync(&self, sources: &Sources) -> Result<Report, SyncError> {
        sync::run(&self.db, sources, &Guard::default(), SYNCED_AT).await
    }
}

/// Both doors over a database, open for developers by default. The service itself
/// wires them, from options as an operator would type them.
pub struct TestApp {
    /// The database.
    pub database: TestDatabase,
    /// The service.
    pub app: App,
    now: OffsetDateTime,
    options: Vec<String>,
    counted: AtomicU64,
}

impl TestApp {
    /// Creates both doors over the sample, on SQLite.
    pub async fn with_sample() -> Self {
        Self::with_sample_and(&[]).await
    }

    /// Creates both doors over the sample, on SQLite, with these options.
    pub async fn with_sample_and(options: &[&str]) -> Self {
        let database = TestDatabase::sqlite().await;
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        let options = [&["--dev"], options].concat();
        Self::with(database, SYNCED_AT, &options).await
    }

    /// Creates both doors over a database, at a time.
    pub async fn over(database: TestDatabase, now: OffsetDateTime) -> Self {
        Self::with(database, now, &["--dev"]).await
    }

    /// Creates both doors over a database, at a time, with these options of `serve`.
    pub async fn with(database: TestDatabase, now: OffsetDateTime, options: &[&str]) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Self::build(database, now, options).await
    }

    async fn build(database: TestDatabase, now: OffsetDateTime, options: Vec<String>) -> Self {
        let own = ["--database-url", &database.url, "--graphiql", GRAPHIQL];
        let given = options.iter().map(String::as_str);
        let serve = serve(&own.into_iter().chain(given).collect::<Vec<_>>());
        let app = App::new(&serve, Clock::new(move || now)).await;
        Self {
            app: app.expect("the service starts"),
            database,
            now,
            options,
            counted: AtomicU64::default(),
        }
    }

    /// Returns the same doors, open only for production.
    pub async fn in_production(mut self) -> Self {
        self.options.retain(|option| option != "--dev");
        Self::build(self.database, self.now, self.options).await
    }

    /// Returns the same doors with more options.
    pub async fn and(mut self, options: &[&str]) -> Self {
        self.options
            .extend(options.iter().map(|option| (*option).to_owned()));
        Self::build(self.database, self.now, self.options).await
    }

    /// Returns the same doors with other limits.
    pub async fn within(self, limits: Limits) -> Self {
        let options = limits_as_options(&limits);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        self.and(&options).await
    }

    /// Returns the engine.
    pub fn engine(&self) -> &Engine {
        self.app.engine().expect("the service has the data itself")
    }

    /// Returns the internal door.
    pub fn internal_door(&self) -> Router {
        let door = self.app.internal_door();
        let door = door.expect("the service has the data itself");
        self.keeping_database(door.into())
    }

    /// Returns the tab door, with its data from the same process.
    pub fn tab_door(&self) -> Router {
        self.keeping_database(self.app.tab_door().into())
    }

    /// Returns routes that keep the database for as long as they live.
    fn keeping_database(&self, routes: Router) -> Router {
        routes.layer(axum::Extension(self.database.folder.clone()))
    }

    /// Checks the database, as the watch does every second.
    pub async fn look(&self) {
        drop(self.engine().catalog().look().await);
    }

    /// Returns the answer of the internal door to a document.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let reply = self.post(&body).await;
        serde_json::from_str(&reply.body).expect("JSON")
    }

    /// Returns the internal door's reply to a GraphQL request.
    pub async fn post(&self, body: &Value) -> Reply {
        self.look().await;
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        send(self.internal_door(), request).await
    }

    /// Returns the answer to the tab's own document.
    pub async fn tab_answer(&self, krate: &str, version: Option<&str>) -> Value {
        let variables = json!({ "crate": krate, "version": version });
        self.graphql(ui_component::DOCUMENT, variables).await
    }

    /// Returns the tab's data, as the tab door loads it.
    pub async fn tab_data(&self, krate: &str, version: Option<&str>) -> Option<ui_component::Data> {
        let source = Source::InProcess(self.engine().clone());
        source.load(krate, version, None).await.ok()
    }

    /// Returns the tab door's reply to a GET of this path.
    pub async fn tab(&self, path: &str) -> Reply {
        self.look().await;
        get(self.tab_door(), path).await
    }

    /// Returns the number of SQL statements since the last call.
    pub fn take_statement_count(&self) -> u64 {
        let all = self.app.statements();
        all - self.counted.swap(all, Ordering::Relaxed)
    }
}

/// Parses the options of `serve`, as they would be typed.
///
/// # Panics
/// Panics if they are not valid options.
#[must_use]
pub fn serve(options: &[&str]) -> Serve {
    let program = ["crates-io-security"].iter().chain(options);
    *Cli::try_parse_from(program).expect("options").serve
}

/// Creates the tab door alone, over the GraphQL of another process.
///
/// # Panics
/// Panics if it does not start.
pub async fn remote_tab_door(url: &str, options: &[&str]) -> Router {
    let options = [&["--graphql-url", url], options].concat();
    let app = App::new(&serve(&options), Clock::new(|| SYNCED_AT)).await;
    let app = app.expect("the service starts");
    let source = app.tab().source().clone();
    tokio::spawn(async move { source.follow().await });
    app.tab_door().into()
}

fn limits_as_options(limits: &Limits) -> Vec<String> {
    [
        format!("--max-request={}", limits.max_request),
        format!("--max-tokens={}", limits.max_tokens),
        format!("--max-depth={}", limits.max_depth),
        format!("--max-complexity={}", limits.max_complexity),
        format!("--max-aliases={}", limits.max_aliases),
        format!("--max-root-fields={}", limits.max_root_fields),
        format!("--max-directives={}", limits.max_directives),
        format!("--max-fragments={}", limits.max_fragments),
        format!("--max-page={}", limits.max_page),
        format!("--max-time={}", limits.max_time),
        format!("--max-concurrent={}", limits.max_concurrent),
        format!("--max-answer={}", limits.max_answer),
    ]
    .into()
}

/// A reply over HTTP.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: axum::http::HeaderMap,
    /// The body.
    pub body: String,
}

impl Reply {
    /// Returns the code of a GraphQL answer's first error, or `none`.
    ///
    /// # Panics
    /// Panics if the body is not JSON.
    #[must_use]
    pub fn code(&self) -> String {
        let answer: Value = serde_json::from_str(&self.body).expect("JSON");
        let code = &answer["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or("none").to_owned()
    }
}

/// Returns an HTTP client for servers on this machine, with a timeout of one minute
/// for each request.
pub fn client() -> reqwest::ClientBuilder {
    // A second installation fails and changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let timeout = std::time::Duration::from_secs(60);
    reqwest::Client::builder().no_proxy().timeout(timeout)
}

/// Sends a GET to a router.
pub async fn get(router: Router, path: &str) -> Reply {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    send(router, request).await
}

/// Sends a request to a router. The host is this machine, unless the request names
/// another.
pub async fn send(router: Router, mut request: Request<Body>) -> Reply {
    let headers = request.headers_mut();
    let host = header::HeaderValue::from_static("127.0.0.1:4000");
    headers.entry(header::HOST).or_insert(host);
    let response = router.oneshot(request).await.expect("the router answers");
    read(response).await
}

async fn read(response: Response<Body>) -> Reply {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .expect("a body");
    let body = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Reply {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

/// Returns the real data beside the project, if it is there: advisory-db and index.
#[must_use]
pub fn real_data() -> Option<(PathBuf, PathBuf)> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let (advisory_db, index) = (shared.join("advisory-db"), shared.join("index"));
    (advisory_db.is_dir() && index.is_dir()).then_some((advisory_db, index))
}
