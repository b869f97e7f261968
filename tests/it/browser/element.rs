//! The custom elements: from nothing to the tab, from one version to the next.

use super::{AFFECTED, CLEAR, VERDICT, at};
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};

const FRAGMENT: &str = "/security-tab/openssl";
const OLD: &str = "/security-tab/openssl/0.10.8";

/// The result of the announcement in the host of `/embedded`.
pub(super) const HOST_TAB: &str = "({ ...document.querySelector('.host-tabs').dataset })";

/// The number beside the host's label.
pub(super) const BADGE: &str =
    "document.querySelector('crate-security-badge [data-test-security-badge]')
    ?.dataset.testSecurityBadge ?? null";

/// Records the announcements, except for those that take one back.
const LISTEN: &str = "window.told = [];
    addEventListener('crate-security', ({ detail }) => detail && told.push(detail));";

/// Opens a browser that has all announcements in `told`.
async fn listening(test: &str, path: &str) -> Option<(Browser, Host)> {
    let browser = Browser::open(test).await?;
    let host = Host::over_sample().await;
    browser.before_each_page(LISTEN).await;
    browser.goto(&host.url(path)).await;
    Some((browser, host))
}

/// Sets both attributes of both elements, as a host does.
async fn show(browser: &Browser, krate: &str, version: Option<&str>) {
    let show = "(crate, version) => {
        for (const it of document.querySelectorAll('crate-security-tab, crate-security-badge')) {
            if (it.getAttribute('crate') !== crate) it.setAttribute('crate', crate);
            if (version) it.setAttribute('version', version);
            else it.removeAttribute('version');
        }
    }";
    browser.call::<()>(show, json!([krate, version])).await;
}

#[tokio::test]
async fn from_loading_to_the_tab() {
    let Some((browser, host)) = listening("from_loading_to_the_tab", "/gallery").await else {
        return;
    };
    host.fault(FRAGMENT, Fault::Hold);
    browser.goto(&host.url("/embedded/openssl")).await;
    let tab = "document.querySelector('crate-security-tab')";
    let status = format!("{tab}.querySelector('[role=status]')?.textContent ?? ''");
    let loading = "Loading security advisories…".to_owned();
    browser.until(&status, loading).await;
    let busy = format!("{tab}.ariaBusy");
    assert_eq!(browser.eval::<Value>(&busy).await, "true");
    assert_eq!(browser.eval::<Value>("told").await, json!([]));

    host.fault(FRAGMENT, None);
    browser.until(VERDICT, CLEAR.to_owned()).await;
    browser.until(&busy, Value::Null).await;
    assert_eq!(browser.eval::<String>(&status).await, "");
    let told = json!([{
        "affected": 0, "total": 10, "worst": null,
        "vulnerabilities": 0, "unsound": 0, "malicious": 0, "unmaintained": 0,
    }]);
    assert_eq!(browser.eval::<Value>("told").await, told);
    let host_tab = json!({ "affected": "0", "total": "10" });
    assert_eq!(browser.eval::<Value>(HOST_TAB).await, host_tab);

    // While the next tab loads, the previous one stays, marked as busy.
    host.fault(OLD, Fault::Hold);
    show(&browser, "openssl", Some("0.10.8")).await;
    browser.until(&busy, Value::from("true")).await;
    assert_eq!(browser.eval::<String>(VERDICT).await, CLEAR);
    host.fault(OLD, None);
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.until(&busy, Value::Null).await;
    assert_eq!(browser.console().await, [""; 0]);
}

