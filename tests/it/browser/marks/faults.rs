//! The lists if the marks do not arrive.

use super::{COUNT, DEPENDENCIES, STATUS, VERSIONS};
use crate::browser::faults::faults;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use integration_tests::remote_tab_door;

/// The list, which does not depend on the marks.
const LIST: &str = "document.querySelector('crate-security-marks').innerHTML";

/// Counts the requests for marks that are finished: answered or failed, and handled.
const WATCH: &str = "window.settled = 0;
    window.fetch = new Proxy(fetch, { apply(target, self, values) {
        const answer = Reflect.apply(target, self, values);
        const settle = () => setTimeout(() => (settled += values[0].includes('/marks')));
        answer.then((answer) => answer.clone().text()).then(settle, settle);
        return answer;
    } });";

async fn assert_unmarked(browser: &Browser, list: &str, what: &str) {
    assert_eq!(browser.eval::<usize>(COUNT).await, 0, "{what}");
    assert_eq!(browser.eval::<String>(STATUS).await, "", "{what}");
    assert_eq!(browser.eval::<String>(LIST).await, list, "{what}");
    let traces = "document.querySelectorAll('.portal, base, meta[http-equiv], body style').length";
    assert_eq!(browser.eval::<usize>(traces).await, 0, "{what}");
    assert!(
        browser.eval::<bool>("!('__pwned' in window)").await,
        "{what}"
    );
    // The browser itself reports a failed request; there is no other message.
    let said = browser.console().await;
    let is_network = |line: &String| line.contains("Failed to load resource");
    assert!(said.iter().all(is_network), "{what}: {said:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_marks() {
    let Some(browser) = Browser::open("an_answer_that_is_not_marks").await else {
        return;
    };
    let host = Host::over_sample().await;
    browser.before_each_page(WATCH).await;
    for [page, answer] in [VERSIONS, DEPENDENCIES] {
        host.fault(answer, Fault::Hold);
        browser.goto(&host.url(page)).await;
        host.until(answer, &[Outcome::Open]).await;
        // The page is complete and loaded while the answer is outstanding.
        let state: String = browser.eval("document.readyState").await;
        assert_eq!(state, "complete");
        let list: String = browser.eval(LIST).await;
        assert_unmarked(&browser, &list, "slow").await;
        for (what, fault) in faults() {
            host.fault(answer, fault);
            browser.goto(&host.url(page)).await;
            browser.until("settled", 1).await;
            assert_unmarked(&browser, &list, &format!("{page}: {what}")).await;
        }
        host.fault(answer, None);
        browser.goto(&host.url(page)).await;
        browser.until(&format!("{COUNT} > 0"), true).await;
    }
}

/// Without its data the service answers 503 without markup, and the lists stay the
/// host's.
#[tokio::test]
async fn the_service_without_data() {
    let Some(browser) = Browser::open("the_service_without_data").await else {
        return;
    };
    let nowhere = remote_tab_door("http://127.0.0.1:1/graphql", &["--dev"]).await;
    let host = Host::over(nowhere).await;
    let [page, answer] = DEPENDENCIES;
    browser.before_each_page(WATCH).await;
    browser.goto(&host.url(page)).await;
    browser.until("settled", 1).await;
    assert_eq!(host.outcomes(answer), [Outcome::Answered]);
    let list: String = browser.eval(LIST).await;
    assert!(list.contains("rsa"), "{list}");
    assert_unmarked(&browser, &list, page).await;
}
