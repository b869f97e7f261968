//! The marks on a host's lists of versions and dependencies, on the preview's pages.

use super::{VERDICT, at};
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Host, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeMap;

mod faults;
mod hosts;
mod rows;

/// A list of versions, and the address of its marks.
const VERSIONS: [&str; 2] = ["/embedded/openssl/versions", "/security-tab/openssl/marks"];
/// The preview's own list of dependencies, and the address of its marks.
const DEPENDENCIES: [&str; 2] = ["/embedded/harbour/dependencies", "/security-tab/-/marks"];

/// The text of each mark by the name of its row.
const MARKS: &str =
    "Object.fromEntries([...document.querySelectorAll('[data-security-mark] > a')].map(
    (mark) => [mark.closest('li').querySelector('.host-name').textContent, mark.textContent]))";

/// The number of marks.
const COUNT: &str = "document.querySelectorAll('.crate-security-mark').length";

/// The text for a screen reader.
const STATUS: &str = "document.querySelector('crate-security-marks').shadowRoot.querySelector('[role=status]').textContent";

#[tokio::test]
async fn affected_versions_are_marked() {
    let [list, answer] = VERSIONS;
    let Some((browser, host)) = at("affected_versions_are_marked", list).await else {
        return;
    };
    let app = TestApp::with_sample().await;
    let data = app.tab_data("openssl", None).await.expect("the data");
    let versions = data.crate_.expect("openssl").versions.nodes;
    let affected = versions.iter().filter(|it| it.affecting_count > 0);
    let expect: BTreeMap<String, String> = affected
        .map(|it| {
            let noun = if it.affecting_count == 1 {
                "advisory"
            } else {
                "advisories"
            };
            (
                it.num.clone(),
                format!("{} {noun} affecting {}", it.affecting_count, it.num),
            )
        })
        .collect();
    browser.until(COUNT, expect.len()).await;
    assert_eq!(
        browser.eval::<BTreeMap<String, String>>(MARKS).await,
        expect
    );
    let status = format!(
        "Affected by advisories: {} of {} versions",
        expect.len(),
        versions.len()
    );
    assert_eq!(browser.eval::<String>(STATUS).await, status);
    host.until(answer, &[Outcome::Answered]).await;
    assert_eq!(browser.console().await, [""; 0]);

    // A mark leads to the verdict with its count.
    browser
        .click("[data-security-version='0.10.8'] .crate-security-mark")
        .await;
    browser
        .until(
            "location.href",
            host.url("/embedded/openssl?version=0.10.8"),
        )
        .await;
    browser.until(VERDICT, super::AFFECTED.to_owned()).await;
}

#[tokio::test]
async fn dependencies_without_an_unaffected_release_are_marked() {
    let [list, answer] = DEPENDENCIES;
    let test = "dependencies_without_an_unaffected_release_are_marked";
    let Some((browser, host)) = at(test, list).await else {
        return;
    };
    let expect = [
        ("rsa", "^0.9"),
        ("chrono", "^0.2"),
        ("openssl", "^0.9"),
        ("actix-http", ">=0.2.0, <2.0.0"),
    ];
    browser.until(COUNT, expect.len()).await;
    let expect: BTreeMap<String, String> = expect
        .into_iter()
        .map(|(krate, req)| {
            let text = format!("every release of {krate} that {req} allows is affected");
            (krate.to_owned(), text)
        })
        .collect();
    assert_eq!(
        browser.eval::<BTreeMap<String, String>>(MARKS).await,
        expect
    );
    let status = "Allow affected releases only: 4 of 7 requirements";
    assert_eq!(browser.eval::<String>(STATUS).await, status);
    host.until(answer, &[Outcome::Answered]).await;
    assert_eq!(browser.console().await, [""; 0]);

    // The crate's tab answers the requirement.
    browser
        .click("[data-security-crate='actix-http'] .crate-security-mark")
        .await;
    let said = "document.querySelector('[data-test-requirement-answer]')?.textContent ?? ''";
    browser
        .until(
            &format!("({said}).startsWith('Every release that >=0.2.0')"),
            true,
        )
        .await;
    let search = "new URLSearchParams(location.search).get('req')";
    assert_eq!(browser.eval::<String>(search).await, ">=0.2.0, <2.0.0");
}

/// The position of every element of the page.
const PLACES: &str = "[...document.querySelectorAll('body *')]
    .filter((it) => !it.closest('.crate-security-mark') && !it.closest('crate-security-badge'))
    .map((it) => Object.values(it.getBoundingClientRect().toJSON()))";

