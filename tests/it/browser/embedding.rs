//! The custom elements beside each other on a page.

use super::{AFFECTED, CLEAR, UNFOLD, VERDICT, at};
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Host, Outcome};

#[tokio::test]
async fn two_elements_on_a_page() {
    let Some((browser, host)) = at("two_elements_on_a_page", "/embedded/openssl").await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;
    let add = "void document.querySelector('main').append(Object.assign(
        document.createElement('div'),
        { innerHTML: '<crate-security-tab crate=arrayref></crate-security-tab>' }))";
    browser.eval::<()>(add).await;
    let crates = "[...document.querySelectorAll('crate-security-tab [data-test-verdict] h2')]
        .map((it) => it.textContent.split(' ')[0])";
    let both = ["openssl", "arrayref"].map(str::to_owned).to_vec();
    browser.until(crates, both).await;
    let links = "document.querySelectorAll('link[href*=security-tab]').length";
    assert_eq!(browser.eval::<usize>(links).await, 1, "one stylesheet");
    let ids = "((ids) => ids.length - new Set(ids).size)(
        [...document.querySelectorAll('.cs-card')].map((it) => it.id))";
    assert_eq!(browser.eval::<usize>(ids).await, 0, "no id twice");

    // A change of one element does not affect the others.
    let change = "document.querySelector('crate-security-tab').setAttribute('version', '0.10.8')";
    browser.eval::<()>(change).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    host.until("/security-tab/arrayref", &[Outcome::Answered])
        .await;
    assert_eq!(browser.console().await, [""; 0]);
}

#[tokio::test]
async fn the_script_loaded_twice() {
    let Some((browser, host)) = at("the_script_loaded_twice", "/embedded/openssl").await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;
    let again = "new Promise((done) => document.head.append(Object.assign(
        document.createElement('script'), { src: '/security-tab.js', onload: () => done() })))";
    browser.eval::<()>(again).await;
    browser.eval::<()>("void (window.chosen = 0)").await;
    let count = "addEventListener('crate-security-version', () => void (window.chosen += 1))";
    browser.eval::<()>(count).await;
    browser.choose_release("0.10.8").await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    assert_eq!(browser.eval::<usize>("window.chosen").await, 1);
    host.until("/security-tab/openssl/0.10.8", &[Outcome::Answered])
        .await;
    assert_eq!(browser.console().await, [""; 0]);
}

/// A tab that the server put into the element is announced, and kept until an
/// attribute changes.
#[tokio::test]
async fn a_tab_that_is_there_already() {
    let Some(browser) = Browser::open("a_tab_that_is_there_already").await else {
        return;
    };
    let app = TestApp::with_sample().await;
    let fragment = app.tab("/security-tab/openssl").await.body;
    let page = format!(
        "<!DOCTYPE html><html lang=en><title>Rendered</title><script src=/security-tab.js></script>
        <script>addEventListener('crate-security', ({{ detail }}) => (window.told = detail?.total))</script>
        <crate-security-tab crate=openssl>{fragment}</crate-security-tab>"
    );
    let route = get(|| async move { Html(page) });
    let host = Host::over(app.tab_door().route("/rendered", route)).await;
    browser.goto(&host.url("/rendered")).await;
    browser.until("window.told ?? 0", 10).await;
    assert_eq!(browser.eval::<String>(VERDICT).await, CLEAR);
    assert_eq!(host.outcomes("/security-tab/openssl"), []);

    browser.choose_release("0.10.8").await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    assert_eq!(browser.console().await, [""; 0]);
}

/// The policy that the tab needs, as docs/EMBEDDING.md gives it.
#[tokio::test]
async fn under_the_strictest_policy() {
    let test = "under_the_strictest_policy";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let page = "<!DOCTYPE html><html lang=en><title>Strict</title><script src=/security-tab.js defer></script>
        <crate-security-badge crate=openssl version=0.10.8></crate-security-badge>
        <crate-security-tab crate=openssl version=0.10.8></crate-security-tab>";
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";
    let route = get(async move || ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)));
    let door = TestApp::with_sample().await.tab_door();
    let host = Host::over(door.route("/strict", route)).await;
    browser.goto(&host.url("/strict")).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    let style = "getComputedStyle(document.querySelector('.cs-affected')).borderLeftWidth";
    assert_eq!(browser.eval::<String>(style).await, "5px");
    let badge = "document.querySelector('.crate-security-badge')?.textContent ?? ''";
    browser
        .until(
            badge,
            "8 sample 7 vulnerabilities and 1 unsoundness advisory of the bundled sample affect this version".to_owned(),
        )
        .await;
    browser.eval::<()>(UNFOLD).await;
    let console = browser.console().await;
    assert_eq!(console, [""; 0]);
}

/// A host with its own router changes the version itself.
#[tokio::test]
async fn the_host_may_change_the_version_itself() {
    let test = "the_host_may_change_the_version_itself";
    let Some((browser, _host)) = at(test, "/embedded/openssl").await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;
    let prevent =
        "document.querySelector('main').addEventListener('crate-security-version', (event) => {
        event.preventDefault();
        event.stopPropagation();
        window.chosen = event.detail.version;
    })";
    browser.eval::<()>(prevent).await;
    browser.choose_release("0.10.8").await;
    browser
        .until("window.chosen ?? ''", "0.10.8".to_owned())
        .await;
    let version = "document.querySelector('crate-security-tab').getAttribute('version')";
    assert_eq!(browser.eval::<Option<String>>(version).await, None);
    assert_eq!(browser.eval::<String>(VERDICT).await, CLEAR);
}

/// No page violates its own policy, requests a missing file, or throws.
#[tokio::test]
async fn nothing_is_said_on_the_console() {
    let Some((browser, host)) = at("nothing_is_said_on_the_console", "/").await else {
        return;
    };
    for path in [
        "/gallery",
        "/gallery/hostile-text",
        "/crates/openssl/security",
        "/crates/sample-hostile-text/security",
        "/crates/serde/security",
        "/embedded/openssl",
        "/embedded/sample-hostile-text",
        "/embedded/serde",
        "/embedded/nobody-has-heard-of-it?version=1.0.0",
        "/embedded/openssl/versions",
        "/embedded/openssl/dependencies",
    ] {
        browser.goto(&host.url(path)).await;
        if path.ends_with("/versions") || path.ends_with("/dependencies") {
            let marks = "document.querySelectorAll('.crate-security-mark').length > 0";
            browser.until(marks, true).await;
        } else if path.starts_with("/embedded/") {
            browser.until(&format!("{VERDICT} != ''"), true).await;
        }
        assert_eq!(browser.console().await, [""; 0], "{path}");
    }
}
