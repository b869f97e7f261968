//! Hostile text in every field, judged by the browser's result: the DOM, not
//! the string.

use super::attacks;
use axum::extract::Path;
use axum::response::Html;
use axum::routing::get;
use integration_tests::TestApp;
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use ui_component::preview::{self, Files, Page, Shell};
use ui_component::{Assets, Data, Descriptions, marks};

mod answer;

/// Checks for every violation, as a function of the attack; returns faults.
const JUDGE: &str = include_str!("hostile/judge.js");

/// The number of pages that are judged at once.
const AT_ONCE: usize = 8;

/// Records that an attack ran, and prevents it from stopping the test.
const TRAP: &str = "window.pwn = window.alert = window.confirm = window.prompt = window.print =
    window.open = () => void (window.__pwned = true);";

/// Returns every attack, with its class.
fn all() -> Vec<(&'static str, String)> {
    let listed = attacks::ATTACKS.iter().flat_map(|(class, attacks)| {
        let attacks = attacks.iter();
        attacks.map(|attack| (*class, (*attack).to_owned()))
    });
    let overlong = attacks::overlong().map(|attack| ("overlong", attack));
    listed.chain(overlong).collect()
}

fn files() -> Files {
    Files {
        style: "/preview.css".to_owned(),
        script: "/preview.js".to_owned(),
        marks: "/security-tab-marks.js".to_owned(),
        tab: Assets {
            style: "/security-tab.css".to_owned(),
            script: "/security-tab.js".to_owned(),
        },
    }
}

/// Makes a page with the attack in every place for text, and with this HTML as
/// a description.
fn page(attack: &str, prose: &str) -> String {
    let files = files();
    let answers: Vec<Data> = answer::BRANCHES
        .iter()
        .map(|branch| answer::with(attack, *branch))
        .collect();
    let tab = html! {
        @for data in &answers { (ui_component::security_tab(data, Some(attack), &Descriptions::of(data), &files.tab)) }
        (ui_component::unreachable(attack, &files.tab))
        (ui_component::not_a_version(attack, &files.tab))
        section class="crate-security" { div class="cs-prose" { (PreEscaped(prose)) } }
    };
    let tab = html! { (tab) (marks_of(attack)) };
    let badge = html! { @for data in &answers { (ui_component::badge(data)) } };
    let page = Page {
        krate: attack,
        version: Some(attack),
        versions: vec![attack, "1.0.0"],
        badge,
        tab,
        shell: Shell::Whole,
    };
    preview::page(&page, &files).into_string()
}

/// Makes marks of versions and of requirements that contain the attack.
fn marks_of(attack: &str) -> Markup {
    let status = json!({ "revision": 1, "source": "GIT", "isStale": false });
    let version = json!({ "num": attack, "affectingCount": 1, "alert": "ALARM" });
    let versions = json!({ "crate": { "versions": { "nodes": [version] } }, "dataStatus": status });
    let requirements =
        json!({ "requirements": [{ "matching": 1, "vulnerable": 1 }], "dataStatus": status });
    let row = (attack.to_owned(), attack.to_owned());
    html! {
        (marks::of_versions(&serde_json::from_value(versions).expect("an answer")))
        (marks::of_requirements(&[row], &serde_json::from_value(requirements).expect("an answer")))
    }
}

/// Serves pages without the policy that would hide a fault, and a page in which
/// to judge them. Each page is requested twice, and made once.
async fn host(pages: Vec<String>, make: fn(&str) -> String) -> Host {
    let pages: Arc<[(String, OnceLock<String>)]> = pages
        .into_iter()
        .map(|text| (text, OnceLock::new()))
        .collect();
    let answer = move |Path(place): Path<usize>| {
        let (text, page) = &pages[place];
        let page = page.get_or_init(|| make(text)).clone();
        async move { Html(page) }
    };
    let door = TestApp::with_sample().await.tab_door();
    let routes = door
        .route("/page/{place}", get(answer))
        .route("/judge", get(|| async { Html("<!DOCTYPE html>") }));
    Host::over(routes).await
}

