//! Every wait ends, and shows a text meanwhile.

use super::{AFFECTED, CLEAR, VERDICT};
use axum::response::Html;
use axum::routing::get;
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};
use thirtyfour::Key;

const FRAGMENT: &str = "/security-tab/openssl";
const ALERT: &str = "document.querySelector('crate-security-tab [role=alert]')?.textContent ?? ''";
const FAILED: &str = "Security advisories could not be loaded. Retry";

/// Lets a test expire the elements' time limits, and records them.
const EXPIRE: &str = "window.limits = []; window.ends = [];
    AbortSignal.timeout = (limit) => {
        const controller = new AbortController();
        limits.push(limit);
        ends.push(() => controller.abort(new DOMException('late', 'TimeoutError')));
        return controller.signal;
    };";

#[tokio::test]
async fn an_answer_that_never_comes_is_given_up() {
    let test = "an_answer_that_never_comes_is_given_up";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    browser.before_each_page(EXPIRE).await;
    let badge = "/security-tab/openssl/badge";
    for path in [FRAGMENT, badge] {
        host.fault(path, Fault::Hold);
    }
    browser.goto(&host.url("/embedded/openssl")).await;
    for path in [FRAGMENT, badge] {
        host.until(path, &[Outcome::Open]).await;
    }
    assert_eq!(
        browser.eval::<Value>("limits").await,
        json!([10_000, 10_000])
    );
    browser.eval::<()>("ends.forEach((end) => end())").await;
    browser.until(ALERT, FAILED.to_owned()).await;
    for path in [FRAGMENT, badge] {
        host.until(path, &[Outcome::Abandoned]).await;
        host.fault(path, None);
    }

    // A retry works, and has its own time limit.
    browser.click("crate-security-tab button").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert_eq!(browser.eval::<usize>("limits.length").await, 3);
}

/// A tab without its style is better than no tab.
#[tokio::test]
async fn a_style_that_never_comes_does_not_hold_the_tab() {
    let test = "a_style_that_never_comes_does_not_hold_the_tab";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let page = "<!DOCTYPE html><html lang=en><title>Bare</title><script src=/security-tab.js defer></script>
        <crate-security-tab crate=openssl version=0.10.8></crate-security-tab>";
    let door = TestApp::with_sample().await.tab_door();
    let host = Host::over(door.route("/bare", get(Html(page)))).await;
    let style = "/security-tab.css";
    host.fault(style, Fault::Hold);
    browser.goto(&host.url("/bare")).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    host.until(style, &[Outcome::Open]).await;
    host.fault(style, None);
    let border = "getComputedStyle(document.querySelector('.cs-affected')).borderLeftWidth";
    browser.until(border, "5px".to_owned()).await;
}

/// Both ways of embedding use the same address, so there is one request.
#[tokio::test]
async fn the_style_is_loaded_once() {
    let test = "the_style_is_loaded_once";
    for path in ["/embedded/openssl", "/routed/openssl"] {
        let Some(browser) = Browser::open(test).await else {
            return;
        };
        let host = Host::over_sample().await;
        browser.goto(&host.url(path)).await;
        browser.until(VERDICT, CLEAR.to_owned()).await;
        let links = "document.querySelectorAll('link[href*=security-tab]').length";
        assert_eq!(browser.eval::<usize>(links).await, 1, "{path}");
        host.until("/security-tab.css", &[Outcome::Answered]).await;
    }
}

/// A reader who uses the keyboard or a screen reader is at the answer: the new
/// button, or the verdict.
#[tokio::test]
async fn a_retry_keeps_the_focus() {
    let test = "a_retry_keeps_the_focus";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    host.fault(FRAGMENT, Fault::Answer(500, String::new()));
    browser.goto(&host.url("/embedded/openssl")).await;
    browser.until(ALERT, FAILED.to_owned()).await;
    browser
        .eval::<()>(
            "void (window.old = document.querySelector('crate-security-tab button'), old.focus())",
        )
        .await;
    browser.press(Key::Enter, 1).await;
    let focus = "document.activeElement !== old && document.activeElement.textContent";
    browser.until(focus, Value::from("Retry")).await;
    host.fault(FRAGMENT, None);
    browser.press(Key::Enter, 1).await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    browser
        .until("document.activeElement.className", "cs-verdict".to_owned())
        .await;
}

/// If the script does not arrive, the host's content in the element stays.
#[tokio::test]
async fn without_the_script_the_fallback_is_read() {
    let test = "without_the_script_the_fallback_is_read";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    let script = "/security-tab.js";
    host.fault(script, Fault::Answer(502, String::new()));
    browser.goto(&host.url("/embedded/openssl")).await;
    host.until(script, &[Outcome::Answered]).await;
    let fallback = "document.querySelector('crate-security-tab a[href=\"https://rustsec.org/packages/openssl.html\"]')?.checkVisibility() ?? false";
    assert!(browser.eval::<bool>(fallback).await);
    host.fault(script, None);
    browser.goto(&host.url("/embedded/openssl")).await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert!(!browser.eval::<bool>(fallback).await);
}
