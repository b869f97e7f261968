//! The elements in a single-page host, which keeps them from one page to the next.
//! `/embedded` lets the element fetch the tab; `/routed` fetches it in the host's
//! router. Both are the example hosts of docs/EMBEDDING.md.

use super::element::{BADGE, HOST_TAB};
use super::{AFFECTED, CLEAR, VERDICT};
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};

const RECIPES: [&str; 2] = ["embedded", "routed"];

const OLD: &str = "/security-tab/openssl/0.10.8";
const SERDE: &str = "RustSec has no advisory about serde.";

/// Records before each paint whether the tab disagrees with the name above it, and
/// counts the entries that the host's router adds to the history.
const WATCH: &str = "window.mixed = []; window.pushed = 0;
    (function look() {
        const name = document.querySelector('h1')?.textContent.split(' ')[0];
        const said = document.querySelector('[data-test-verdict] h2')?.textContent;
        const badge = document.querySelector('.crate-security-badge')?.textContent;
        const host = document.querySelector('.host-tabs')?.dataset.affected;
        if (said && !said.includes(name)) mixed.push(`${name}: ${said}`);
        if (name === 'serde' && (badge || host > 0)) mixed.push(`${name}: ${badge} ${host}`);
        requestAnimationFrame(look);
    })();
    history.pushState = new Proxy(history.pushState, { apply(target, self, values) {
        pushed += 1;
        return Reflect.apply(target, self, values);
    } });";

/// The element with the focus, in short.
const FOCUS: &str = "(({ tagName, className, textContent }) =>
    className.split(' ')[0] || (tagName === 'A' ? textContent : tagName))(document.activeElement)";

async fn at(test: &str, path: &str) -> Option<(Browser, Host)> {
    let browser = Browser::open(test).await?;
    let host = Host::over_sample().await;
    browser.before_each_page(WATCH).await;
    browser.goto(&host.url(path)).await;
    Some((browser, host))
}

#[tokio::test]
async fn no_crate_is_shown_the_verdict_of_another() {
    let test = "no_crate_is_shown_the_verdict_of_another";
    for recipe in RECIPES {
        let path = format!("/{recipe}/openssl?version=0.10.8");
        let Some((browser, host)) = at(test, &path).await else {
            return;
        };
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        browser.until(BADGE, Value::from("8")).await;
        for path in ["/security-tab/serde", "/security-tab/serde/badge"] {
            host.fault(path, Fault::Hold);
        }
        browser
            .click(&format!(".host-header a[href='/{recipe}/serde']"))
            .await;
        host.until("/security-tab/serde", &[Outcome::Open]).await;
        if recipe == "embedded" {
            assert_eq!(
                browser
                    .eval::<String>("document.querySelector('h1').textContent")
                    .await,
                "serde"
            );
            assert_eq!(browser.eval::<String>(VERDICT).await, "");
            assert_eq!(browser.eval::<Value>(BADGE).await, Value::Null);
            assert_eq!(browser.eval::<Value>(HOST_TAB).await, json!({}));
            let status =
                "document.querySelector('crate-security-tab [role=status]')?.textContent ?? ''";
            browser
                .until(status, "Loading security advisories…".to_owned())
                .await;
        } else {
            // The whole page waits.
            assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);
        }
        for path in ["/security-tab/serde", "/security-tab/serde/badge"] {
            host.fault(path, None);
        }
        browser.until(VERDICT, SERDE.to_owned()).await;
        browser.back().await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        browser.until(BADGE, Value::from("8")).await;
        assert_eq!(browser.eval::<Value>("mixed").await, json!([]), "{recipe}");
        assert_eq!(browser.console().await, [""; 0]);
    }
}

/// A verdict stays while that of another version loads, if it names its version. The
/// highlight names none, so it disappears at once.
#[tokio::test]
async fn a_highlight_is_never_that_of_another_version() {
    let test = "a_highlight_is_never_that_of_another_version";
    let Some((browser, host)) = at(test, "/embedded/openssl?version=0.10.8").await else {
        return;
    };
    browser.until(BADGE, Value::from("8")).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    let new = "/security-tab/openssl/0.10.82";
    for path in [new, "/security-tab/openssl/0.10.82/badge"] {
        host.fault(path, Fault::Hold);
    }
    browser.choose_release("0.10.82").await;
    host.until(new, &[Outcome::Open]).await;
    assert_eq!(browser.eval::<Value>(BADGE).await, Value::Null);
    assert_eq!(browser.eval::<Value>(HOST_TAB).await, json!({}));
    assert_eq!(browser.eval::<String>(VERDICT).await, AFFECTED);
    host.fault(new, None);
    browser.until(VERDICT, CLEAR.to_owned()).await;

    // A tab without a version cannot say to which version it applies.
    browser.goto(&host.url("/embedded/serde")).await;
    browser.until(VERDICT, SERDE.to_owned()).await;
    let one = "/security-tab/serde/1.0.0";
    host.fault(one, Fault::Hold);
    let choose = "document.querySelector('crate-security-tab').setAttribute('version', '1.0.0')";
    browser.eval::<()>(choose).await;
    host.until(one, &[Outcome::Open]).await;
    assert_eq!(browser.eval::<String>(VERDICT).await, "");
}