#[tokio::test]
async fn each_change_is_shown_and_announced() {
    let path = "/embedded/openssl";
    let Some((browser, _host)) = listening("each_change_is_shown_and_announced", path).await else {
        return;
    };
    browser.until("told.length", 1).await;
    let app = TestApp::with_sample().await;
    for (krate, version) in [
        ("openssl", Some("0.10.8")),
        ("openssl", Some("0.10.71")),
        ("arrayref", None),
        ("rsa", None),
        ("serde", None),
        ("nobody-has-heard-of-it", None),
        ("openssl", Some("0.10.8")),
    ] {
        let told: usize = browser.eval("told.length").await;
        show(&browser, krate, version).await;
        let answer = app.tab_answer(krate, version).await;
        let data = serde_json::from_value(answer["data"].clone()).expect("an answer");
        let summary = ui_component::summary(&data);
        let expected = json!({
            "affected": summary.affected, "total": summary.total, "worst": summary.worst,
            "vulnerabilities": summary.vulnerabilities, "unsound": summary.unsound,
            "malicious": summary.malicious, "unmaintained": summary.unmaintained,
        });
        browser.until("told.at(-1)", expected.clone()).await;
        let shown = format!(
            "[...document.querySelectorAll('[data-test-verdict]')]
            .filter((it) => it.textContent.includes('{krate}')).length"
        );
        browser.until(&shown, 1).await;
        // A change of several attributes is a single change.
        let after: usize = browser.eval("told.length").await;
        assert_eq!(after, told + 1, "{krate} {version:?}");

        // The highlight, the verdict and the announcement agree.
        let badge = (summary.affected > 0).then(|| summary.affected.to_string());
        browser.until(BADGE, badge).await;
        let host_tab = json!({
            "affected": summary.affected.to_string(), "total": summary.total.to_string(),
        });
        assert_eq!(browser.eval::<Value>(HOST_TAB).await, host_tab);
    }
    assert_eq!(browser.console().await, [""; 0]);
}

#[tokio::test]
async fn only_the_last_of_rapid_changes_wins() {
    let path = "/embedded/openssl";
    let test = "only_the_last_of_rapid_changes_wins";
    let Some((browser, host)) = listening(test, path).await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;

    // A request that waits for its answer is aborted.
    host.fault(OLD, Fault::Hold);
    show(&browser, "openssl", Some("0.10.8")).await;
    host.until(OLD, &[Outcome::Open]).await;
    show(&browser, "openssl", Some("0.10.71")).await;
    let last = "openssl 0.10.71 is affected by";
    browser
        .until(&format!("{VERDICT}.startsWith('{last}')"), true)
        .await;
    host.until(OLD, &[Outcome::Abandoned]).await;
    host.fault(OLD, None);

    // Of many changes at once only the last is requested.
    let many = "['0.10.1', '0.10.2', '0.10.3', '0.10.8'].forEach((version) =>
        document.querySelector('crate-security-tab').setAttribute('version', version))";
    browser.eval::<()>(many).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    for num in ["0.10.1", "0.10.2", "0.10.3"] {
        let path = format!("{FRAGMENT}/{num}");
        assert_eq!(host.outcomes(&path), [], "{path}");
    }
    host.until(OLD, &[Outcome::Abandoned, Outcome::Answered])
        .await;
    let totals = "told.map(({ affected }) => affected)";
    let affected: Vec<u32> = browser.eval(totals).await;
    assert_eq!(affected.len(), 3, "{affected:?}");
    assert_eq!(browser.console().await, [""; 0]);
}

/// Choosing a release in the tab stays on the page, and adds to its history.
#[tokio::test]
async fn choosing_a_release_changes_the_version() {
    let path = "/embedded/openssl";
    let test = "choosing_a_release_changes_the_version";
    let Some((browser, _host)) = at(test, path).await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;
    browser.eval::<Value>("window.sameDocument = true").await;
    browser.choose_release("0.10.8").await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.until(BADGE, Value::from("8")).await;
    let at = "[location.pathname + location.search, window.sameDocument ?? false]";
    assert_eq!(
        browser.eval::<(String, bool)>(at).await,
        ("/embedded/openssl?version=0.10.8".to_owned(), true)
    );
    // The focus is on the answer, not lost with the replaced content.
    let focus = "document.activeElement.matches('[data-test-verdict]')";
    assert!(browser.eval::<bool>(focus).await);

    browser.back().await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert_eq!(
        browser.eval::<(String, bool)>(at).await,
        ("/embedded/openssl".to_owned(), true)
    );
    browser.until(BADGE, Value::Null).await;
}
