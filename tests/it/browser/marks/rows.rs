//! Rows that a host adds, reuses and removes.

use super::{COUNT, DEPENDENCIES, MARKS, VERSIONS};
use crate::browser::at;
use integration_tests::browser::Browser;
use integration_tests::host::{Fault, Outcome};
use serde_json::{Value, json};

/// The queries of all requests for marks so far.
const ASKED: &str = "performance.getEntriesByType('resource')
    .filter(({ name }) => name.includes('/marks')).map(({ name }) => decodeURIComponent(new URL(name).search))";

const FIRST: &str =
    "?actix-http=>=0.2.0, <2.0.0&bitmaps=^3.2&chrono=^0.2&openssl=^0.9&rsa=^0.9&serde=^1&tokio=^1";

/// Adds a row of this name at the end of the first list, as a framework does.
const ADD: &str = "(name, data) => {
    const row = document.querySelector('.host-rows li').cloneNode(true);
    row.querySelector('.host-name').textContent = name;
    row.querySelector('[data-security-mark]').replaceChildren();
    Object.assign(row.dataset, data);
    document.querySelector('.host-rows').append(row);
}";

async fn set(browser: &Browser, row: &str, data: Value) {
    let set = "(row, data) => {
        const { dataset } = document.querySelector(row);
        for (const [name, value] of Object.entries(data)) {
            if (value === null) delete dataset[name];
            else dataset[name] = value;
        }
    }";
    browser.call::<()>(set, json!([row, data])).await;
}

/// The text of the mark in the row of this name.
async fn mark_of(browser: &Browser, row: &str) -> Option<String> {
    let marks: Value = browser.eval(MARKS).await;
    marks[row].as_str().map(str::to_owned)
}

#[tokio::test]
async fn later_dependencies_are_one_more_request() {
    let [list, answer] = DEPENDENCIES;
    let test = "later_dependencies_are_one_more_request";
    let Some((browser, host)) = at(test, list).await else {
        return;
    };
    browser.until(COUNT, 4).await;
    assert_eq!(browser.eval::<Value>(ASKED).await, json!([FIRST]));

    // Only the new rows are requested, and the old marks stay meanwhile.
    host.fault(answer, Fault::Hold);
    let add = format!(
        "['time', 'rsa'].forEach((name, at) => ({ADD})(name, {{
            securityCrate: name, securityReq: ['^0.1', '^0.9'][at] }}))"
    );
    browser.eval::<()>(&add).await;
    host.until(answer, &[Outcome::Answered, Outcome::Open])
        .await;
    assert_eq!(browser.eval::<usize>(COUNT).await, 5, "rsa is known");
    host.fault(answer, None);
    browser.until(COUNT, 6).await;
    assert_eq!(
        browser.eval::<Value>(ASKED).await,
        json!([FIRST, "?time=^0.1"])
    );
    assert_eq!(browser.console().await, [""; 0]);
}

#[tokio::test]
async fn later_versions_are_no_request() {
    let [list, answer] = VERSIONS;
    let Some((browser, host)) = at("later_versions_are_no_request", list).await else {
        return;
    };
    browser.until(&format!("{COUNT} > 0"), true).await;
    let before: usize = browser.eval(COUNT).await;
    let data = json!({ "securityVersion": "0.10.8" });
    browser.call::<()>(ADD, json!(["later", data])).await;
    browser.until(COUNT, before + 1).await;
    let text = "8 advisories affecting 0.10.8".to_owned();
    assert_eq!(mark_of(&browser, "later").await, Some(text));
    assert_eq!(host.outcomes(answer), [Outcome::Answered]);
}

/// A framework may reuse a row for another dependency.
#[tokio::test]
async fn a_row_that_is_reused() {
    let [list, answer] = DEPENDENCIES;
    let Some((browser, host)) = at("a_row_that_is_reused", list).await else {
        return;
    };
    browser.until(COUNT, 4).await;
    let row = "[data-security-crate=rsa], [data-was=rsa]";
    set(
        &browser,
        row,
        json!({ "was": "rsa", "securityCrate": "serde", "securityReq": "^1" }),
    )
    .await;
    browser.until(COUNT, 3).await;
    set(
        &browser,
        row,
        json!({ "securityCrate": "rsa", "securityReq": "^0.9" }),
    )
    .await;
    browser.until(COUNT, 4).await;
    // Change it to a dev-dependency, which must not be marked.
    set(
        &browser,
        row,
        json!({ "securityCrate": null, "securityReq": null }),
    )
    .await;
    browser.until(COUNT, 3).await;
    assert_eq!(host.outcomes(answer), [Outcome::Answered]);

    // A slot that is emptied is filled again.
    let clear = "document.querySelector('[data-security-crate=chrono] [data-security-mark]').replaceChildren()";
    browser.eval::<()>(clear).await;
    browser.until(COUNT, 3).await;
}

/// Another crate's list is requested again, and shows no mark of the first meanwhile.
#[tokio::test]
async fn a_list_of_another_crate() {
    let [list, answer] = VERSIONS;
    let Some((browser, host)) = at("a_list_of_another_crate", list).await else {
        return;
    };
    browser.until(&format!("{COUNT} > 0"), true).await;
    let other = "/security-tab/rsa/marks";
    host.fault(other, Fault::Hold);
    let change = "document.querySelector('crate-security-marks').setAttribute('crate', 'rsa')";
    browser.eval::<()>(change).await;
    host.until(other, &[Outcome::Open]).await;
    assert_eq!(browser.eval::<usize>(COUNT).await, 0);
    let row = "[data-security-version='0.9.0']";
    host.fault(other, None);
    let text = "document.querySelector(\"[data-security-version='0.9.0'] a.crate-security-mark\")";
    let href = format!("{text}?.pathname ?? ''");
    browser.until(&href, "/embedded/rsa".to_owned()).await;
    set(&browser, row, json!({ "securityVersion": "77.0.0" })).await;
    browser.until(&format!("{text} === null"), true).await;
    assert_eq!(host.outcomes(answer), [Outcome::Answered]);
}

/// An address that proxies would reject is divided, and every row is marked.
#[tokio::test]
async fn a_very_long_list_is_divided() {
    let test = "a_very_long_list_is_divided";
    let on: Vec<String> = (0..300)
        .map(|n| format!("on=rsa@%3E%3D0.9.0,%20%3C0.9.{}", n + 1))
        .collect();
    let list = format!("{}?{}", DEPENDENCIES[0], on.join("&"));
    let Some((browser, _host)) = at(test, &list).await else {
        return;
    };
    browser.until(COUNT, 300).await;
    let longest =
        "Math.max(...performance.getEntriesByType('resource').map(({ name }) => name.length))";
    let longest: usize = browser.eval(longest).await;
    assert!((3_000..4_200).contains(&longest), "{longest}");
    let asked: Vec<String> = browser.eval(ASKED).await;
    assert!((2..=4).contains(&asked.len()), "{}", asked.len());
}
