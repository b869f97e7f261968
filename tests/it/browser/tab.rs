//! The tab as a reader uses it: verdict, rows, folding, links, releases.

use super::{AFFECTED, CLEAR, VERDICT, at};
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use serde_json::Value;
use thirtyfour::Key;

const PAGE: &str = "/crates/openssl/security?version=0.10.8";

/// Returns the ids in a part of the page, from top to bottom.
async fn rows(browser: &Browser, part: &str) -> Vec<String> {
    let rows = format!("[...document.querySelectorAll('{part} .cs-card')].map((card) => card.id)");
    browser.eval(&rows).await
}

#[tokio::test]
async fn verdict_and_rows() {
    let Some((browser, host)) = at("verdict_and_rows", PAGE).await else {
        return;
    };
    assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);

    let app = TestApp::with_sample().await;
    let answer = app.tab_answer("openssl", Some("0.10.8")).await;
    let all = answer["data"]["crate"]["advisories"]
        .as_array()
        .expect("a list");
    let ids = |affects: bool| -> Vec<&str> {
        let counted = all.iter().filter(|it| it["isCounted"] == true);
        let some = counted.filter(|it| it["affects"] == affects && it["withdrawn"].is_null());
        some.filter_map(|it| it["id"].as_str()).collect()
    };
    let affecting = rows(&browser, "[data-test-affecting]").await;
    assert_eq!(affecting, ids(true));
    assert_eq!(affecting[0], "RUSTSEC-2018-0010");
    assert_eq!(affecting.len(), 8);
    let elsewhere = rows(&browser, "[data-test-not-affecting]").await;
    assert_eq!(elsewhere, ids(false));
    assert_eq!(elsewhere.len(), 2);

    browser.goto(&host.url("/crates/openssl/security")).await;
    assert_eq!(browser.eval::<String>(VERDICT).await, CLEAR);
    assert_eq!(
        rows(&browser, "[data-test-affecting]").await,
        [""; 0],
        "nothing affects it"
    );
}

#[tokio::test]
async fn folding_by_mouse_and_by_keyboard() {
    let Some((browser, _host)) = at("folding_by_mouse_and_by_keyboard", PAGE).await else {
        return;
    };
    for (part, text) in [
        ("#RUSTSEC-2018-0010", "#RUSTSEC-2018-0010 .cs-body"),
        (
            "[data-test-not-affecting]",
            "[data-test-not-affecting] .cs-cards",
        ),
    ] {
        let is_seen = format!("document.querySelector('{text}').checkVisibility()");
        let summary = format!("{part} > summary");
        let seen = async || browser.eval::<bool>(&is_seen).await;
        assert!(!seen().await, "{part} is folded at first");
        browser.click(&summary).await;
        assert!(seen().await, "{part}: a click unfolds");
        browser.click(&summary).await;
        assert!(!seen().await, "{part}: a click folds");
        let focus = format!("document.querySelector('{summary}').focus()");
        browser.eval::<()>(&focus).await;
        for key in [Key::Enter, Key::Space] {
            browser.press(key.clone(), 1).await;
            assert!(seen().await, "{part}: {key:?} unfolds");
            browser.press(key.clone(), 1).await;
            assert!(!seen().await, "{part}: {key:?} folds");
        }
    }
}

#[tokio::test]
async fn a_link_to_an_advisory_opens_it() {
    let folded = "RUSTSEC-2025-0022";
    let path = format!("{PAGE}#{folded}");
    let Some((browser, _host)) = at("a_link_to_an_advisory_opens_it", &path).await else {
        return;
    };
    assert_in_sight(&browser, folded).await;

    // Another link on the same page.
    browser
        .eval::<()>("void (location.hash = 'RUSTSEC-2018-0010')")
        .await;
    assert_in_sight(&browser, "RUSTSEC-2018-0010").await;

    // A link to anything else, or to nothing, opens nothing and breaks nothing.
    for hash in ["", "no-such-id", "%zz", "crate-security-releases-end"] {
        let go = format!("void (location.hash = '{hash}')");
        browser.eval::<()>(&go).await;
    }
    let open = "document.querySelectorAll('.cs-card[open]').length";
    assert_eq!(browser.eval::<usize>(open).await, 2);
    assert_eq!(browser.console().await, [""; 0]);
}

async fn assert_in_sight(browser: &Browser, id: &str) {
    let in_sight = format!(
        "(({{ top }}, it) => [it.open, it.checkVisibility(), top >= -1 && top < innerHeight])(
            document.getElementById('{id}').getBoundingClientRect(), document.getElementById('{id}'))"
    );
    browser.until(&in_sight, (true, true, true)).await;
}

/// Without the element, a release is a link to another page.
#[tokio::test]
async fn choosing_a_release_goes_to_its_page() {
    let Some((browser, _host)) = at("choosing_a_release_goes_to_its_page", PAGE).await else {
        return;
    };
    browser.eval::<Value>("window.sameDocument = true").await;
    let shown = "document.querySelector('.cs-choose [aria-current]').textContent";
    assert_eq!(browser.eval::<String>(shown).await, "0.10.8");
    browser.choose_release("0.10.82").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert_eq!(browser.eval::<String>(shown).await, "0.10.82");
    let at = "[location.pathname + location.search, window.sameDocument ?? null]";
    assert_eq!(
        browser.eval::<(String, Option<bool>)>(at).await,
        ("/crates/openssl/security?version=0.10.82".to_owned(), None)
    );
    browser.back().await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
}

/// The releases of a crate with former advisories have no alarming colour as
/// long as the version shown is not affected.
#[tokio::test]
async fn the_releases_are_red_only_below_a_red_verdict() {
    let test = "the_releases_are_red_only_below_a_red_verdict";
    let Some((browser, _host)) = at(test, PAGE).await else {
        return;
    };
    // The red minus the green of the bar of affected releases.
    let red = "(([red, green]) => red - green)(
        getComputedStyle(document.querySelector('.cs-lines .a')).fill.match(/[0-9]+/g))";
    assert!(browser.eval::<i32>(red).await > 80);
    browser.choose_release("0.10.82").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert!(browser.eval::<i32>(red).await <= 5);
}