/// Marks that overflow their slots or the window, or cover something else.
const OUTSIDE: &str = "[...document.querySelectorAll('.crate-security-mark')].filter((mark) => {
    const [it, slot] = [mark, mark.parentNode].map((it) => it.getBoundingClientRect());
    const covers = [...mark.closest('li').children].some((other) => {
        const at = other.getBoundingClientRect();
        return other !== mark.parentNode && at.left < it.right && at.right > it.left && at.top < it.bottom && at.bottom > it.top;
    });
    return covers || it.left < slot.left || it.right > slot.right + 0.1 || it.bottom > slot.bottom + 0.1
        || it.right > innerWidth || it.width < 40;
}).map((mark) => mark.outerHTML)";

#[tokio::test]
async fn nothing_moves_when_the_marks_come() {
    let test = "nothing_moves_when_the_marks_come";
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let host = Host::over_sample().await;
    browser.before_each_page(super::shift::WATCH).await;
    for width in [1280, 390, 320] {
        browser.width(width).await;
        for [list, answer] in [VERSIONS, DEPENDENCIES] {
            let what = format!("{list} at {width}");
            let before = host.outcomes(answer);
            host.fault(answer, Fault::Hold);
            browser.goto(&host.url(list)).await;
            host.until(answer, &[before, vec![Outcome::Open]].concat())
                .await;
            let badge = "document.querySelector('crate-security-badge').childElementCount";
            if list == VERSIONS[0] {
                // openssl's default version is not affected.
                assert_eq!(browser.eval::<usize>(badge).await, 0);
            }
            let places: Value = browser.eval(PLACES).await;
            host.fault(answer, None);
            browser.until(&format!("{COUNT} > 0"), true).await;
            super::shift::assert_still(&browser, &what).await;
            assert_eq!(browser.eval::<Value>(PLACES).await, places, "{what}");
            assert_eq!(browser.eval::<Value>(OUTSIDE).await, json!([]), "{what}");
            let wide = "document.scrollingElement.scrollWidth - innerWidth";
            assert_eq!(browser.eval::<i32>(wide).await, 0, "{what}");
        }
    }
}

/// If there is little room, only a word is shown and the name is not truncated.
#[tokio::test]
async fn a_narrow_row_shows_a_word() {
    let Some((browser, _host)) = at("a_narrow_row_shows_a_word", DEPENDENCIES[0]).await else {
        return;
    };
    browser.until(COUNT, 4).await;
    let text =
        "document.querySelector('[data-security-crate=rsa] .crate-security-mark').textContent";
    let width =
        "document.querySelector('[data-security-crate=rsa] .crate-security-mark').offsetWidth";
    assert!(browser.eval::<u32>(width).await > 200);
    browser.width(390).await;
    let narrow: u32 = browser.eval(width).await;
    assert!((60..=90).contains(&narrow), "{narrow}");
    let name = "every release of rsa that ^0.9 allows is affected";
    assert_eq!(browser.eval::<String>(text).await, name);
}

/// The live region exists before it gets its text, and gets it once.
#[tokio::test]
async fn a_screen_reader_is_told_once() {
    let [list, answer] = DEPENDENCIES;
    let Some((browser, host)) = at("a_screen_reader_is_told_once", "/gallery").await else {
        return;
    };
    host.fault(answer, Fault::Hold);
    browser.goto(&host.url(list)).await;
    host.until(answer, &[Outcome::Open]).await;
    assert_eq!(browser.eval::<String>(STATUS).await, "");
    let watch = "void (window.told = [], new MutationObserver(() => told.push(region.textContent)).observe(
        window.region = document.querySelector('crate-security-marks').shadowRoot.querySelector('[role=status]'),
        { childList: true, characterData: true, subtree: true }))";
    browser.eval::<()>(watch).await;
    host.fault(answer, None);
    browser.until(COUNT, 4).await;
    let told = json!(["Allow affected releases only: 4 of 7 requirements"]);
    assert_eq!(browser.eval::<Value>("told").await, told);

    // Nothing is announced if nothing is marked.
    browser
        .goto(&host.url("/embedded/harbour/dependencies?on=serde@^1&on=tokio@^1"))
        .await;
    host.until(answer, &[Outcome::Answered; 2]).await;
    assert_eq!(browser.eval::<String>(STATUS).await, "");
    assert_eq!(browser.eval::<usize>(COUNT).await, 0);
}
