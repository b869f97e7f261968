//! Nothing is wider than the page.

use super::at;
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, real_data, skip};
use sea_orm::EntityTrait;
use serde_json::json;
use server::entity::krate;
use server::sync::Sources;
use std::fs;
use ui_component::samples;

/// Puts the tab of each path into the current page, unfolds all of it, and
/// returns the elements that overflow the page: a path, the excess, and an
/// element. Responses are cached for other widths.
const OVERFLOWS: &str = "async (paths) => {
    const page = document.scrollingElement;
    window.answers ??= {};
    for (const path of paths) answers[path] ??= fetch(path).then((answer) => answer.text());
    const wide = [];
    for (const path of paths) {
        const main = new DOMParser().parseFromString(await answers[path], 'text/html').querySelector('main');
        if (!main.querySelector('.crate-security, .host-examples')) throw new Error(`no tab: ${path}`);
        document.querySelector('main').replaceWith(main);
        main.querySelectorAll('details').forEach((it) => (it.open = true));
        if (page.scrollWidth <= innerWidth) continue;
        const it = [...main.querySelectorAll('*')].find((it) => it.getBoundingClientRect().right > innerWidth);
        wide.push(`${path}: ${page.scrollWidth} of ${innerWidth}: ${it?.outerHTML.slice(0, 200)}`);
    }
    return wide;
}";

/// The number of concurrent requests, which dominate the time.
const BATCH: usize = 40;

/// A page with the stylesheet in its head, where the element puts it.
const SHELL: &str = "/gallery/no-advisories";

async fn assert_none_is_wide(browser: &Browser, width: u32, paths: &[String]) {
    browser.width(width).await;
    assert_eq!(browser.eval::<u32>("innerWidth").await, width);
    for paths in paths.chunks(BATCH) {
        let wide: Vec<String> = browser.call(OVERFLOWS, json!([paths])).await;
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

#[tokio::test]
async fn no_state_and_no_crate_of_the_sample_is_wide() {
    let test = "no_state_and_no_crate_of_the_sample_is_wide";
    let Some((browser, _host)) = at(test, SHELL).await else {
        return;
    };
    let states = samples::all();
    let states = states
        .iter()
        .map(|state| format!("/gallery/{}", state.name));
    let index = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../server/sample/advisory-db/crates"
    );
    let folders = fs::read_dir(index).expect("the sample").flatten();
    let crates = folders.map(|folder| folder.file_name().to_string_lossy().into_owned());
    let crates = crates.map(|name| format!("/crates/{name}/security"));
    let start = ["/".to_owned()];
    let paths: Vec<String> = states.chain(crates).chain(start).collect();
    assert!(paths.len() > 80, "{}", paths.len());
    for width in [320, 390, 1280] {
        assert_none_is_wide(&browser, width, &paths).await;
    }
}

#[tokio::test]
async fn no_real_crate_is_wide_on_a_small_phone() {
    let test = "no_real_crate_is_wide_on_a_small_phone";
    let Some((advisory_db, index)) = real_data() else {
        return skip::without_real_data(test);
    };
    let Some(browser) = Browser::open(test).await else {
        return;
    };
    let database = TestDatabase::sqlite().await;
    let sources = Sources::folders(advisory_db, Some(index), false);
    database.sync(&sources).await.expect("the sync");
    let crates = krate::Entity::find().all(&database.db).await.expect("rows");
    let paths: Vec<String> = crates
        .iter()
        .map(|krate| format!("/crates/{}/security", krate.name))
        .collect();
    assert!(paths.len() > 900, "{}", paths.len());
    let host = Host::over(TestApp::over(database, SYNCED_AT).await.tab_door()).await;
    browser.goto(&host.url(SHELL)).await;
    assert_none_is_wide(&browser, 320, &paths).await;
}

/// Half of `--precise` would be another option.
#[tokio::test]
async fn a_command_breaks_between_words_only() {
    let test = "a_command_breaks_between_words_only";
    let Some((browser, _host)) = at(test, "/crates/openssl/security?version=0.10.8").await else {
        return;
    };
    let heights = "(({ firstChild: code }) => [code, ...code.children])(document.querySelector('.cs-command pre'))
        .map((it) => Math.round(it.getBoundingClientRect().height))";
    browser.width(390).await;
    let heights: Vec<u32> = browser.eval(heights).await;
    let [command, words @ ..] = heights.as_slice() else {
        panic!("no command");
    };
    assert_eq!(words.len(), 5);
    assert!(
        words.iter().all(|word| word * 3 / 2 < *command),
        "{heights:?}"
    );
}