/// The highlight and the page to which it links agree: the snippet of
/// docs/EMBEDDING.md, verbatim.
#[tokio::test]
async fn the_highlight_and_its_link_agree() {
    let guide = include_str!("../../../docs/EMBEDDING.md");
    let snippet = guide.split("```html").nth(1).expect("a snippet");
    let snippet = snippet.split("```").next().expect("its end");
    assert!(snippet.contains("crate-security-badge"), "{snippet}");
    let page = format!("<!DOCTYPE html><html lang=en><title>Snippet</title>{snippet}");
    let test = "the_highlight_and_its_link_agree";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let door = integration_tests::TestApp::with_sample().await.tab_door();
    let route = axum::routing::get(|| async move { axum::response::Html(page) });
    let host = Host::over(door.route("/snippet", route)).await;
    browser.goto(&host.url("/snippet")).await;
    browser.until(BADGE, Value::from("8")).await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.click("a:has(crate-security-badge)").await;
    browser
        .until("location.pathname", "/crates/openssl/security".to_owned())
        .await;
    browser.until(VERDICT, AFFECTED.to_owned()).await;
}

/// A click in the tab belongs to the tab: it announces the version once, and the
/// router that listens above it does not navigate as well.
#[tokio::test]
async fn one_click_is_one_navigation() {
    let test = "one_click_is_one_navigation";
    for recipe in RECIPES {
        let path = format!("/{recipe}/openssl");
        let Some((browser, host)) = at(test, &path).await else {
            return;
        };
        browser.until(VERDICT, CLEAR.to_owned()).await;
        let count = "void (window.chosen = [], addEventListener('crate-security-version',
            ({ detail }) => chosen.push(detail.version)))";
        browser.eval::<()>(count).await;
        browser.choose_release("0.10.8").await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        assert_eq!(browser.eval::<Value>("chosen").await, json!(["0.10.8"]));
        assert_eq!(browser.eval::<usize>("pushed").await, 1, "{recipe}");
        host.until(OLD, &[Outcome::Answered]).await;

        // A click with a modifier key belongs to the browser.
        let held = "document.querySelector('.cs-choose a').dispatchEvent(
            new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey: true }))";
        browser.eval::<bool>(held).await;
        assert_eq!(browser.eval::<usize>("pushed").await, 1, "{recipe}");
    }
}

/// After a click the focus is on the answer, which is where the reader clicked.
#[tokio::test]
async fn focus_and_scroll_stay_with_the_answer() {
    let test = "focus_and_scroll_stay_with_the_answer";
    for recipe in RECIPES {
        let path = format!("/{recipe}/openssl?version=0.10.8");
        let Some((browser, _host)) = at(test, &path).await else {
            return;
        };
        browser.window(390, 844).await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        let top =
            "Math.round(document.querySelector('[data-test-verdict]').getBoundingClientRect().top)";
        browser.eval::<()>("void document.querySelector('[data-test-upgrade] a').scrollIntoView({ block: 'center' })").await;
        let before: i32 = browser.eval(top).await;
        browser.click("[data-test-upgrade] a").await;
        let shown = format!("{VERDICT}.startsWith('openssl 0.10.72 ')");
        browser.until(&shown, true).await;
        browser.until(FOCUS, "cs-verdict".to_owned()).await;
        let after: i32 = browser.eval(top).await;
        assert!((after - before).abs() <= 2, "{recipe}: {before} {after}");

        // From the end of the page the answer is scrolled into view.
        browser.choose_release("0.10.8").await;
        browser.until(VERDICT, AFFECTED.to_owned()).await;
        browser.until(FOCUS, "cs-verdict".to_owned()).await;
        let in_window = "(({ top, bottom }) => bottom > 0 && top < innerHeight)(
            document.querySelector('[data-test-verdict] h2').getBoundingClientRect())";
        browser.until(in_window, true).await;

        // If the reader has moved the focus elsewhere, it stays there.
        browser
            .eval::<()>("document.querySelector(\".cs-choose a[href='?version=0.10.82']\").click()")
            .await;
        browser
            .eval::<()>("document.querySelector('#host-version').focus()")
            .await;
        browser.until(VERDICT, CLEAR.to_owned()).await;
        assert_eq!(
            browser.eval::<String>("document.activeElement.id").await,
            "host-version"
        );
    }
}

