//! GraphiQL in a browser that reaches only this machine.

use integration_tests::browser::Browser;
use integration_tests::host::Host;
use integration_tests::{GRAPHIQL, TestApp, skip};
use std::path::Path;

/// Opens a browser at GraphiQL. Returns `None`, and reports the test as
/// skipped, if Chromium is not installed or GraphiQL is not built.
async fn graphiql(test: &str) -> Option<(Browser, Host)> {
    let app = TestApp::with_sample().await;
    if !Path::new(GRAPHIQL).join("graphiql.js").is_file() {
        let needs = "GraphiQL (`npm ci --prefix server/graphiql && npm run build --prefix server/graphiql`)";
        skip::without_program(test, needs);
        return None;
    }
    let browser = Browser::open(test).await?;
    let host = Host::over(app.internal_door()).await;
    browser.goto(&host.url("/graphiql")).await;
    let is_ready = "document.querySelectorAll('.graphiql-query-editor .view-line').length > 5";
    browser.until(is_ready, true).await;
    Some((browser, host))
}

#[tokio::test]
async fn a_query_runs_and_the_documentation_opens() {
    let test = "a_query_runs_and_the_documentation_opens";
    let Some((browser, _host)) = graphiql(test).await else {
        return;
    };
    let tabs = "[...document.querySelectorAll('.graphiql-tab')].map((tab) => tab.innerText.trim())";
    let tabs: Vec<String> = browser.eval(tabs).await;
    let expect = ["SecurityTab", "Advisory", "Versions", "DataStatus"];
    let is_example = |(tab, name): (&String, &&str)| tab.starts_with(*name);
    assert!(
        tabs.len() == 4 && tabs.iter().zip(&expect).all(is_example),
        "{tabs:?}"
    );

    browser.click(".graphiql-execute-button").await;
    let answer =
        "document.querySelector('.result-window')?.textContent.includes('RUSTSEC-2018-0010')";
    browser.until(answer, true).await;

    browser
        .click("[aria-label='Show Documentation Explorer']")
        .await;
    let docs = "document.querySelector('.graphiql-doc-explorer')?.textContent.includes('Query')";
    browser.until(docs, true).await;
    browser
        .click(".graphiql-doc-explorer a.graphiql-doc-explorer-type-name")
        .await;
    let described =
        "document.querySelector('.graphiql-doc-explorer').textContent.includes('A crate by name')";
    browser.until(described, true).await;

    assert_eq!(browser.console().await, [""; 0]);
}

/// The secret for an internal door needs to be entered only once.
#[tokio::test]
async fn headers_are_remembered() {
    let Some((browser, host)) = graphiql("headers_are_remembered").await else {
        return;
    };
    let tab = "[...document.querySelectorAll('.graphiql-editor-tools button')]
        .find((tab) => tab.innerText === 'Headers')";
    let editor = ".graphiql-editor-tool .graphiql-editor:not(.hidden) .native-edit-context, \
        .graphiql-editor-tool .graphiql-editor:not(.hidden) textarea";
    browser.eval::<()>(&format!("{tab}.click()")).await;
    browser
        .eval::<()>(&format!("document.querySelector(`{editor}`).focus()"))
        .await;
    browser.type_text("{\"X-Remembered\": \"yes\"").await;
    let kept = "(localStorage.getItem('graphiql:headers') ?? '').includes('X-Remembered')";
    browser.until(kept, true).await;

    browser.goto(&host.url("/graphiql")).await;
    browser.until(&format!("{tab} !== undefined"), true).await;
    browser.eval::<()>(&format!("{tab}.click()")).await;
    let shown = "[...document.querySelectorAll('.graphiql-editor-tool .view-line')]
        .some((line) => line.textContent.includes('X-Remembered'))";
    browser.until(shown, true).await;
}

#[tokio::test]
async fn it_is_dark_for_those_who_want_it() {
    let Some((browser, host)) = graphiql("it_is_dark_for_those_who_want_it").await else {
        return;
    };
    let background =
        "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor";
    let mut seen = Vec::new();
    for scheme in ["light", "dark"] {
        browser.media(&[("prefers-color-scheme", scheme)]).await;
        browser.goto(&host.url("/graphiql")).await;
        browser
            .until(
                "document.querySelector('.graphiql-container') !== null",
                true,
            )
            .await;
        seen.push(browser.eval::<String>(background).await);
    }
    assert_ne!(seen[0], seen[1]);
}
