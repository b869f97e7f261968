//! Default pages are made anew in the background after the data has changed.

use integration_tests::fixture::{Folders, advisory, index_file};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use server::tab::{Accepted, Address, Shown, Tab};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Returns the default tab of a crate, if it is cached with the newest data.
fn kept(tab: &Tab) -> Option<Shown> {
    let address = Address::tab("widget", None);
    let gzip = "gzip".parse().expect("a header");
    tab.kept(&address, Accepted::of(Some(&gzip)))
}

async fn until_kept(tab: &Tab) -> Shown {
    let begin = Instant::now();
    loop {
        if let Some(shown) = kept(tab) {
            return shown;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "it is not made");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Simultaneous visitors of a new page wait for one render, and all get the same
/// page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_render_for_many_visitors() {
    let app = TestApp::with_sample().await;
    app.look().await;
    let tab = app.app.tab();
    // A page that the background task does not make.
    let address = Address::tab("wasmtime", Some("24.0.1"));
    let gzip = "gzip".parse().expect("a header");
    let visits = (0..20).map(|_| tab.page(address, Accepted::of(Some(&gzip))));
    let shown = futures_util::future::join_all(visits).await;
    let pages: Vec<_> = shown
        .into_iter()
        .map(|shown| shown.expect("a page").page)
        .collect();
    assert!(pages.iter().all(|page| Arc::ptr_eq(page, &pages[0])));
}

#[tokio::test]
async fn after_a_sync() {
    let folders = Folders::new();
    folders.write(
        "index/wi/dg/widget",
        &index_file("widget", &[("1.0.0", false)]),
    );
    let publish = |patched: &str| {
        let text = advisory("RUSTSEC-2024-0001", "widget", patched);
        folders.write("advisory-db/crates/widget/RUSTSEC-2024-0001.md", &text);
    };
    publish("patched = []");
    let database = TestDatabase::sqlite().await;
    database.sync(&folders.sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let tab = app.app.tab().clone();
    assert!(kept(&tab).is_none(), "nobody has asked for it");
    let (follows, rebuilds) = (tab.source().clone(), tab.clone());
    tokio::spawn(async move { follows.follow().await });
    tokio::spawn(async move { rebuilds.rebuild().await });
    let first = until_kept(&tab).await;

    publish("patched = [\">= 1.0.0\"]");
    app.database
        .sync(&folders.sources())
        .await
        .expect("the sync");
    app.look().await;
    assert!(kept(&tab).is_none(), "it is of the data before");
    let second = until_kept(&tab).await;
    assert_ne!(first.page.version, second.page.version);
    assert_ne!(first.page.etag, second.page.etag);
}
