//! Every rule of axe-core, on every state of the tab.

use super::UNFOLD;
use integration_tests::browser::{Axe, Browser};
use integration_tests::host::Host;
use serde_json::json;
use ui_component::samples;

/// Replaces the current page by the page of this path, and lets the tab's
/// script find it. The browser thus keeps axe-core loaded, which halves the
/// time.
const SHOW: &str = "async (path) => {
    const page = new DOMParser().parseFromString(await (await fetch(path)).text(), 'text/html');
    document.title = page.title;
    document.querySelector('main').replaceWith(page.querySelector('main'));
    dispatchEvent(new Event('DOMContentLoaded'));
}";

#[derive(Clone, Copy)]
enum Folding {
    AsItComes,
    Unfolded,
}

/// Judges every state at this width, in both colour schemes.
async fn judge(test: &str, width: u32, folding: Folding) {
    let Some(axe) = Axe::installed(test) else {
        return;
    };
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    browser.width(width).await;
    axe.join(&browser).await;
    let host = Host::over_sample().await;
    browser.goto(&host.url("/gallery/no-advisories")).await;
    let mut faults = Vec::new();
    let states = samples::all();
    let states = states.iter().map(|it| format!("/gallery/{}", it.name));
    for path in states.chain(["/".to_owned()]) {
        browser.call::<()>(SHOW, json!([path])).await;
        if let Folding::Unfolded = folding {
            browser.eval::<()>(UNFOLD).await;
        }
        for scheme in ["light", "dark"] {
            browser.media(&[("prefers-color-scheme", scheme)]).await;
            for violation in Axe::violations(&browser).await {
                faults.push(format!("{path} {scheme} {violation:#?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}: {}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn every_state_on_a_phone() {
    judge("every_state_on_a_phone", 390, Folding::AsItComes).await;
}

#[tokio::test]
async fn every_state_on_a_desktop_unfolded() {
    judge("every_state_on_a_desktop_unfolded", 1280, Folding::Unfolded).await;
}

/// The lists of a host, after they are marked.
#[tokio::test]
async fn marked_lists() {
    let test = "marked_lists";
    let Some(axe) = Axe::installed(test) else {
        return;
    };
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    axe.join(&browser).await;
    let host = Host::over_sample().await;
    let mut faults = Vec::new();
    for path in [
        "/embedded/bitmaps/versions",
        "/embedded/rsa/versions",
        "/embedded/harbour/dependencies",
    ] {
        for width in [1280, 390] {
            browser.width(width).await;
            browser.goto(&host.url(path)).await;
            let marks = "document.querySelectorAll('.crate-security-mark').length > 0";
            browser.until(marks, true).await;
            for scheme in ["light", "dark"] {
                browser.media(&[("prefers-color-scheme", scheme)]).await;
                for violation in Axe::violations(&browser).await {
                    faults.push(format!("{path} {width} {scheme} {violation:#?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}: {}", faults.len(), faults.join("\n"));
}
