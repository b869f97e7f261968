//! The lists on pages of other hosts.

use super::{COUNT, DEPENDENCIES, VERSIONS};
use crate::browser::at;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};

/// The policy that the marks need, as docs/EMBEDDING.md gives it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

/// A host under the strictest policy, with a table and without a style.
const TABLE: &str = "<!DOCTYPE html><html lang=en><title>Strict</title>
    <script src=/security-tab-marks.js defer></script>
    <crate-security-marks><table>
    <tr data-security-crate=rsa data-security-req=^0.9><td>rsa <td width=300 data-security-mark></table>
    </crate-security-marks>";

async fn over(page: &'static str) -> Host {
    let route = get(async move || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page)));
    let door = TestApp::with_sample().await.tab_door();
    Host::over(door.route("/page", route)).await
}

#[tokio::test]
async fn under_the_strictest_policy() {
    let Some(browser) = Browser::open("marks_under_the_strictest_policy").await else {
        return;
    };
    let host = over(TABLE).await;
    let [_, answer] = DEPENDENCIES;
    host.fault(answer, Fault::Hold);
    browser.goto(&host.url("/page")).await;
    host.until(answer, &[Outcome::Open]).await;
    // The slot has no height, and gets none.
    let size = "(({ width, height }) => [width, height])(
        document.querySelector('table').getBoundingClientRect())";
    let before: [f64; 2] = browser.eval(size).await;
    host.fault(answer, None);
    browser.until(COUNT, 1).await;
    assert_eq!(browser.eval::<[f64; 2]>(size).await, before);
    let style = "(({ position, borderTopWidth }) => [position, borderTopWidth])(
        getComputedStyle(document.querySelector('.crate-security-mark')))";
    assert_eq!(
        browser.eval::<Value>(style).await,
        json!(["absolute", "1px"])
    );
    // Without `tab`, the link goes to crates.io's own page.
    let href = "(({ pathname, search }) => pathname + search)(document.querySelector('.crate-security-mark'))";
    let expect = "/crates/rsa/security?req=%5E0.9";
    assert_eq!(browser.eval::<String>(href).await, expect);
    assert_eq!(browser.console().await, [""; 0]);

    // Loading the script once more changes nothing.
    let again = "new Promise((done) => document.head.append(Object.assign(
        document.createElement('script'), { src: '/security-tab-marks.js', onload: () => done() })))";
    browser.eval::<()>(again).await;
    assert_eq!(browser.eval::<usize>(COUNT).await, 1);
    assert_eq!(browser.console().await, [""; 0]);
}

/// The list has the same children as before, so the host's style for the last child
/// still applies.
#[tokio::test]
async fn the_hosts_own_styles_hold() {
    let Some((browser, host)) = at("the_hosts_own_styles_hold", "/gallery").await else {
        return;
    };
    let ends = "[...document.querySelectorAll(
        'li > :last-child, li > :only-child, li > :nth-child(2), crate-security-marks > :is(:last-child, :only-child)')]
        .map(({ tagName, className }) => `${tagName}.${className}`)";
    let loud = "document.head.append(Object.assign(document.createElement('style'), { textContent:
        'li > :last-child { margin-left: 3em } main a:hover, main .host-rows a { color: #ccc; text-transform: uppercase }' }))";
    for [list, answer] in [VERSIONS, DEPENDENCIES] {
        host.fault(answer, Fault::Hold);
        browser.goto(&host.url(list)).await;
        browser.eval::<()>(loud).await;
        let before: Value = browser.eval(ends).await;
        host.fault(answer, None);
        browser.until(&format!("{COUNT} > 0"), true).await;
        assert_eq!(browser.eval::<Value>(ends).await, before, "{list}");
        let children = "[...document.querySelector('crate-security-marks').children].map(({ tagName }) => tagName)";
        let children: Vec<String> = browser.eval(children).await;
        assert!(
            children.iter().all(|tag| ["H2", "UL"].contains(&&**tag)),
            "{children:?}"
        );
        let colour =
            "getComputedStyle(document.querySelector('.cs-alarm.crate-security-mark')).color";
        assert_eq!(
            browser.eval::<String>(colour).await,
            "rgb(153, 27, 27)",
            "{list}"
        );
    }
}

/// A page without a list loads nothing for it, and a script without a list sends no
/// request.
#[tokio::test]
async fn a_page_without_a_list() {
    let Some((browser, host)) = at("a_page_without_a_list", "/crates/openssl/security").await
    else {
        return;
    };
    assert_eq!(host.outcomes("/security-tab-marks.js"), []);
    let load = "new Promise((done) => document.head.append(Object.assign(
        document.createElement('script'), { src: '/security-tab-marks.js', onload: () => done() })))";
    browser.eval::<()>(load).await;
    // An element without a row, and rows without a slot.
    let add = "document.querySelector('main').insertAdjacentHTML('beforeend',
        '<crate-security-marks crate=openssl></crate-security-marks>' +
        '<crate-security-marks><p data-security-crate=rsa data-security-req=^0.9>rsa</p></crate-security-marks>')";
    browser.eval::<()>(add).await;
    // By the answer to this request, an earlier one would have been recorded.
    browser
        .eval::<()>("fetch('/security-tab/rsa').then(() => {})")
        .await;
    host.until("/security-tab/rsa", &[Outcome::Answered]).await;
    for [_, answer] in [VERSIONS, DEPENDENCIES] {
        assert_eq!(host.outcomes(answer), []);
    }
}
