//! The check of a version requirement: by the form alone, and by the element.

use super::{AFFECTED, CLEAR, VERDICT, at};
use axum::response::Html;
use axum::routing::get;
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};
use thirtyfour::Key;

/// The answer to the requirement.
const ANSWER: &str = "document.querySelector('[data-test-requirement-answer]')?.textContent ?? ''";

/// The answer for openssl in the sample.
const ALL: &str = "Every release that ^0.9 allows is affected (25 of 25). \
    Nearest that is not: 0.10.72, a breaking upgrade.";

/// The element with the focus.
const FOCUS: &str = "document.activeElement.className.split(' ')[0]";

/// The current address, and whether the document is still the same.
const PLACE: &str = "[location.pathname + location.search, window.sameDocument ?? false]";

/// Types a requirement into the field and presses Enter.
async fn check(browser: &Browser, req: &str) {
    let focus = "(({ details, field }) => {
        details.open = true;
        field.focus();
        field.select();
    })({ details: document.querySelector('[data-test-requirement] details'),
        field: document.querySelector('[data-test-requirement] input[name=req]') })";
    browser.eval::<()>(focus).await;
    browser.type_text(req).await;
    browser.press(Key::Enter, 1).await;
}

#[tokio::test]
async fn the_form_works_without_script() {
    let Some((browser, host)) = at("the_form_works_without_script", "/gallery").await else {
        return;
    };
    let disabled = json!({ "value": true });
    browser
        .cdp("Emulation.setScriptExecutionDisabled", disabled)
        .await;
    // The version stays, unless it is the default one.
    for (page, place, verdict) in [
        (
            "/crates/openssl/security?version=0.10.8",
            "?version=0.10.8&req=%5E0.9",
            AFFECTED,
        ),
        ("/crates/openssl/security", "?req=%5E0.9", CLEAR),
    ] {
        browser.goto(&host.url(page)).await;
        check(&browser, "^0.9").await;
        browser.until(ANSWER, ALL.to_owned()).await;
        assert_eq!(browser.eval::<String>("location.search").await, place);
        assert_eq!(browser.eval::<String>(VERDICT).await, verdict);
        let field = "document.querySelector('[name=req]').value";
        assert_eq!(browser.eval::<String>(field).await, "^0.9");
    }
    // A release in the answer is a link to its verdict.
    browser.click("[data-test-requirement-answer] a").await;
    browser
        .until("location.search", "?version=0.10.72".to_owned())
        .await;
    assert_eq!(browser.eval::<String>(ANSWER).await, "");
}

/// In a single-page host the answer has its own address in the history.
#[tokio::test]
async fn a_host_with_a_router() {
    let test = "a_host_with_a_router";
    for recipe in ["embedded", "routed"] {
        let path = format!("/{recipe}/openssl?version=0.10.8");
        let Some((browser, host)) = at(test, &path).await else {
            return;
        };
        let fragment = "/security-tab/openssl/0.10.8";
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        browser.eval::<bool>("window.sameDocument = true").await;
        check(&browser, "^0.9").await;
        browser.until(ANSWER, ALL.to_owned()).await;
        browser.until(FOCUS, "cs-answer".to_owned()).await;
        let checked = (format!("{path}&req=%5E0.9"), true);
        assert_eq!(browser.eval::<(String, bool)>(PLACE).await, checked);
        assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);
        assert_eq!(host.outcomes(fragment), [Outcome::Answered; 2]);

        // The same requirement again sends no request, and moves to the answer.
        check(&browser, "^0.9").await;
        browser.until(FOCUS, "cs-answer".to_owned()).await;
        assert_eq!(host.outcomes(fragment), [Outcome::Answered; 2]);

        browser.back().await;
        browser.until(ANSWER, String::new()).await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        assert_eq!(browser.eval::<(String, bool)>(PLACE).await, (path, true));
        assert_eq!(browser.console().await, [""; 0]);

        // The address alone shows the answer too.
        browser.goto(&host.url(&checked.0)).await;
        browser.until(ANSWER, ALL.to_owned()).await;
        assert_ne!(browser.eval::<String>(FOCUS).await, "cs-answer");
    }
}

/// Without a router the element handles the check, unless the host prevents it.
#[tokio::test]
async fn an_element_by_itself() {
    let Some(browser) = Browser::open("an_element_by_itself").await else {
        return;
    };
    let page = "<!DOCTYPE html><html lang=en><title>Alone</title><script src=/security-tab.js defer></script>
        <crate-security-tab crate=openssl version=0.10.8></crate-security-tab>";
    let door = TestApp::with_sample().await.tab_door();
    let host = Host::over(door.route("/alone", get(async move || Html(page)))).await;
    browser.goto(&host.url("/alone")).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.eval::<bool>("window.sameDocument = true").await;
    check(&browser, "^^1").await;
    let wrong = "^^1 is not a requirement: write it as in Cargo.toml, such as ^1.2 or >=1.2, <2.";
    browser.until(ANSWER, wrong.to_owned()).await;
    browser.until(FOCUS, "cs-answer".to_owned()).await;
    let attributes = "['version', 'req'].map((name) =>
        document.querySelector('crate-security-tab').getAttribute(name))";
    assert_eq!(
        browser.eval::<Value>(attributes).await,
        json!(["0.10.8", "^^1"])
    );

    // The previous answer stays until the next one, marked as busy.
    let next = "/security-tab/openssl/0.10.8";
    host.fault(next, Fault::Hold);
    check(&browser, ">=0.9, <0.10").await;
    browser
        .until(
            "document.querySelector('crate-security-tab').ariaBusy",
            Some("true".to_owned()),
        )
        .await;
    assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);
    host.fault(next, None);
    browser
        .until(
            &format!("({ANSWER}).startsWith('Every release that >=0.9, <0.10')"),
            true,
        )
        .await;

    // A release in the answer is shown, and the requirement is dropped.
    browser.click("[data-test-requirement-answer] a").await;
    browser
        .until(&format!("{VERDICT}.startsWith('openssl 0.10.72 ')"), true)
        .await;
    assert_eq!(browser.eval::<String>(ANSWER).await, "");
    assert_eq!(
        browser.eval::<Value>(attributes).await,
        json!(["0.10.72", null])
    );

    // The host may prevent it.
    let prevent = "void addEventListener('crate-security-requirement', (event) => {
        event.preventDefault();
        window.asked = event.detail;
    })";
    browser.eval::<()>(prevent).await;
    check(&browser, "^0.9").await;
    browser
        .until("window.asked ?? null", json!({ "req": "^0.9" }))
        .await;
    assert_eq!(
        browser.eval::<Value>(attributes).await,
        json!(["0.10.72", null])
    );
    assert_eq!(browser.eval::<String>(ANSWER).await, "");
    assert_eq!(
        browser.eval::<(String, bool)>(PLACE).await,
        ("/alone".to_owned(), true)
    );
    assert_eq!(browser.console().await, [""; 0]);
}
