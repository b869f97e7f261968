//! The access rules of each door.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use integration_tests::{Reply, SYNCED_AT, TestApp, get, remote_tab_door, send, serve};
use server::app::App;
use server::clock::Clock;
use server::http::{self, Connections};
use std::future::pending;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixListener};
use tokio::time::{pause, resume, sleep};

const NEW: &str = "0123456789abcdef0123456789abcdef";
const OLD: &str = "fedcba9876543210fedcba9876543210";

/// The interval at which the doors reread their files.
const AGAIN: Duration = Duration::from_secs(10);

/// A file with secrets, and the folder that keeps it.
fn secret_file(secrets: &str) -> (TempDir, String) {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, secrets).expect("the file is written");
    let file = file.to_str().expect("UTF-8").to_owned();
    (folder, file)
}

/// Sends a valid query with these headers.
async fn ask(app: &TestApp, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = r#"{"query": "{ __typename }"}"#;
    let request = request.body(Body::from(body)).expect("a request");
    send(app.internal_door(), request).await
}

/// A page of another origin gets nothing, whatever request it makes a browser
/// send.
#[tokio::test]
async fn pages_of_other_origins() {
    let app = TestApp::with_sample().await;
    let host = ("host", "127.0.0.1:4000");
    for (headers, expect) in [
        (&[] as &[(&str, &str)], StatusCode::OK),
        (&[host, ("origin", "http://127.0.0.1:4000")], StatusCode::OK),
        (&[host, ("sec-fetch-site", "same-origin")], StatusCode::OK),
        (&[host, ("sec-fetch-site", "none")], StatusCode::OK),
        (
            &[host, ("origin", "http://127.0.0.1:4001")],
            StatusCode::FORBIDDEN,
        ),
        (
            &[host, ("origin", "https://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (&[host, ("origin", "null")], StatusCode::FORBIDDEN),
        (&[host, ("origin", "")], StatusCode::FORBIDDEN),
        (
            &[host, ("origin", "app://127.0.0.1:4000")],
            StatusCode::FORBIDDEN,
        ),
        (
            &[
                host,
                ("origin", "http://127.0.0.1:4000"),
                ("origin", "https://evil.example"),
            ],
            StatusCode::FORBIDDEN,
        ),
        (
            &[
                host,
                ("sec-fetch-site", "none"),
                ("sec-fetch-site", "cross-site"),
            ],
            StatusCode::FORBIDDEN,
        ),
        (
            &[host, ("sec-fetch-site", "cross-site")],
            StatusCode::FORBIDDEN,
        ),
        (
            &[host, ("sec-fetch-site", "same-site")],
            StatusCode::FORBIDDEN,
        ),
    ] {
        let reply = ask(&app, headers).await;
        assert_eq!(reply.status, expect, "{headers:?}");
    }
    // A link or an image.
    let request = Request::get("/graphql?query=%7B__typename%7D")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .expect("a request");
    let reply = send(app.internal_door(), request).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    // A form, or a script that sends a request without asking first.
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(r#"{"query": "{ __typename }"}"#))
            .expect("a request");
        let reply = send(app.internal_door(), request).await;
        assert_eq!(
            reply.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{media_type}"
        );
    }
    // A script that asks first is not granted anything.
    let request = Request::options("/graphql")
        .header(header::ORIGIN, "https://evil.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .body(Body::empty())
        .expect("a request");
    let reply = send(app.internal_door(), request).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(
        !reply
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    );
}

/// A name that an attacker points at this machine is not a name of this
/// machine.
#[tokio::test]
async fn hosts() {
    let app = TestApp::with_sample().await;
    for (host, expect) in [
        ("127.0.0.1:4000", StatusCode::OK),
        ("127.0.0.2", StatusCode::OK),
        ("[::1]:4000", StatusCode::OK),
        ("LocalHost:80", StatusCode::OK),
        ("evil.example:4000", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("localhost.", StatusCode::MISDIRECTED_REQUEST),
        ("0.0.0.0:4000", StatusCode::MISDIRECTED_REQUEST),
        ("", StatusCode::BAD_REQUEST),
        ("a b", StatusCode::BAD_REQUEST),
        ("evil@127.0.0.1", StatusCode::BAD_REQUEST),
    ] {
        let reply = ask(&app, &[("host", host)]).await;
        assert_eq!(reply.status, expect, "{host:?}");
    }
    let two = [("host", "127.0.0.1:4000"), ("host", "evil.example")];
    assert_eq!(ask(&app, &two).await.status, StatusCode::BAD_REQUEST);
    let absolute = Request::get("http://evil.example/graphql?query=%7B__typename%7D");
    let absolute = absolute.body(Body::empty()).expect("a request");
    let reply = send(app.internal_door(), absolute).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);

    let app = app.and(&["--graphql-addr", "unix:internal.sock"]).await;
    let reply = ask(&app, &[("host", "anything")]).await;
    assert_eq!(reply.status, StatusCode::OK);
}

/// Either secret is accepted and nothing else is; health needs no secret.
#[tokio::test]
async fn secrets() {
    let (_folder, file) = secret_file(&format!("{NEW} {OLD}"));
    let app = TestApp::with_sample_and(&["--graphql-secret-file", &file]).await;
    let host = ("host", "internal.example");
    let bearer = |secret: &str| format!("Bearer {secret}");
    for (authorization, expect) in [
        (bearer(NEW), StatusCode::OK),
        (bearer(OLD), StatusCode::OK),
        (format!("bEARER {OLD}"), StatusCode::OK),
        (bearer(&NEW[1..]), StatusCode::UNAUTHORIZED),
        (bearer(&format!("{NEW} ")), StatusCode::UNAUTHORIZED),
        (bearer(""), StatusCode::UNAUTHORIZED),
        (format!("Basic {NEW}"), StatusCode::UNAUTHORIZED),
        (NEW.to_owned(), StatusCode::UNAUTHORIZED),
    ] {
        let reply = ask(&app, &[host, ("authorization", &authorization)]).await;
        assert_eq!(reply.status, expect, "{authorization}");
    }
    let nobody = ask(&app, &[host]).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.headers[header::WWW_AUTHENTICATE], "Bearer");
    // The page of GraphiQL opens for developers, who then give the secret as a
    // header.
    for (path, expect) in [
        ("/health", StatusCode::OK),
        ("/ready", StatusCode::OK),
        ("/metrics", StatusCode::UNAUTHORIZED),
        ("/no-such-page", StatusCode::UNAUTHORIZED),
        ("/graphiql", StatusCode::OK),
        ("/graphiql/assets/none.js", StatusCode::NOT_FOUND),
        ("/graphiqlx", StatusCode::UNAUTHORIZED),
    ] {
        let reply = get(app.internal_door(), path).await;
        assert_eq!(reply.status, expect, "{path}");
    }
    let app = app.in_production().await;
    for path in ["/graphiql", "/graphiql/assets/graphiql.js"] {
        let reply = get(app.internal_door(), path).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// The tab door alone sends its secret to an internal door that needs one, over
/// TCP or a Unix socket.
#[tokio::test]
async fn the_tab_door_brings_its_secret() {
    let (_folder, file) = secret_file(NEW);
    let app = TestApp::with_sample_and(&["--graphql-secret-file", &file]).await;
    let app = app.in_production().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!(
        "http://{}/graphql",
        listener.local_addr().expect("its address")
    );
    let door = app.internal_door();
    tokio::spawn(http::serve(listener, door, Connections::DEFAULT, pending()));

    let folder = TempDir::new().expect("a temporary folder");
    let socket = folder.path().join("internal.sock");
    let listener = UnixListener::bind(&socket).expect("a socket");
    let door = app.internal_door();
    tokio::spawn(http::serve(listener, door, Connections::DEFAULT, pending()));

    for url in [url, format!("unix:{}", socket.display())] {
        for (secret, expect) in [
            (NEW, StatusCode::OK),
            (OLD, StatusCode::SERVICE_UNAVAILABLE),
            ("", StatusCode::SERVICE_UNAVAILABLE),
        ] {
            let (_folder, file) = secret_file(secret);
            let option = ["--graphql-secret-file", &file];
            let option = if secret.is_empty() { &[] } else { &option[..] };
            let reply = get(remote_tab_door(&url, option).await, "/security-tab/openssl").await;
            assert_eq!(reply.status, expect, "{secret}");
        }
    }
}

/// A secret takes the place of another while both doors are open. A file without
/// a usable secret changes nothing.
#[tokio::test]
async fn secrets_are_exchanged_without_a_restart() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = |name: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, OLD).expect("the file is written");
        file
    };
    let (internal_file, tab_file) = (file("internal"), file("tab"));
    let follow = |app: &App, file: &Path| {
        let (secrets, file) = (app.secrets().clone(), file.to_owned());
        tokio::spawn(async move { secrets.follow(&file, AGAIN).await });
    };
    // Time is paused only here: until every file has been read again.
    let read_again = async || {
        pause();
        sleep(AGAIN * 2).await;
        resume();
    };
    let option = [
        "--graphql-secret-file",
        internal_file.to_str().expect("UTF-8"),
    ];
    let app = TestApp::with_sample_and(&option)
        .await
        .in_production()
        .await;
    follow(&app.app, &internal_file);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    let door = app.internal_door();
    tokio::spawn(http::serve(listener, door, Connections::DEFAULT, pending()));
    let tab = serve(&[
        "--graphql-url",
        &format!("http://{addr}/graphql"),
        "--graphql-secret-file",
        tab_file.to_str().expect("UTF-8"),
    ]);
    let tab = App::new(&tab, Clock::new(|| SYNCED_AT)).await;
    let tab = tab.expect("the service starts");
    follow(&tab, &tab_file);
    let of_tab = tab.secrets().clone();
    let tab: axum::Router = tab.tab_door().into();

    let write = async |file: &Path, text: &str| {
        std::fs::write(file, text).expect("the file is written");
        read_again().await;
    };
    let sees = async || get(tab.clone(), "/security-tab/serde/badge").await.status;
    assert_eq!(sees().await, StatusCode::OK);
    // First the internal door accepts both secrets, then the tab door sends the
    // new one, then the old one is removed.
    write(&internal_file, &format!("{NEW} {OLD}")).await;
    assert_eq!(sees().await, StatusCode::OK);
    write(&tab_file, NEW).await;
    assert_eq!(of_tab.newest().as_deref(), Some(NEW));
    assert_eq!(sees().await, StatusCode::OK);
    write(&internal_file, NEW).await;
    assert_eq!(sees().await, StatusCode::OK);
    let old = ask(&app, &[("authorization", &format!("Bearer {OLD}"))]).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);

    for text in ["", "short", &format!("{NEW} {OLD} {OLD}")] {
        write(&internal_file, text).await;
        assert_eq!(sees().await, StatusCode::OK, "{text:?}");
    }
    std::fs::remove_file(&internal_file).expect("the file is removed");
    read_again().await;
    let nobody = ask(&app, &[]).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}

/// Only GET and HEAD, and only for the tab: no method, path or header makes the
/// tab door send JSON or grant another origin anything.
#[tokio::test]
async fn the_tab_door_is_for_the_tab_only() {
    let app = TestApp::with_sample().await.in_production().await;
    let long = "a".repeat(8000);
    let paths = [
        "/security-tab/openssl",
        "/security-tab/openssl/0.10.8",
        "/security-tab/openssl/badge",
        "/security-tab.js",
        "/graphql",
        "/graphql?query={__typename}",
        "/graphiql",
        "/health",
        "/ready",
        "/metrics",
        "/gallery",
        "/",
        "//",
        "//graphql",
        "/./graphql",
        "/security-tab/../graphql",
        "/security-tab/%2e%2e/graphql",
        "/security-tab/..%2fgraphql",
        "/security-tab/..%5c..%5cetc/passwd",
        "/security-tab/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/security-tab/a%00b",
        "/security-tab/openssl/1.0.0%00",
        "/security-tab/%ff%fe",
        "/security-tab/%zz",
        "/security-tab/openssl%0d%0aset-cookie:a=b",
        "/security-tab//badge",
        "/security-tab/",
        "/security-tab.css.map",
        "/security-tab.js/",
        &format!("/security-tab/{long}"),
        &format!("/security-tab/openssl/{long}"),
    ];
    for path in paths {
        for method in [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::OPTIONS,
            Method::TRACE,
        ] {
            let request = Request::builder()
                .method(&method)
                .uri(path)
                .header(header::ORIGIN, "https://evil.example")
                .header(header::ACCEPT, "application/json")
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(r#"{"query": "{ __typename }"}"#))
                .expect("a request");
            let reply = send(app.tab_door(), request).await;
            let at = format!("{method} {path}");
            let is_read = method == Method::GET || method == Method::HEAD;
            let is_tab = paths.iter().position(|it| *it == path) < Some(4);
            let expect: &[StatusCode] = match (is_read, is_tab) {
                (true, true) => &[StatusCode::OK],
                (true, false) => &[StatusCode::NOT_FOUND],
                (false, _) => &[StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_FOUND],
            };
            assert!(expect.contains(&reply.status), "{at}: {}", reply.status);
            for (name, value) in &reply.headers {
                assert!(!name.as_str().starts_with("access-control"), "{at}: {name}");
                assert!(
                    !value.to_str().expect("text").contains("json"),
                    "{at}: {value:?}"
                );
            }
            let is_ours = ["", "not found"].contains(&reply.body.as_str())
                || reply.body.starts_with("<section")
                || (is_tab && path.ends_with(".js"));
            assert!(
                is_ours || reply.body.starts_with("<crate-security-badge"),
                "{at}: {}",
                reply.body
            );
            assert!(!reply.headers.contains_key(header::SET_COOKIE), "{at}");
        }
    }
}
