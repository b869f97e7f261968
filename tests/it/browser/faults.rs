//! The custom elements when their requests fail.

use super::{AFFECTED, CLEAR, VERDICT, at};
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use integration_tests::remote_tab_door;
use thirtyfour::Key;

const FRAGMENT: &str = "/security-tab/openssl";
const OLD: &str = "/security-tab/openssl/0.10.8";
const BADGE: &str = "/security-tab/openssl/badge";

const ALERT: &str = "document.querySelector('crate-security-tab [role=alert]')?.textContent ?? ''";
const NEW_ALERT: &str =
    "document.querySelector('crate-security-tab [role=alert]:not([data-old])')?.textContent ?? ''";
const FAILED: &str = "Security advisories could not be loaded. Retry";

/// The page that a network shows in place of every other until its user has
/// logged in.
const PORTAL: &str = "<!DOCTYPE html><title>Log in</title><style>body { display: none }</style>
    <base href='https://example.org/'><meta http-equiv=refresh content='0;url=https://example.org/'>
    <h1 class=portal>Welcome to the train</h1><form class=portal action=/login><input name=user></form>
    <script class=portal>window.__pwned = 1</script><img class=portal src=x onerror='window.__pwned = 2'>";

/// Returns all kinds of answers that are not a tab.
pub(super) fn faults() -> Vec<(&'static str, Fault)> {
    let answer = |status, html: &str| Fault::Answer(status, html.to_owned());
    vec![
        ("a portal", answer(200, PORTAL)),
        (
            "an error",
            answer(500, "<h1 class=portal>Internal Server Error</h1>"),
        ),
        ("nothing", answer(200, "")),
        (
            "other bytes",
            answer(200, "\u{0}\u{1}{\"a\": \"<b class=portal>\"}"),
        ),
        ("half an answer", Fault::Break),
    ]
}

/// Asserts that nothing of the answer is in the page, and that nothing of it
/// ran.
async fn assert_untouched(browser: &Browser, what: &str) {
    let traces = "document.querySelectorAll('.portal, base, meta[http-equiv], body style').length";
    assert_eq!(browser.eval::<usize>(traces).await, 0, "{what}");
    assert!(
        browser.eval::<bool>("!('__pwned' in window)").await,
        "{what}"
    );
    let title = browser.eval::<String>("document.title").await;
    assert_eq!(title, "openssl: Security (preview)", "{what}");
}

#[tokio::test]
async fn failure_and_retry() {
    let Some((browser, host)) = at("failure_and_retry", "/gallery").await else {
        return;
    };
    for (what, fault) in faults() {
        for path in [FRAGMENT, BADGE] {
            host.fault(path, fault.clone());
        }
        browser.goto(&host.url("/embedded/openssl")).await;
        browser.until(ALERT, FAILED.to_owned()).await;
        assert_untouched(&browser, what).await;
        let badge = "document.querySelector('crate-security-badge').children.length";
        browser.until(badge, 0).await;

        // It fails again, and can be retried once more, now by keyboard.
        let before = host.outcomes(FRAGMENT).len();
        // The previous alert stays until the answer arrives.
        let mark = "document.querySelector('crate-security-tab [role=alert]').dataset.old = ''";
        browser.eval::<String>(mark).await;
        browser.click("crate-security-tab button").await;
        let asked = [vec![Outcome::Answered; before], vec![Outcome::Answered]].concat();
        host.until(FRAGMENT, &asked).await;
        browser.until(NEW_ALERT, FAILED.to_owned()).await;
        host.fault(FRAGMENT, None);
        let focus = "document.querySelector('crate-security-tab button').focus()";
        browser.eval::<()>(focus).await;
        browser.press(Key::Enter, 1).await;
        browser.until(VERDICT, CLEAR.to_owned()).await;

        // The same with a tab in place: only our own words replace it.
        host.fault(OLD, fault);
        let choose =
            "document.querySelector('crate-security-tab').setAttribute('version', '0.10.8')";
        browser.eval::<()>(choose).await;
        browser.until(ALERT, FAILED.to_owned()).await;
        assert_untouched(&browser, what).await;
        host.fault(OLD, None);
        browser.click("crate-security-tab button").await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
    }
}

/// The tab door itself says that GraphQL is unreachable, and offers a retry,
/// which sends the request again and leaves the page alone.
#[tokio::test]
async fn graphql_out_of_reach() {
    let Some(browser) = Browser::open("graphql_out_of_reach").await else {
        return;
    };
    let nowhere = remote_tab_door("http://127.0.0.1:1/graphql", &["--dev"]).await;
    let host = Host::over(nowhere).await;
    browser.goto(&host.url("/embedded/openssl")).await;
    let heading = "document.querySelector('[data-test-security-unreachable] h2:not([data-old])')?.textContent";
    let said = Some("Security advisories cannot be shown right now".to_owned());
    browser.until(heading, said.clone()).await;
    browser.eval::<bool>("window.sameDocument = true").await;

    // The previous message stays until the answer arrives.
    let mark = "document.querySelector('[data-test-security-unreachable] h2').dataset.old = ''";
    browser.eval::<String>(mark).await;
    browser.click("crate-security-tab [data-retry]").await;
    host.until(FRAGMENT, &[Outcome::Answered; 2]).await;
    browser.until(heading, said).await;
    assert!(browser.eval::<bool>("window.sameDocument ?? false").await);

    // An answer with a tab replaces it.
    let good = integration_tests::TestApp::with_sample().await;
    let fragment = good.tab(FRAGMENT).await.body;
    host.fault(FRAGMENT, Fault::Answer(200, fragment));
    browser.click("crate-security-tab [data-retry]").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
}

#[tokio::test]
async fn removed_while_it_loads() {
    let Some((browser, host)) = at("removed_while_it_loads", "/gallery").await else {
        return;
    };
    host.fault(FRAGMENT, Fault::Hold);
    browser.goto(&host.url("/embedded/openssl")).await;
    host.until(FRAGMENT, &[Outcome::Open]).await;
    let remove = "void ((window.tab = document.querySelector('crate-security-tab')).remove())";
    browser.eval::<()>(remove).await;
    host.until(FRAGMENT, &[Outcome::Abandoned]).await;
    host.fault(FRAGMENT, None);
    assert_eq!(browser.eval::<String>(VERDICT).await, "");

    // Put back, it sends the request again.
    browser
        .eval::<()>("document.querySelector('main').append(window.tab)")
        .await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    host.until(FRAGMENT, &[Outcome::Abandoned, Outcome::Answered])
        .await;
    assert_eq!(browser.eval::<String>(ALERT).await, "");
    assert_eq!(browser.console().await, [""; 0]);
}
