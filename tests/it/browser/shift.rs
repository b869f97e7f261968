//! The content of the page does not move while the tab loads.

use super::VERDICT;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};

/// Adds up the layout shifts without user input: Cumulative Layout Shift, if they all
/// fall into one window of time.
pub(super) const WATCH: &str = "window.shift = 0; window.moved = [];
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
            if (hadRecentInput) continue;
            shift += value;
            moved.push(sources.map(({ node }) => node?.className ?? node?.nodeName));
        }
    }).observe({ type: 'layout-shift', buffered: true });";

/// The sum, after all frames so far have been judged.
const SHIFT: &str = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => setTimeout(() => done([shift, JSON.stringify(moved)])))))";

/// The shift that is tolerated for a footer that comes into view below a short tab.
/// Google calls anything below 0.1 good.
const NONE: f64 = 0.02;

pub(super) async fn assert_still(browser: &Browser, what: &str) {
    let (shift, moved): (f64, String) = browser.eval(SHIFT).await;
    assert!(shift < NONE, "{what}: {shift} by {moved}");
}

#[tokio::test]
async fn nothing_moves_when_the_tab_comes() {
    let test = "nothing_moves_when_the_tab_comes";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    browser.before_each_page(WATCH).await;
    for width in [1280, 390] {
        browser.width(width).await;
        for recipe in ["embedded", "routed"] {
            for krate in ["openssl", "wasmtime", "rsa"] {
                let what = format!("{krate}, {recipe}, {width}");
                let fragment = format!("/security-tab/{krate}");
                let badge = format!("{fragment}/badge");
                let before = host.outcomes(&fragment);
                for path in [&fragment, &badge] {
                    host.fault(path, Fault::Hold);
                }
                browser.goto(&host.url(&format!("/{recipe}/{krate}"))).await;
                host.until(&fragment, &[before.clone(), vec![Outcome::Open]].concat())
                    .await;
                if recipe == "embedded" {
                    let status = "document.querySelector('[role=status]')?.textContent ?? ''";
                    browser
                        .until(status, "Loading security advisories…".to_owned())
                        .await;
                }
                assert_still(&browser, &what).await;
                for path in [&fragment, &badge] {
                    host.fault(path, None);
                }
                browser.until(&format!("{VERDICT} != ''"), true).await;
                assert_still(&browser, &what).await;
            }
        }
    }
}

/// Nothing moves between the pages of two crates, without a click that would excuse
/// it.
#[tokio::test]
async fn nothing_moves_from_crate_to_crate() {
    let test = "nothing_moves_from_crate_to_crate";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    browser.before_each_page(WATCH).await;
    for recipe in ["embedded", "routed"] {
        browser.goto(&host.url(&format!("/{recipe}/openssl"))).await;
        browser
            .until(&format!("{VERDICT}.startsWith('openssl')"), true)
            .await;
        browser.eval::<()>("void (shift = 0, moved = [])").await;
        let fragment = "/security-tab/wasmtime";
        let before = host.outcomes(fragment);
        host.fault(fragment, Fault::Hold);
        let go = format!(
            "document.querySelector(\".host-header a[href='/{recipe}/wasmtime']\").click()"
        );
        browser.eval::<()>(&go).await;
        host.until(fragment, &[before, vec![Outcome::Open]].concat())
            .await;
        host.fault(fragment, None);
        browser
            .until(&format!("{VERDICT}.startsWith('wasmtime')"), true)
            .await;
        assert_still(&browser, recipe).await;
    }
}
