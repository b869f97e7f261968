//! The fragment works without any script.

use super::{AFFECTED, CLEAR, VERDICT, at};
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use serde_json::json;

/// A value that the page's scripts would have set.
const SCRIPTS: &str = "typeof customElements.get('crate-security-tab')";

async fn without_scripts(test: &str, path: &str) -> Option<(Browser, Host)> {
    let (browser, host) = at(test, "/gallery").await?;
    assert_eq!(browser.eval::<String>(SCRIPTS).await, "function");
    let disabled = json!({ "value": true });
    browser
        .cdp("Emulation.setScriptExecutionDisabled", disabled)
        .await;
    browser.goto(&host.url(path)).await;
    assert_eq!(browser.eval::<String>(SCRIPTS).await, "undefined");
    Some((browser, host))
}

#[tokio::test]
async fn without_javascript() {
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, host)) = without_scripts("without_javascript", path).await else {
        return;
    };
    assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);

    // A button that cannot work is hidden.
    let copy = "[...document.querySelectorAll('[data-copy]')].filter((it) => !it.hidden).length";
    assert_eq!(browser.eval::<usize>(copy).await, 0);

    // The browser itself folds.
    let body = "document.querySelector('#RUSTSEC-2018-0010 .cs-body').checkVisibility()";
    assert!(!browser.eval::<bool>(body).await);
    browser.click("#RUSTSEC-2018-0010 > summary").await;
    assert!(browser.eval::<bool>(body).await);

    // Releases are links, and the host's picker is a form.
    browser.choose_release("0.10.82").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    let picker = browser.find("#host-version option[value='0.10.8']").await;
    picker.click().await.expect("an option");
    browser.click(".host-picker button").await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;

    // The fragment by itself, with its style, works too.
    browser
        .goto(&host.url("/security-tab/openssl/0.10.8"))
        .await;
    assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);
    let border = "getComputedStyle(document.querySelector('.cs-affected')).borderLeftWidth";
    assert_eq!(browser.eval::<String>(border).await, "5px");
    browser.choose_release("0.10.82").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
}

/// The preview's field opens any crate and version.
#[tokio::test]
async fn the_field_of_the_preview() {
    let Some((browser, _host)) = without_scripts("the_field_of_the_preview", "/").await else {
        return;
    };
    browser.click(".host-jump input").await;
    browser.type_text("openssl@0.10.8").await;
    browser.click(".host-jump button").await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
}
