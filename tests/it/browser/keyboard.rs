//! Everything by keyboard alone.

use super::{UNFOLD, VERDICT, at};
use integration_tests::browser::Browser;
use serde::Deserialize;
use thirtyfour::Key;

/// Notes what gets the focus, and whether that can be seen.
const NOTE_FOCUS: &str = "void (window.focused = [], addEventListener('focusin', ({ target }) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const { width, height } = target.getBoundingClientRect();
    focused.push({
        place: stops.indexOf(target),
        shown: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && width > 4 && height > 4,
        html: target.outerHTML.slice(0, 120),
    });
}))";

/// All that can be used, in the order of the page.
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
    assert!(walk(&browser).await > 80);
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

/// Eighty releases are eighty stops, so there is a way around them.
#[tokio::test]
async fn the_releases_can_be_skipped() {
    let test = "the_releases_can_be_skipped";
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, _host)) = at(test, path).await else {
        return;
    };
    let skip = "document.querySelector('.cs-skip')";
    let size = format!("{skip}.offsetWidth");
    assert_eq!(
        browser.eval::<u32>(&size).await,
        1,
        "hidden until it has the focus"
    );
    let focus_before = "[...document.querySelectorAll('.cs-verdict a')].at(-1).focus()";
    browser.eval::<()>(focus_before).await;
    browser.press(Key::Tab, 1).await;
    assert!(
        browser
            .eval::<bool>(&format!("document.activeElement === {skip}"))
            .await
    );
    assert!(browser.eval::<u32>(&size).await > 20, "seen with the focus");
    browser.press(Key::Enter, 1).await;
    browser.press(Key::Tab, 1).await;
    let next = "document.activeElement.textContent";
    assert_eq!(browser.eval::<String>(next).await, "Releases as a table");
}

/// The name of a release is read below the picture: of the one that is pointed
/// at, or else has the focus, or else is shown. One at a time.
#[tokio::test]
async fn each_release_is_named_by_pointer_and_focus() {
    let test = "each_release_is_named_by_pointer_and_focus";
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, _host)) = at(test, path).await else {
        return;
    };
    let named = "[...document.querySelectorAll('.cs-strip span')]
        .filter((it) => it.offsetWidth > 1 && getComputedStyle(it).clipPath === 'none')
        .map((it) => it.textContent)";
    let is = |name: &str| vec![name.to_owned()];
    browser.until(named, is("0.10.8: affected by 8")).await;

    let before = "document.querySelector(\"a[href='?version=0.10.70']\").focus()";
    browser.eval::<()>(before).await;
    browser.press(Key::Tab, 1).await;
    browser.until(named, is("0.10.71: affected by 1")).await;

    browser
        .point_at(".cs-strip a[href='?version=0.10.82']")
        .await;
    browser.until(named, is("0.10.82: not affected")).await;
    browser.point_at("h1").await;
    browser.until(named, is("0.10.71: affected by 1")).await;
}
