//! The page that loads GraphiQL from a CDN if its files have not been built.

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Path as UrlPath, Request};
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use integration_tests::{TestApp, skip};
use std::fs;
use std::path::Path;

/// The URL of the packages on the CDN.
const CDN: &str = "https://cdn.jsdelivr.net/npm";

/// The script that needs the other ones.
const GRAPHIQL_JS: &str = "graphiql/graphiql.min.js";

/// The folder into which npm installs the packages.
const PACKAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules");

#[tokio::test]
async fn offline_it_says_how_to_get_the_files() {
    let Some(browser) = Browser::open("offline_it_says_how_to_get_the_files").await else {
        return;
    };
    let host = Host::over(without_files().await).await;
    browser.goto(&host.url("/graphiql")).await;
    // Nothing is loaded from other hosts before the click.
    let names = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).host)
        .filter((host) => host !== location.host)";
    assert_eq!(browser.eval::<Vec<String>>(names).await, [""; 0]);

    browser.click("button").await;
    let said = "document.querySelector('[role=status]').textContent";
    let expect = format!(
        "Cannot load {CDN}/graphiql@4.1.2/graphiql.min.css: it is out of reach, or is not the \
         expected file. Build GraphiQL with the command above, or copy the folder \
         server/graphiql/dist from a machine that has built it."
    );
    browser.until(said, expect).await;
    // The build command is still shown, and the button works again.
    let is_as_before = "!document.querySelector('button').disabled
        && document.querySelector('pre').textContent.startsWith('npm ci')";
    browser.until(is_as_before, true).await;
}

#[tokio::test]
async fn the_files_of_the_cdn_run() {
    let test = "the_files_of_the_cdn_run";
    let Some((browser, host)) = with_cdn(test, None).await else {
        return;
    };
    browser.goto(&host.url("/graphiql")).await;
    browser.click("button").await;
    let tabs = "[...document.querySelectorAll('.graphiql-tab')].map((tab) => tab.innerText.trim())";
    let examples = ["SecurityTab", "Advisory", "Versions", "DataStatus"];
    browser
        .until(tabs, examples.map(str::to_owned).to_vec())
        .await;
    browser.click(".graphiql-execute-button").await;
    let answer =
        "document.querySelector('.result-window')?.textContent.includes('RUSTSEC-2018-0010')";
    browser.until(answer, true).await;
    assert_eq!(browser.console().await, [""; 0]);
}

/// A file that does not match its pinned hash is not run.
#[tokio::test]
async fn another_file_is_refused() {
    let test = "another_file_is_refused";
    let Some((browser, host)) = with_cdn(test, Some(GRAPHIQL_JS)).await else {
        return;
    };
    browser.goto(&host.url("/graphiql")).await;
    browser.click("button").await;
    let said = "document.querySelector('[role=status]').textContent
        .includes('graphiql.min.js: it is out of reach, or is not the expected file')";
    browser.until(said, true).await;
    let has_run = "typeof GraphiQL !== 'undefined'";
    assert!(!browser.eval::<bool>(has_run).await);
}

/// Returns an internal door without GraphiQL's files.
async fn without_files() -> Router {
    let app = TestApp::with_sample_and(&["--graphiql", "/no/such/folder"]).await;
    app.internal_door()
}

/// Opens the page in a browser, with a server on loopback instead of the CDN. The server
/// sends the same files as the CDN, but changes the file `tampered`. Reports the test as
/// skipped and returns `None` if a program is missing.
async fn with_cdn(test: &str, tampered: Option<&'static str>) -> Option<(Browser, Host)> {
    if !Path::new(PACKAGES).join(GRAPHIQL_JS).is_file() {
        skip::without_program(test, "GraphiQL 4 (`npm ci --prefix tests`)");
        return None;
    }
    let browser = Browser::open(test).await?;
    let files = get(async move |UrlPath(path): UrlPath<String>| {
        let (package, file) = path.split_once('/').expect("a file of a package");
        let (package, _version) = package.split_once('@').expect("a version");
        let path = format!("{package}/{file}");
        let mut content = fs::read(Path::new(PACKAGES).join(&path)).expect("a file");
        if tampered == Some(&path) {
            content.push(b'\n');
        }
        let kind = match file.ends_with("css") {
            true => "text/css",
            false => "text/javascript",
        };
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ];
        (headers, content)
    });
    let cdn = Host::over(Router::new().route("/{*path}", files)).await;
    let origin = cdn.url("");
    let page = without_files().await;
    let page = page.layer(from_fn(move |request, next| {
        from(origin.clone(), request, next)
    }));
    Some((browser, Host::over(page).await))
}

/// Middleware that replaces the CDN's origin in answers, and disables compression.
async fn from(origin: String, mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(header::ACCEPT_ENCODING);
    let (mut parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    let text = str::from_utf8(&body).expect("text").replace(CDN, &origin);
    if let Some(policy) = parts.headers.get_mut(header::CONTENT_SECURITY_POLICY) {
        let replaced = policy.to_str().expect("text").replace(CDN, &origin);
        *policy = replaced.parse().expect("a header");
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, text.into())
}
