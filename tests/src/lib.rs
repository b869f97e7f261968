//! The harness: a real database, a real sync, the real routers.

#![allow(
    clippy::expect_used,
    reason = "a harness fails the test that it serves"
)]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use migrations::{Migrator, MigratorTrait};
use sea_orm::DatabaseConnection;
use serde_json::{Value, json};
use server::access::{Access, DoorAddr, Secrets};
use server::document::{Documents, Limits};
use server::graphql::{self, MaxPage, StaleAfter};
use server::state::{Clock, Internal, Mode, Tab};
use server::sync::{self, Guard, Report, Sources, SyncError};
use server::sync_health::SyncHealth;
use server::tab_data::TabData;
use server::turns::Turns;
use server::{database, http};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tower::ServiceExt;

pub mod browser;
pub mod fixture;
pub mod git_server;
pub mod host;
pub mod html;
pub mod postgres;
pub mod repository;
pub mod rows;
pub mod skip;

/// The time at which every test's sync happens.
pub const SYNCED_AT: OffsetDateTime = datetime!(2026-11-23 08:40 UTC);

/// Where npm builds GraphiQL.
const GRAPHIQL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/graphiql/dist");

/// As a server on two cores has.
pub const CONNECTIONS: u32 = 8;

/// How old data may be in tests before it counts as stale.
pub const STALE_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A database that lives as long as the test.
pub struct TestDatabase {
    /// The connection.
    pub db: DatabaseConnection,
    /// Its address, for a second connection.
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// An empty SQLite file with all migrations applied.
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Some(folder)).await
    }

    /// An empty PostgreSQL database with all migrations applied.
    pub async fn postgres(server: &postgres::Server) -> Self {
        Self::open(server.create_database().await, None).await
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        let db = database::open(&url, CONNECTIONS)
            .await
            .expect("the database opens");
        Migrator::up(&db, None).await.expect("the migrations run");
        Self {
            db,
            url,
            _folder: folder,
        }
    }

    /// An empty database of each kind that this machine can run: SQLite always,
    /// PostgreSQL where it is installed. `test` names who asks.
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

/// Both doors over a database, open for developers.
pub struct TestApp {
    /// The database.
    pub database: TestDatabase,
    /// What the internal door answers from.
    pub internal: Internal,
    statements: Arc<AtomicUsize>,
}

impl TestApp {
    /// Both doors over the sample, on SQLite.
    pub async fn with_sample() -> Self {
        let database = TestDatabase::sqlite().await;
        database
            .sync(&Sources::sample())
            .await
            .expect("the sample syncs");
        Self::over(database, SYNCED_AT)
    }

    /// Both doors over a database, at a time.
    #[must_use]
    pub fn over(database: TestDatabase, now: OffsetDateTime) -> Self {
        let statements = Arc::new(AtomicUsize::new(0));
        let mut db = database.db.clone();
        let counter = statements.clone();
        db.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let (mode, limits) = (Mode::Dev, Limits::DEFAULT);
        let internal = Internal {
            schema: schema(mode),
            db,
            clock: Clock::new(move || now),
            documents: documents(mode, limits),
            mode,
            graphiql: PathBuf::from(GRAPHIQL),
            access: access("127.0.0.1:4000", ""),
            turns: Turns::new(limits.max_concurrent),
        };
        Self {
            database,
            internal,
            statements,
        }
    }

    /// The same doors, open only for production.
    #[must_use]
    pub fn in_production(mut self) -> Self {
        let mode = Mode::Production;
        self.internal.schema = schema(mode);
        self.internal.documents = documents(mode, Limits::DEFAULT);
        self.internal.mode = mode;
        self
    }

    /// The same doors within other limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.internal.documents = documents(self.internal.mode, limits);
        self.internal.turns = Turns::new(limits.max_concurrent);
        self
    }

    /// The internal door.
    pub fn internal_door(&self) -> Router {
        http::internal(self.internal.clone())
    }

    /// The tab door, with its data from the same process.
    pub fn tab_door(&self) -> Router {
        http::tab(Tab {
            data: TabData::InProcess(Box::new(self.internal.clone())),
            mode: self.internal.mode,
        })
    }

    /// The answer of the internal door to a document.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let reply = self.post(&body).await;
        serde_json::from_str(&reply.body).expect("JSON")
    }

    /// What the internal door says to a GraphQL request.
    pub async fn post(&self, body: &Value) -> Reply {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        send(self.internal_door(), request).await
    }

    /// The answer to the tab's own document.
    pub async fn tab_answer(&self, krate: &str, version: Option<&str>) -> Value {
        let variables = json!({ "crate": krate, "version": version });
        self.graphql(ui_component::DOCUMENT, variables).await
    }

    /// What the tab door says to a GET of this path.
    pub async fn tab(&self, path: &str) -> Reply {
        get(self.tab_door(), path).await
    }

    /// How many SQL statements ran since the last call.
    pub fn take_statement_count(&self) -> usize {
        self.statements.swap(0, Ordering::Relaxed)
    }
}

/// Who gets into an internal door at an address, with secrets.
///
/// # Panics
/// When the address needs a secret.
#[must_use]
pub fn access(addr: &str, secrets: &str) -> Access {
    let addr: DoorAddr = addr.parse().expect("an address");
    let secrets = Secrets::parse(secrets).expect("secrets");
    Access::at(&addr, secrets).expect("a door that is not open")
}

fn schema(mode: Mode) -> graphql::Schema {
    let max_page = MaxPage(Limits::DEFAULT.max_page);
    graphql::schema(
        StaleAfter(STALE_AFTER),
        SyncHealth::default(),
        max_page,
        mode,
    )
}

fn documents(mode: Mode, limits: Limits) -> Documents {
    Documents::new(mode, limits).expect("the tab's document is within the limits")
}

/// What came back over HTTP.
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
    /// The code of a GraphQL answer's first error; `none` where there is none.
    ///
    /// # Panics
    /// When the body is no JSON.
    #[must_use]
    pub fn code(&self) -> String {
        let answer: Value = serde_json::from_str(&self.body).expect("JSON");
        let code = &answer["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or("none").to_owned()
    }
}

/// Sends a GET to a router.
pub async fn get(router: Router, path: &str) -> Reply {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    send(router, request).await
}

/// Sends a request to a router; to this machine, unless it says otherwise.
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

/// The real data beside the project, when it is there: advisory-db and index.
#[must_use]
pub fn real_data() -> Option<(PathBuf, PathBuf)> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let (advisory_db, index) = (shared.join("advisory-db"), shared.join("index"));
    (advisory_db.is_dir() && index.is_dir()).then_some((advisory_db, index))
}
