//! A closing door: requests that have arrived by then are answered.

use axum::Router;
use axum::routing::get;
use integration_tests::TestApp;
use server::http::{self, Connections};
use std::future::ready;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Long enough for any answer on a machine that is busy with tests.
const SOON: Duration = Duration::from_secs(10);

async fn connect(addr: SocketAddr) -> TcpStream {
    TcpStream::connect(addr).await.expect("a connection")
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    let sent = stream.write_all(request.as_bytes()).await;
    sent.expect("a request");
}

/// Returns everything that arrives until the other side ends.
async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(SOON, stream.read_to_end(&mut answer)).await;
    read.expect("an end").expect("an answer");
    String::from_utf8(answer).expect("UTF-8")
}

fn assert_last(answer: &str, status: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

/// After the signal `/ready` says that the server will stop. Meanwhile both old
/// and new connections are answered once each.
#[tokio::test]
async fn a_door_lingers() {
    let app = TestApp::with_sample().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let (stop, stopped) = oneshot::channel::<()>();
    let door = http::serve(listener, app.internal_door(), Connections::DEFAULT, async {
        drop(stopped.await)
    });
    let door = tokio::spawn(door);
    // Before the signal an answer does not end its connection.
    let mut old = connect(addr).await;
    ask(&mut old, "/ready").await;
    let mut first = [0; 15];
    old.read_exact(&mut first).await.expect("an answer");
    assert_eq!(&first, b"HTTP/1.1 200 OK");

    stop.send(()).expect("a signal");
    let mut new = connect(addr).await;
    ask(&mut new, "/ready").await;
    assert_last(&rest(&mut new).await, "503");
    ask(&mut old, "/health").await;
    let answers = rest(&mut old).await;
    let (ready, health) = answers.split_once("HTTP/1.1").expect("two answers");
    assert!(!ready.contains("connection: close"), "{answers}");
    assert_last(&format!("HTTP/1.1{health}"), "200");
    let mut newer = connect(addr).await;
    ask(&mut newer, "/health").await;
    assert_last(&rest(&mut newer).await, "200");

    timeout(SOON, door)
        .await
        .expect("the end")
        .expect("no panic");
    let refused = TcpStream::connect(addr).await;
    assert!(refused.is_err(), "nothing is accepted");
}

/// Connections that were made before the door closed are answered even if it had
/// not accepted them yet.
#[tokio::test]
async fn the_queue_is_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let mut queue = Vec::new();
    for _ in 0..20 {
        let mut stream = connect(addr).await;
        ask(&mut stream, "/").await;
        queue.push(stream);
    }
    let routes = Router::new().route("/", get(|| async { "done" }));
    let at_once = Connections {
        linger_time: Duration::ZERO,
        ..Connections::DEFAULT
    };
    let door = tokio::spawn(http::serve(listener, routes, at_once, ready(())));
    for stream in &mut queue {
        let answer = rest(stream).await;
        assert_last(&answer, "200");
        assert!(answer.ends_with("done"), "{answer}");
    }
    timeout(SOON, door)
        .await
        .expect("the end")
        .expect("no panic");
}
