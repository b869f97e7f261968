//! Default pages are rebuilt in the background after the data has changed.

use super::log::Log;
use integration_tests::fixture::{Folders, advisory, index_file};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use server::sync::Sources;
use server::tab::{Accepted, Address, Shown, Tab};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::timeout;

fn gzip() -> Accepted {
    Accepted::of(Some(&"gzip".parse().expect("a header")))
}

/// Returns the default tab of a crate, if it is cached with the newest data.
fn kept(tab: &Tab, krate: &str) -> Option<Shown> {
    tab.kept(&Address::tab(krate, None), gzip())
}

async fn until_kept(tab: &Tab, krate: &str) -> Shown {
    let begin = Instant::now();
    loop {
        if let Some(shown) = kept(tab, krate) {
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
    let visits = (0..20).map(|_| tab.page(address, gzip()));
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
    assert!(kept(&tab, "widget").is_none(), "nobody has asked for it");
    let (follows, rebuilds) = (tab.source().clone(), tab.clone());
    tokio::spawn(async move { follows.follow().await });
    tokio::spawn(async move { rebuilds.rebuild().await });
    let first = until_kept(&tab, "widget").await;

    publish("patched = [\">= 1.0.0\"]");
    app.database
        .sync(&folders.sources())
        .await
        .expect("the sync");
    app.look().await;
    assert!(kept(&tab, "widget").is_none(), "it is of the data before");
    let second = until_kept(&tab, "widget").await;
    assert_ne!(first.page.version, second.page.version);
    assert_ne!(first.page.etag, second.page.etag);
}

/// A default page that has been visited is rebuilt even if its crate has no advisory. The
/// page of a crate that was never published is not.
#[tokio::test]
async fn visited_crates_that_are_published() {
    let folders = Folders::new();
    folders.index("ga/dg/gadget", &[("1.0.0", false)]);
    let sources = Sources {
        all_crates: true,
        ..folders.sources()
    };
    let database = TestDatabase::sqlite().await;
    database.sync(&sources).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    app.look().await;
    let tab = app.app.tab().clone();
    for krate in ["absent", "gadget"] {
        let shown = tab.page(Address::tab(krate, None), gzip()).await;
        shown.expect("a page");
        assert!(kept(&tab, krate).is_some(), "{krate} is cached");
    }

    folders.advisory("crates/widget/RUSTSEC-2024-0001", "patched = []");
    app.database.sync(&sources).await.expect("the sync");
    app.look().await;
    assert!(kept(&tab, "gadget").is_none(), "it is of the data before");
    let log = Log::default();
    let _logging = log.keep();
    let rebuilt = async {
        while !log.text().contains("rebuilt the default pages") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = tab.rebuild() => unreachable!("it has no end"),
        made = timeout(Duration::from_secs(30), rebuilt) => made.expect("the pages are made"),
    }
    assert!(log.text().contains("\"pages\":2,"), "{}", log.text());
    assert!(kept(&tab, "gadget").is_some());
    assert!(kept(&tab, "absent").is_none());
}
