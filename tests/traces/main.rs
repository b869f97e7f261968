//! Tests of exported traces, by the spans that a collector receives.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod collector;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use collector::{Collector, tree};
use integration_tests::fixture::Folders;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, send, serve};
use server::app::App;
use server::clock::Clock;
use server::http::{self, Connections};
use server::telemetry::traces::Traces;
use std::future::pending;
use std::io::{self, Write};
use std::sync::LazyLock;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

/// The id of the caller's span. Each test uses a different trace id.
const PARENT: &str = "00f067aa0ba902b7";

/// The exporter and the collector that all tests share. A process has only one global
/// subscriber, which is needed for spans that end in threads of the database driver.
struct World {
    collector: Collector,
    traces: Traces,
    /// Held by each test, because one of them makes the collector fail.
    alone: Mutex<()>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (collector, endpoint) = Collector::start();
    let traces = Traces::to(&endpoint).expect("an address");
    let log = fmt::layer().with_writer(|| &LOG);
    let log = registry().with(log.with_filter(LevelFilter::INFO));
    log.with(traces.layer()).init();
    World {
        collector,
        traces,
        alone: Mutex::default(),
    }
});

/// A request over `--graphql-url` is a single trace, from the caller of the tab door to the
/// SQL statements of the other process.
#[tokio::test]
async fn from_the_caller_to_the_statements() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let _alone = WORLD.alone.lock().await;
    let inner = TestApp::with_sample().await;
    inner.look().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let door = inner.app.internal_door().expect("a door");
    tokio::spawn(http::serve(listener, door, Connections::DEFAULT, pending()));
    let url = format!("http://{addr}/graphql");
    let options = serve(&["--graphql-url", &url]);
    let outer = App::new(&options, Clock::new(|| SYNCED_AT)).await;
    let outer = outer.expect("the service starts");
    let page = traced(
        outer.tab_door().into(),
        TRACE,
        "/security-tab/openssl",
        "01",
    )
    .await;
    assert_eq!(page, 200);
    assert_eq!(
        WORLD.tree(TRACE),
        [
            "GET /security-tab/{crate} (server)",
            "  graphql SecurityTab (client)",
            "    POST /graphql (server)",
            "      graphql SecurityTab (internal)",
            "        sql begin (client)",
            "        sql select (client)",
            "        sql select (client)",
            "        sql select (client)",
            "        sql select (client)",
        ]
    );
    assert_eq!(WORLD.collector.service(), "crates-io-security");
}

/// In one process, a request is a single trace. Cached pages have no span, and neither have
/// requests that the caller does not sample.
#[tokio::test]
async fn in_one_process() {
    const TRACE: &str = "5cf92f3577b34da6a3ce929d0e0e4737";
    let _alone = WORLD.alone.lock().await;
    let app = TestApp::with_sample().await;
    app.look().await;
    let door = || app.tab_door();
    assert_eq!(traced(door(), TRACE, "/security-tab/rsa", "00").await, 200);
    assert_eq!(
        traced(door(), TRACE, "/security-tab/openssl", "01").await,
        200
    );
    assert_eq!(
        traced(door(), TRACE, "/security-tab/openssl", "01").await,
        200
    );
    assert_eq!(traced(door(), TRACE, "/nowhere/at/all", "01").await, 404);
    assert_eq!(
        WORLD.tree(TRACE),
        [
            "GET /security-tab/{crate} (server)",
            "  graphql SecurityTab (internal)",
            "    sql begin (client)",
            "    sql select (client)",
            "    sql select (client)",
            "    sql select (client)",
            "    sql select (client)",
            "GET none (server)",
        ]
    );
}

/// Each sync is a separate trace. Checks for new data are not traced.
#[tokio::test]
async fn a_sync() {
    let _alone = WORLD.alone.lock().await;
    let database = TestDatabase::sqlite().await;
    database
        .sync(&Folders::new().sources())
        .await
        .expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    app.look().await;
    WORLD.traces.flush();
    let tree = tree(&WORLD.collector.spans(), &[], 0);
    let mut roots = tree.iter().filter(|line| !line.starts_with(' '));
    assert!(roots.all(|root| root == "sync (internal)"), "{tree:#?}");
    let of = |name: &str| tree.iter().filter(|line| line.trim() == name).count();
    assert!(of("sync (internal)") > 0, "{tree:#?}");
    assert_eq!(
        of("sql commit (client)"),
        of("sync (internal)"),
        "{tree:#?}"
    );
}

/// An outage of the collector does not delay requests. It is logged once when it begins and
/// once when it ends.
#[tokio::test]
async fn a_collector_that_is_down() {
    const TRACE: &str = "6df92f3577b34da6a3ce929d0e0e4738";
    let _alone = WORLD.alone.lock().await;
    let app = TestApp::with_sample().await;
    let door = || app.tab_door();
    WORLD.collector.set_down(true);
    for krate in ["openssl", "rsa"] {
        let path = format!("/security-tab/{krate}");
        assert_eq!(traced(door(), TRACE, &path, "01").await, 200);
        WORLD.traces.flush();
    }
    WORLD.collector.set_down(false);
    assert_eq!(
        traced(door(), TRACE, "/security-tab/wasmtime", "01").await,
        200
    );
    let tree = WORLD.tree(TRACE);
    let text = LOG.text();
    assert_eq!(text.matches("cannot export traces").count(), 1, "{text}");
    assert_eq!(text.matches("exported again").count(), 1, "{text}");
    let requests = tree.iter().filter(|line| line.starts_with("GET"));
    assert_eq!(requests.count(), 1, "{tree:#?}");
}

impl World {
    /// Exports all spans, and returns the tree below the caller's span in a trace.
    fn tree(&self, trace: &str) -> Vec<String> {
        self.traces.flush();
        let mut spans = self.collector.spans();
        spans.retain(|span| span.trace_id == bytes(trace));
        tree(&spans, &bytes(PARENT), 0)
    }
}

/// The log of all threads.
static LOG: Log = Log(std::sync::Mutex::new(Vec::new()));

struct Log(std::sync::Mutex<Vec<u8>>);

impl Log {
    fn text(&self) -> String {
        let log = self.0.lock().expect("the log").clone();
        String::from_utf8(log).expect("UTF-8")
    }
}

impl Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sends a request with a `traceparent` header, and returns the status.
async fn traced(door: Router, trace: &str, path: &str, flags: &str) -> u16 {
    let request = Request::get(path)
        .header("traceparent", format!("00-{trace}-{PARENT}-{flags}"))
        .body(Body::empty());
    let reply = send(door, request.expect("a request")).await;
    reply.status.as_u16()
}

fn bytes(hex: &str) -> Vec<u8> {
    let pairs = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    let byte = |pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits");
    pairs.map(byte).collect()
}