/// A fragment that the host puts into the element, at any time, works like one that
/// the element has fetched, and nothing is fetched for it.
#[tokio::test]
async fn a_fragment_put_in_at_any_time_is_whole() {
    let test = "a_fragment_put_in_at_any_time_is_whole";
    let path = "/routed/openssl?version=0.10.8#RUSTSEC-2018-0010";
    let Some((browser, host)) = at(test, path).await else {
        return;
    };
    let open = |id: &str| format!("document.getElementById('{id}')?.open ?? false");
    let copy = "document.querySelector('[data-copy]').checkVisibility()";
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.until(&open("RUSTSEC-2018-0010"), true).await;
    assert!(browser.eval::<bool>(copy).await);
    let told = json!({ "affected": "8", "total": "10" });
    assert_eq!(browser.eval::<Value>(HOST_TAB).await, told);
    host.until(OLD, &[Outcome::Answered]).await;

    // Into a new element, too.
    let add = "(async () => {
        const html = await (await fetch('/security-tab/rsa')).text();
        document.querySelector('main').insertAdjacentHTML('beforeend',
            `<crate-security-tab crate=rsa>${html}</crate-security-tab>`);
    })()";
    browser.eval::<()>(add).await;
    let hidden = "[...document.querySelectorAll('[data-copy]')].filter((it) => it.hidden).length";
    assert_eq!(browser.eval::<usize>(hidden).await, 0);
    host.until("/security-tab/rsa", &[Outcome::Answered]).await;
    assert_eq!(browser.console().await, [""; 0]);
}

/// A link to an advisory of another crate, in an element that is reused.
#[tokio::test]
async fn a_link_to_another_crates_advisory_opens_it() {
    let test = "a_link_to_another_crates_advisory_opens_it";
    for recipe in RECIPES {
        let Some((browser, _host)) = at(test, &format!("/{recipe}/openssl")).await else {
            return;
        };
        browser.until(VERDICT, CLEAR.to_owned()).await;
        let link = format!(
            "document.querySelector('.host-header .host-width').insertAdjacentHTML('beforeend',
                '<a id=go href=/{recipe}/wasmtime#RUSTSEC-2026-0114>go</a>')"
        );
        browser.eval::<()>(&link).await;
        browser.click("#go").await;
        let open = "document.getElementById('RUSTSEC-2026-0114')?.open ?? false";
        browser.until(open, true).await;
    }
}

/// Moving the element loads nothing again and folds nothing.
#[tokio::test]
async fn a_move_on_the_page_changes_nothing() {
    let test = "a_move_on_the_page_changes_nothing";
    let Some((browser, host)) = at(test, "/embedded/openssl?version=0.10.8").await else {
        return;
    };
    browser.until(VERDICT, AFFECTED.to_owned()).await;
    browser.click("#RUSTSEC-2018-0010 > summary").await;
    let move_it =
        "(document.querySelector('main').prepend(document.querySelector('crate-security-tab')),
        new Promise((done) => setTimeout(done)))";
    browser.eval::<()>(move_it).await;
    let open = "document.getElementById('RUSTSEC-2018-0010').open";
    assert!(browser.eval::<bool>(open).await);
    // By the answer to this request, an earlier one would have been recorded.
    browser
        .eval::<()>("fetch('/security-tab/rsa').then(() => {})")
        .await;
    assert_eq!(host.outcomes(OLD), [Outcome::Answered]);
}

/// A host that changes the version rapidly sends few requests.
#[tokio::test]
async fn rapid_changes_are_few_requests() {
    let test = "rapid_changes_are_few_requests";
    let Some((browser, host)) = at(test, "/embedded/openssl").await else {
        return;
    };
    browser.until(VERDICT, CLEAR.to_owned()).await;
    let path = |num: usize| format!("/security-tab/openssl/0.10.{num}");
    for num in 10..60 {
        host.fault(&path(num), Fault::Hold);
    }
    let run = "(async () => {
        for (let num = 10; num < 60; num += 1) {
            document.querySelector('crate-security-tab').setAttribute('version', `0.10.${num}`);
            await new Promise((done) => setTimeout(done));
        }
    })()";
    browser.eval::<()>(run).await;
    for num in 10..60 {
        host.fault(&path(num), None);
    }
    browser
        .until(&format!("{VERDICT}.startsWith('openssl 0.10.59 ')"), true)
        .await;
    let requests: usize = (10..60).map(|num| host.outcomes(&path(num)).len()).sum();
    assert!(requests < 10, "{requests}");
}
