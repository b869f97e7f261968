//! Everything can be used by keyboard alone.

use super::{CLEAR, UNFOLD, VERDICT, at};
use integration_tests::browser::Browser;
use serde::Deserialize;
use thirtyfour::Key;

/// Records the elements that get the focus, and whether the focus is visible.
const NOTE_FOCUS: &str = "void (window.focused = [], addEventListener('focusin', ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const { width, height } = target.getBoundingClientRect();
    focused.push({
        place: stops.indexOf(target),
        shown: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && width > 4 && height > 4,
        html: target.outerHTML.slice(0, 120),
    });
}))";

/// All interactive elements, in the order of the page.
const STOPS: &str = "(window.stops = [...document.querySelectorAll(
        'a[href], button, input, select, summary, [tabindex=\"0\"]')]
    .filter((it) => it.checkVisibility({ visibilityProperty: true }))).length";

#[derive(Debug, Deserialize)]
struct Stop {
    place: i64,
    shown: bool,
    #[allow(dead_code, reason = "read by whoever reads the failure")]
    html: String,
}

/// Walks through the page from its top, and returns how many stops there were.
async fn walk(browser: &Browser) -> usize {
    let stops: usize = browser.eval(STOPS).await;
    browser.eval::<()>(NOTE_FOCUS).await;
    browser.press(Key::Tab, stops).await;
    let focused: Vec<Stop> = browser.eval("window.focused").await;
    let places: Vec<i64> = focused.iter().map(|stop| stop.place).collect();
    let all: Vec<i64> = (0..).take(stops).collect();
    assert_eq!(places, all, "{focused:?}");
    let unseen: Vec<&Stop> = focused.iter().filter(|stop| !stop.shown).collect();
    assert!(unseen.is_empty(), "the focus is not to be seen: {unseen:?}");
    stops
}

#[tokio::test]
async fn tab_reaches_everything_in_order() {
    let test = "tab_reaches_everything_in_order";
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, host)) = at(test, path).await else {
        return;
    };
    assert!(walk(&browser).await > 20);
    // Unfolded; long code and tables scroll, so they are stops too.
    for path in [
        "/embedded/arrayref",
        "/gallery/hostile-text",
        "/crates/sample-long-text/security",
    ] {
        browser.goto(&host.url(path)).await;
        browser.until(&format!("{VERDICT} != ''"), true).await;
        browser.eval::<()>(UNFOLD).await;
        assert!(walk(&browser).await > 20, "{path}");
    }
}

/// Before the first advisory there are only the upgrade and its command.
#[tokio::test]
async fn the_first_advisory_is_near() {
    let test = "the_first_advisory_is_near";
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, _host)) = at(test, path).await else {
        return;
    };
    let stops = "(([...all]) => all.findIndex((it) => it.closest('.cs-card')))(
        [...document.querySelectorAll('.crate-security :is(a, button, summary, input)')]
            .filter((it) => it.checkVisibility()))";
    let stops: i32 = browser.eval(stops).await;
    assert!((1..=6).contains(&stops), "{stops}");
}

/// All releases are behind one stop, and each is a link that follows its verdict.
#[tokio::test]
async fn a_release_is_chosen_by_keyboard() {
    let test = "a_release_is_chosen_by_keyboard";
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, _host)) = at(test, path).await else {
        return;
    };
    let focus = "document.querySelector('[data-test-choose-release] > summary').focus()";
    browser.eval::<()>(focus).await;
    browser.press(Key::Enter, 1).await;
    browser.press(Key::Tab, 1).await;
    let at = "document.activeElement.parentElement.textContent.split(':')[0]";
    assert_eq!(browser.eval::<String>(at).await, "0.10, not affected");
    browser.press(Key::Enter, 1).await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
}

/// Each mark is a stop, after the name in its row.
#[tokio::test]
async fn marks_are_stops_in_their_rows() {
    let test = "marks_are_stops_in_their_rows";
    let Some((browser, host)) = at(test, "/gallery").await else {
        return;
    };
    for (path, marks) in [
        ("/embedded/rsa/versions", 20),
        ("/embedded/harbour/dependencies", 4),
    ] {
        browser.goto(&host.url(path)).await;
        let count = "document.querySelectorAll('.crate-security-mark').length";
        browser.until(&format!("{count} >= {marks}"), true).await;
        assert!(walk(&browser).await > marks * 2, "{path}");
    }
    let focus = "document.querySelector('[data-security-crate=openssl] .host-name').focus()";
    browser.eval::<()>(focus).await;
    browser.press(Key::Tab, 1).await;
    browser.press(Key::Enter, 1).await;
    browser
        .until("location.search", "?req=%5E0.9".to_owned())
        .await;
}
