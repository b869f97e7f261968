//! The tab in a real browser. The tests judge the browser's result: the DOM,
//! computed styles, the focus, the requests.

use integration_tests::browser::Browser;
use integration_tests::host::Host;

mod accessibility;
mod attacks;
mod copy;
mod element;
mod embedding;
mod faults;
mod graphiql;
mod graphiql_offer;
mod hostile;
mod keyboard;
mod layout;
mod marks;
mod media;
mod no_script;
mod reading;
mod requirement;
mod shift;
mod single_page;
mod styles;
mod tab;
mod waits;

/// The verdict on the page.
const VERDICT: &str = "(document.querySelector('[data-test-verdict] h2')?.textContent ?? '')";

/// The verdict on openssl's default version in the sample.
const CLEAR: &str = "openssl 0.10.82 is not affected by any of the 10 published advisories; \
    the last affected release is 0.10.71 (15 February 2025).";

/// The verdict on openssl 0.10.8 in the sample.
const AFFECTED: &str = "openssl 0.10.8 is affected by 7 vulnerabilities and 1 unsoundness advisory, \
    the worst of them Critical, of 10 published advisories.";

/// Unfolds everything.
const UNFOLD: &str = "document.querySelectorAll('details').forEach((it) => (it.open = true))";

/// Opens a browser at a path of the tab door over the sample. Returns `None`,
/// and reports the test as skipped, if Chromium is not installed.
async fn at(test: &str, path: &str) -> Option<(Browser, Host)> {
    let browser = Browser::open(test).await?;
    let host = Host::over_sample().await;
    browser.goto(&host.url(path)).await;
    Some((browser, host))
}