/// Judges the pages of these texts, each of which must be found as text.
async fn judge(browser: &Browser, host: &Host, texts: &[&str]) -> Vec<Vec<String>> {
    browser.before_each_page(TRAP).await;
    browser.goto(&host.url("/judge")).await;
    let pages = texts.iter().enumerate();
    let pages: Vec<Value> = pages
        .map(|(place, text)| json!([format!("/page/{place}"), text]))
        .collect();
    let judge = format!("(pages) => Promise.all(pages.map((page) => ({JUDGE})(...page)))");
    let mut found = Vec::new();
    for pages in pages.chunks(AT_ONCE) {
        let faults: Vec<Vec<String>> = browser.call(&judge, json!([pages])).await;
        found.extend(faults);
    }
    found
}

#[tokio::test]
async fn no_text_leaves_its_place() {
    let Some(browser) = Browser::open("no_text_leaves_its_place").await else {
        return;
    };
    let attacks = all();
    assert!(attacks.len() >= 200, "{}", attacks.len());
    let texts: Vec<&str> = attacks.iter().map(|(_, text)| text.as_str()).collect();
    let owned = texts.iter().map(|text| (*text).to_owned()).collect();
    let host = host(owned, |attack| page(attack, "")).await;
    let faults = judge(&browser, &host, &texts).await;
    assert_eq!(faults.len(), attacks.len());
    let found = attacks
        .iter()
        .zip(faults)
        .filter(|(_, faults)| !faults.is_empty());
    let found: Vec<String> = found
        .map(|((class, attack), faults)| format!("{class}: {attack:?}: {faults:#?}"))
        .collect();
    assert!(found.is_empty(), "{}: {}", found.len(), found.join("\n"));
}

/// The judge finds each violation that is put into the page on purpose.
#[tokio::test]
async fn the_judge_sees() {
    let Some(browser) = Browser::open("the_judge_sees").await else {
        return;
    };
    let cases = [
        (
            "<b>x</b> <a href=https://a.example rel='nofollow noopener noreferrer'>x</a>",
            "",
        ),
        ("<script>pwn()</script>", "element"),
        ("<img src=x onerror=pwn()>", "attribute onerror"),
        ("<img src=x onerror=pwn()>", "it ran"),
        ("<svg onload=pwn()>", "it ran"),
        ("<img src=//evil.example/x>", "loaded"),
        ("<img src=/logout>", "loaded"),
        (
            "<iframe srcdoc='<script>parent.pwn()</script>'></iframe>",
            "it ran",
        ),
        ("<style>*{}</style>", "element"),
        ("<p id=location>x</p>", "attribute id in prose"),
        ("<p class=cs-card>x</p>", "attribute class in prose"),
        ("<p data-copy>x</p>", "attribute data-copy in prose"),
        ("<p style=position:fixed>x</p>", "attribute style"),
        ("<form></form>", "clobbered"),
        ("<img name=getElementById>", "getElementById"),
        ("<a href=javascript:pwn()>x</a>", "link to javascript:"),
        ("<a href=/logout>x</a>", "link into the site"),
        ("<a href='?version=1'>x</a>", "link into the site"),
        ("<a href=https://a.example>x</a>", "rel"),
        ("<!-- x -->", "comment"),
        ("</div></section></main><p>x", "body"),
        ("</div></section><h1>x</h1>", "title"),
        ("</div></section><div>x</div>", "main"),
        (
            "</div></section><section class='crate-security x'>",
            "class",
        ),
        ("</div></section><section class=crate-security id=x>", "id"),
        ("</div><a href=/logout>x</a>", "link into the site"),
    ];
    let texts = cases.map(|(html, _)| html);
    let host = host(texts.map(str::to_owned).to_vec(), |html| page("x", html)).await;
    let faults = judge(&browser, &host, &["x"; 26]).await;
    for ((html, expected), faults) in cases.iter().zip(faults) {
        match *expected {
            "" => assert_eq!(faults, [""; 0], "{html}"),
            fault => assert!(
                faults
                    .iter()
                    .any(|found| found.starts_with(&format!("{fault}:"))),
                "{html}: {faults:#?}"
            ),
        }
    }
}
