//! Connections: slow ones, broken ones, very many, and the last. They run over a
//! wire in memory, and where time matters it is paused.

use super::log::Log;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use futures_util::future::join_all;
use futures_util::stream;
use integration_tests::wire::{Wire, wire};
use integration_tests::{TestApp, send};
use server::http::{self, Connections};
use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, pause, sleep, timeout};

/// Few connections and short times. A time counts only where a test says so.
const SHORT: Connections = Connections {
    max: 8,
    head_time: Duration::from_millis(300),
    write_time: Duration::from_millis(300),
    linger_time: Duration::from_millis(100),
    shutdown_time: Duration::from_millis(300),
};

/// Beyond every time of [`SHORT`], and below every time of [`Connections::DEFAULT`].
const SOON: Duration = Duration::from_secs(4);

fn serve(
    routes: impl Into<http::Routes>,
    connections: Connections,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> (Wire, JoinHandle<()>) {
    let (wire, listener) = wire();
    let door = http::serve(listener, routes.into(), connections, shutdown);
    (wire, tokio::spawn(door))
}

fn connect(wire: &Wire) -> DuplexStream {
    wire.connect().expect("a connection")
}

async fn ask(stream: &mut DuplexStream, request: &str) {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
}

/// Waits for the first byte of an answer.
async fn begin(stream: &mut DuplexStream) {
    stream.read_u8().await.expect("an answer");
}

/// Everything that the other side answers to these bytes until it ends the
/// connection.
async fn exchange(wire: &Wire, sent: &str) -> String {
    let mut stream = connect(wire);
    // A request that is refused halfway may not be taken in whole.
    drop(stream.write_all(sent.as_bytes()).await);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer).await;
    read.expect("an end");
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Tokio's timer rounds up to milliseconds.
fn assert_about(took: Duration, expect: Duration) {
    let slack = Duration::from_millis(5);
    assert!(took >= expect && took < expect + slack, "{took:?}");
}

/// A client that sends the head of a request too slowly, or nothing, is cut off
/// on time.
#[tokio::test]
async fn slow_heads() {
    let app = TestApp::with_sample().await;
    pause();
    let (wire, _door) = serve(app.tab_door(), SHORT, pending());
    for sent in ["", "GET", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let start = Instant::now();
        let answer = exchange(&wire, sent).await;
        assert!(["none", "408"].contains(&status(&answer)), "{answer}");
        assert_about(start.elapsed(), SHORT.head_time);
    }
}

/// A client that does not read its answer is cut off on time.
#[tokio::test(start_paused = true)]
async fn unread_answers() {
    let large = || async { "x".repeat(5_000_000) };
    let routes = Router::new().route("/", get(large));
    let one = Connections { max: 1, ..SHORT };
    let (wire, _door) = serve(routes, one, pending());
    let mut unread = connect(&wire);
    ask(&mut unread, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    begin(&mut unread).await;
    let start = Instant::now();
    // There is one place, and it becomes free.
    let request = "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&exchange(&wire, request).await), "404");
    assert_about(start.elapsed(), SHORT.write_time);
}

/// A request whose body does not arrive is given up.
#[tokio::test]
async fn slow_bodies() {
    let app = TestApp::with_sample().await;
    let log = Log::default();
    let _logging = log.keep();
    pause();
    let body = Body::from_stream(stream::pending::<Result<String, Infallible>>());
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(body)
        .expect("a request");
    let start = Instant::now();
    let reply = send(app.internal_door(), request).await;
    assert_eq!(reply.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(reply.code(), "REQUEST_TOO_SLOW");
    assert_eq!(reply.headers["connection"], "close");
    assert_eq!(start.elapsed().as_secs(), 5);
    assert_eq!(log.text(), "", "the fault is the client's");
}

/// An answer that is read a little at a time is cut off on time as well.
#[tokio::test(start_paused = true)]
async fn answers_read_in_drops() {
    let large = || async { "x".repeat(5_000_000) };
    let routes = Router::new().route("/", get(large));
    let (wire, _door) = serve(routes, SHORT, pending());
    let mut reader = connect(&wire);
    ask(&mut reader, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (start, mut read, mut drop) = (Instant::now(), 0, vec![0; 100_000]);
    while let Ok(more @ 1..) = reader.read(&mut drop).await {
        read += more;
        assert!(start.elapsed() < SOON, "it goes on");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(read < 5_000_000, "it is cut off");
}

/// Many idle connections do not keep a new one out: the one that has been idle
/// longest gives way, whether it has made a request before or not.
#[tokio::test]
async fn many_connections() {
    let app = TestApp::with_sample().await;
    pause();
    let patient = Connections {
        max: 8,
        ..Connections::DEFAULT
    };
    let (wire, _door) = serve(app.tab_door(), patient, pending());
    let mut idle = Vec::new();
    for number in 0..50 {
        let mut stream = connect(&wire);
        if number % 2 == 0 {
            ask(&mut stream, "HEAD /nothing HTTP/1.1\r\nHost: a\r\n\r\n").await;
            begin(&mut stream).await;
        }
        idle.push(stream);
        // Each has waited longer than the next.
        sleep(Duration::from_millis(1)).await;
    }
    let start = Instant::now();
    let request = "GET /security-tab.css HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_eq!(status(&exchange(&wire, request).await), "200");
    assert!(start.elapsed() < SOON, "no connection was timed out");

    // The connections that are still open: the last ones.
    let mut open = Vec::new();
    for (number, stream) in idle.iter_mut().enumerate() {
        let mut rest = Vec::new();
        let read = timeout(Duration::from_millis(1), stream.read_to_end(&mut rest));
        if read.await.is_err() {
            open.push(number);
        }
    }
    assert_eq!(open, Vec::from_iter(43..50));
}

/// A connection with an answer under way does not give way to a crowd of idle
/// ones, however slowly the answer is read.
#[tokio::test(start_paused = true)]
async fn a_slow_reader_stays() {
    let large = || async { "x".repeat(5_000_000) };
    let routes = Router::new().route("/", get(large));
    let patient = Connections {
        max: 4,
        ..Connections::DEFAULT
    };
    let (wire, _door) = serve(routes, patient, pending());
    let mut slow = connect(&wire);
    ask(
        &mut slow,
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    )
    .await;
    begin(&mut slow).await;
    let mut idle = Vec::new();
    for _ in 0..12 {
        idle.push(connect(&wire));
        sleep(Duration::from_millis(150)).await;
    }
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).await.expect("the rest");
    assert!(answer.len() > 5_000_000, "{} bytes", answer.len());
}

/// A connection whose request is being answered does not give way; a new one
/// waits for it.
#[tokio::test(start_paused = true)]
async fn who_is_answered_stays() {
    let slow = || async {
        sleep(Duration::from_millis(300)).await;
        "done"
    };
    let routes = Router::new().route("/", get(slow));
    let (wire, _door) = serve(routes, SHORT, pending());
    let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let asked = (0..SHORT.max * 3).map(|_| exchange(&wire, request));
    for answer in join_all(asked).await {
        assert!(answer.ends_with("done"), "{answer}");
    }
}

/// A request that is ambiguous, malformed or too large is refused, and the connection
/// ends, so that no rest of it is read as a second request.
#[tokio::test]
async fn smuggled_and_oversized_heads() {
    let app = TestApp::with_sample().await;
    let (wire, _door) = serve(app.internal_door(), SHORT, pending());
    let post = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
    let smuggled = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    for (request, expect) in [
        (
            format!("{post}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{smuggled}"),
            "400",
        ),
        (format!("{post}Content-Length: +5\r\n\r\n{smuggled}"), "400"),
        (
            format!("{post}Content-Length: 5, 5\r\n\r\n{smuggled}"),
            "400",
        ),
        (
            format!("{post}Transfer-Encoding: xchunked\r\n\r\n{smuggled}"),
            "400",
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{smuggled}"),
            "400",
        ),
        // Chunks take precedence (RFC 9112, section 6.3): an empty body, and the end.
        (
            format!(
                "{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
            ),
            "400",
        ),
        ("GET /health HTTP/1.1\r\n\r\n".to_owned(), "400"),
        (
            "GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n".to_owned(),
            "400",
        ),
        (format!("{post}Content-Length : 5\r\n\r\n{smuggled}"), "400"),
        (format!("{post}A: b\r\n c: d\r\n\r\n{smuggled}"), "400"),
        (format!("{post}A: \0\r\n\r\n{smuggled}"), "400"),
        ("GET /health\r\n\r\n".to_owned(), "400"),
        ("\0\0\0\0\r\n\r\n".to_owned(), "400"),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000)),
            "431",
        ),
        (format!("{post}A: {}\r\n\r\n", "a".repeat(30_000)), "431"),
        (format!("{post}{}\r\n", "A: b\r\n".repeat(100)), "431"),
    ] {
        let answer = exchange(&wire, &request).await;
        let shown: String = request.chars().take(200).collect();
        let statuses: Vec<&str> = answer
            .split("HTTP/1.1 ")
            .skip(1)
            .map(|answer| &answer[..3])
            .collect();
        assert_eq!(statuses, [expect], "{shown:?}: {answer}");
    }
}

/// A query of 16 KiB arrives at every path of the tab door, with 7 KiB of headers beside
/// it. A head beyond 24 KiB is refused.
#[tokio::test]
async fn long_queries_arrive() {
    const KIB: usize = 1024;
    let app = TestApp::with_sample().await;
    let (wire, _door) = serve(app.tab_door(), SHORT, pending());
    let request = |path: &str, query: usize, headers: usize| {
        let query = "q".repeat(query);
        let head = format!("GET {path}?{query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        format!("{head}Cookie: {}\r\n\r\n", "c".repeat(headers))
    };
    for (path, expect) in [
        ("/security-tab/openssl", "200"),
        ("/security-tab/openssl/badge", "200"),
        ("/security-tab/openssl/0.10.8", "200"),
        ("/security-tab/openssl/0.10.8/badge", "200"),
        ("/security-tab.js", "200"),
        ("/elsewhere", "404"),
    ] {
        let long = request(path, 16 * KIB, 7 * KIB);
        let answer = exchange(&wire, &long).await;
        assert_eq!(status(&answer), expect, "{path}: {answer}");
        let bare = request(path, 0, 0).len();
        for (beyond, expect) in [(0, expect), (1, "431")] {
            let edge = request(path, 16 * KIB, 8 * KIB - bare + beyond);
            assert_eq!(edge.len(), 24 * KIB + beyond);
            let answer = exchange(&wire, &edge).await;
            assert_eq!(status(&answer), expect, "{path}: {answer}");
        }
    }
}

/// A request of HTTP/1.1 must have one host, at the tab door too; a request of HTTP/1.0
/// may have none.
#[tokio::test]
async fn requests_without_a_host() {
    let app = TestApp::with_sample().await;
    let (wire, _door) = serve(app.tab_door(), SHORT, pending());
    for (request, expect) in [
        ("GET /security-tab.js HTTP/1.1\r\n\r\n", "400"),
        (
            "GET /security-tab.js HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "400",
        ),
        ("GET /security-tab.js HTTP/1.1\r\nHost: a b\r\n\r\n", "400"),
        (
            "GET http://b/security-tab.js HTTP/1.1\r\nHost: a\r\n\r\n",
            "400",
        ),
        ("GET /security-tab.js HTTP/1.1\r\nHost: a\r\n\r\n", "200"),
        ("GET /security-tab.js HTTP/1.0\r\n\r\n", "200"),
    ] {
        let answer = exchange(&wire, request).await;
        assert_eq!(status(&answer), expect, "{request:?}: {answer}");
        let is_kept = !answer.contains("cache-control: no-store");
        assert_eq!(is_kept, expect == "200", "{request:?}: {answer}");
    }
}

/// A request that was begun before the signal to stop is answered. One that
/// takes too long is cut off, and the door ends on time.
#[tokio::test(start_paused = true)]
async fn a_graceful_end() {
    for (takes, is_answered) in [(100, true), (10_000, false)] {
        let begun = Arc::new(Notify::new());
        let begins = begun.clone();
        let slow = move || async move {
            begins.notify_one();
            sleep(Duration::from_millis(takes)).await;
            "done"
        };
        let routes = Router::new().route("/", get(slow));
        let (stop, stopped) = oneshot::channel::<()>();
        let (wire, door) = serve(routes, SHORT, async { drop(stopped.await) });
        let client = wire.clone();
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let answer = tokio::spawn(async move { exchange(&client, request).await });
        begun.notified().await;
        stop.send(()).expect("a signal");
        let signalled = Instant::now();
        door.await.expect("no panic");
        let expect = if is_answered {
            SHORT.linger_time
        } else {
            SHORT.shutdown_time
        };
        assert_about(signalled.elapsed(), expect);
        let refused = wire.connect().map_err(|error| error.kind());
        assert_eq!(refused.err(), Some(io::ErrorKind::ConnectionRefused));
        if is_answered {
            let answer = answer.await.expect("a task");
            assert!(answer.ends_with("done"), "{answer}");
        }
    }
}

/// A panic is answered with a 500 that has an id, and the door stays open.
#[tokio::test]
async fn a_panic() {
    async fn panics() -> &'static str {
        panic!("on purpose")
    }
    let routes = http::with_layers(Router::new().route("/", get(panics)));
    for _ in 0..2 {
        let request = Request::get("/").body(Body::empty()).expect("a request");
        let reply = send(routes.clone(), request).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(reply.headers["x-request-id"].len(), 32);
        assert!(!reply.body.contains("on purpose"), "{}", reply.body);
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    }
}

/// Log lines of a request have its id, and so does the answer.
#[tokio::test]
async fn request_ids_are_in_the_log() {
    async fn panics() -> &'static str {
        panic!("on purpose")
    }
    let log = Log::default();
    let _logging = log.keep();
    let routes = http::with_layers(Router::new().route("/", get(panics)));
    let request = Request::get("/").header("x-request-id", "one-of-ours");
    let request = request.body(Body::empty()).expect("a request");
    let reply = send(routes, request).await;
    assert_eq!(reply.headers["x-request-id"], "one-of-ours");
    let log = log.text();
    let mut lines = log.lines();
    let line = lines.find(|line| line.contains("request handler panicked"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains(r#""id":"one-of-ours""#), "{line}");
}

/// A client's own id is accepted, unless it is not fit for the log.
#[tokio::test]
async fn request_ids() {
    let app = TestApp::with_sample().await;
    let long = "a".repeat(65);
    for (id, is_kept) in [
        ("a-B_c.1", true),
        ("", false),
        ("a b", false),
        ("a\"b", false),
        ("{id}", false),
        (long.as_str(), false),
    ] {
        for door in [app.tab_door(), app.internal_door()] {
            let request = Request::get("/health").header("x-request-id", id);
            let reply = send(door, request.body(Body::empty()).expect("a request")).await;
            assert_eq!(reply.headers["x-request-id"] == id, is_kept, "{id}");
        }
    }
}
