//! Reduced motion, forced colours, and paper.

use super::{UNFOLD, VERDICT, at};
use thirtyfour::Key;

const PAGE: &str = "/embedded/openssl?version=0.10.8";

/// The longest transition or animation in the tab, in seconds.
const MOTION: &str =
    "Math.max(...[...document.querySelectorAll('crate-security-tab, crate-security-tab *')]
    .flatMap((it) => {
        const { transitionDuration, animationDuration } = getComputedStyle(it);
        return [transitionDuration, animationDuration].map(parseFloat);
    }))";

#[tokio::test]
async fn nothing_moves_for_who_wants_no_motion() {
    let test = "nothing_moves_for_who_wants_no_motion";
    let Some((browser, _host)) = at(test, PAGE).await else {
        return;
    };
    browser.until(&format!("{VERDICT} != ''"), true).await;
    browser
        .media(&[("prefers-reduced-motion", "no-preference")])
        .await;
    assert!(
        browser.eval::<f64>(MOTION).await > 0.0,
        "there is motion to reduce"
    );
    browser.media(&[("prefers-reduced-motion", "reduce")]).await;
    assert_eq!(browser.eval::<f64>(MOTION).await, 0.0);
}

/// Reads a property of a pseudo-element or element, as the browser computes it.
fn style(selector: &str, pseudo: &str, property: &str) -> String {
    format!("getComputedStyle(document.querySelector('{selector}'), '{pseudo}').{property}")
}

#[tokio::test]
async fn forced_colours_keep_what_colour_tells() {
    let test = "forced_colours_keep_what_colour_tells";
    let Some((browser, host)) = at(test, "/").await else {
        return;
    };
    browser.media(&[("forced-colors", "active")]).await;
    browser
        .goto(&host.url("/crates/openssl/security?version=0.10.8"))
        .await;
    assert!(
        browser
            .eval::<bool>("matchMedia('(forced-colors: active)').matches")
            .await
    );
    let get = async |selector: &str, pseudo: &str, property: &str| -> String {
        browser.eval(&style(selector, pseudo, property)).await
    };

    // The verdict is marked by its border, and by its words anyway.
    assert_eq!(get(".cs-verdict", "", "borderLeftStyle").await, "solid");
    assert_eq!(get(".cs-verdict", "", "borderLeftWidth").await, "5px");
    // In a bar, affected releases are filled and the version shown is marked.
    let (affected, bar) = (".cs-lines .a", ".cs-lines svg");
    let (fill, colour) = ("backgroundColor", "fill");
    let ink = get(affected, "", colour).await;
    assert_ne!(get(".cs-lines path", "", colour).await, ink);
    assert_eq!(get(bar, "", "outlineStyle").await, "solid");
    assert_ne!(get(".cs-lines .s", "", "stroke").await, ink);
    // A card's mark is drawn, differently for open and closed; a border would be a
    // square in both.
    let (open, closed) = (".cs-card[open] > summary", ".cs-card:not([open]) > summary");
    browser
        .eval::<()>("void (document.querySelector('.cs-card').open = true)")
        .await;
    for card in [open, closed] {
        assert_eq!(get(card, "::before", "borderTopWidth").await, "0px");
        assert_eq!(get(card, "::before", fill).await, ink);
    }
    let shape = "clipPath";
    assert_ne!(
        get(open, "::before", shape).await,
        get(closed, "::before", shape).await
    );
    // The highlight on the host's label, and the focus.
    assert_eq!(
        get(".crate-security-badge", "", "borderTopStyle").await,
        "solid"
    );
    browser
        .eval::<()>("document.querySelector('.cs-verdict a').focus()")
        .await;
    browser.press(Key::Tab, 1).await;
    let focus = "getComputedStyle(document.activeElement).outlineStyle";
    assert_eq!(browser.eval::<String>(focus).await, "solid");
}

#[tokio::test]
async fn on_paper_nothing_is_folded() {
    let test = "on_paper_nothing_is_folded";
    let Some((browser, _host)) = at(test, "/crates/openssl/security?version=0.10.8").await else {
        return;
    };
    let folded = "[...document.querySelectorAll('.cs-card > .cs-body, .cs-fold > .cs-cards')]
        .map((it) => it.checkVisibility())";
    assert_eq!(browser.eval::<Vec<bool>>(folded).await, [false; 11]);
    browser.print().await;
    assert_eq!(browser.eval::<Vec<bool>>(folded).await, [true; 11]);
    let seen = "[...document.querySelectorAll('.crate-security :is(button, .cs-choose)')]
        .filter((it) => it.checkVisibility()).length";
    assert_eq!(
        browser.eval::<usize>(seen).await,
        0,
        "nothing to press on paper"
    );

    // A browser omits backgrounds unless told otherwise, and with them the marks of
    // affected releases.
    let adjust = style(".cs-lines .a", "", "printColorAdjust");
    assert_eq!(browser.eval::<String>(&adjust).await, "exact");
    // No page ends with a heading whose content is on the next.
    let summaries = "[...document.querySelectorAll('.crate-security summary')]
        .filter((it) => getComputedStyle(it).breakAfter !== 'avoid').length";
    assert_eq!(browser.eval::<usize>(summaries).await, 0);

    // The same parts are unfolded on paper as on the screen.
    let height = "document.querySelector('.crate-security').getBoundingClientRect().height";
    let folded: f64 = browser.eval(height).await;
    browser.eval::<()>(UNFOLD).await;
    let unfolded: f64 = browser.eval(height).await;
    assert!((folded - unfolded).abs() < 200.0, "{folded} {unfolded}");
}
