//! Large text, small targets, and a version that has to be typed.

use super::{UNFOLD, VERDICT, at};
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use thirtyfour::Key;

const PAGE: &str = "/crates/openssl/security?version=0.10.8";

/// Lines may not be lower than their text needs (WCAG 1.4.4, "Resize Text").
#[tokio::test]
async fn lines_do_not_overlap_at_twice_the_size() {
    let test = "lines_do_not_overlap_at_twice_the_size";
    let Some((browser, _host)) = at(test, PAGE).await else {
        return;
    };
    browser.eval::<()>(UNFOLD).await;
    browser
        .eval::<()>("void (document.documentElement.style.fontSize = '200%')")
        .await;
    let low = "[...document.querySelectorAll('.crate-security *')].filter((it) => {
        const { lineHeight, fontSize } = getComputedStyle(it);
        return it.checkVisibility() && it.innerText?.trim() && parseFloat(lineHeight) < 1.2 * parseFloat(fontSize);
    }).map((it) => it.outerHTML.slice(0, 120))";
    assert_eq!(browser.eval::<Vec<String>>(low).await, [""; 0]);
    let width = "[document.scrollingElement.scrollWidth, innerWidth]";
    let (page, window): (u32, u32) = browser.eval(width).await;
    assert!(page <= window, "{page} of {window}");
}

/// Summaries, buttons and cells have at least 24 px (WCAG 2.5.8, "Target
/// Size").
#[tokio::test]
async fn targets_are_large_enough_for_a_finger() {
    let test = "targets_are_large_enough_for_a_finger";
    let Some((browser, host)) = at(test, "/").await else {
        return;
    };
    let small = "[...document.querySelectorAll('.crate-security :is(summary, button, input, .cs-choose a, .cs-facts li > a)')]
        .filter((it) => it.checkVisibility()).map((it) => [it, it.closest('.cs-facts li') ?? it])
        .filter(([, box]) => Math.min(box.offsetHeight, box.offsetWidth) < 24)
        .map(([it]) => `${it.offsetHeight} ${it.outerHTML.slice(0, 100)}`)";
    for path in [
        PAGE,
        "/gallery/many-releases",
        "/gallery/functions",
        "/gallery/unknown-version-list",
        "/gallery/unreachable",
    ] {
        for width in [1280, 390] {
            browser.width(width).await;
            browser.goto(&host.url(path)).await;
            browser.eval::<()>(UNFOLD).await;
            let small: Vec<String> = browser.eval(small).await;
            assert!(small.is_empty(), "{path} {width}: {small:#?}");
        }
    }
}

/// Without a list of releases there is no link to a version.
#[tokio::test]
async fn a_version_can_be_typed() {
    let test = "a_version_can_be_typed";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    for path in [
        "/crates/parse_duration/security",
        "/embedded/parse_duration",
    ] {
        browser.goto(&host.url(path)).await;
        browser.until(&format!("{VERDICT} != ''"), true).await;
        browser.click("[data-test-choose-version] input").await;
        browser.type_text("3.0.0+a b").await;
        browser.press(Key::Backspace, 4).await;
        browser.press(Key::Enter, 1).await;
        browser
            .until("location.search", "?version=3.0.0".to_owned())
            .await;
        browser
            .until(
                &format!("{VERDICT}.startsWith('parse_duration 3.0.0 is ')"),
                true,
            )
            .await;
    }
}
