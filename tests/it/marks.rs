//! The marks on a host's lists, as the tab door serves them.

use super::doors::headers;
use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use integration_tests::fixture::{Folders, advisory};
use integration_tests::{Reply, SYNCED_AT, TestApp, TestDatabase, get, send};
use server::tab::{Accepted, Address, Requirements};
use std::sync::Arc;

const VERSIONS: &str = "/security-tab/openssl/marks";
const DEPENDENCIES: &str = "/security-tab/-/marks?openssl=%5E0.9&rsa=%5E0.9&tokio=%5E1";

/// Returns the rows that an answer marks.
fn marked(reply: &Reply) -> Vec<&str> {
    let marks = reply.body.split("data-for=\"").skip(1);
    marks.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn headers_of_the_marks() {
    let app = TestApp::with_sample().await;
    let paths = [
        VERSIONS,
        DEPENDENCIES,
        "/security-tab/nobody-has-heard-of-it/marks",
        "/security-tab/not%20a%20name/marks",
        "/security-tab/-/marks?not%20a%20name=1",
        "/security-tab/-/marks?b=1&a=1",
        "/security-tab/-/marks",
        "/security-tab-marks.js",
    ];
    let headers = headers(&app.tab_door(), &paths).await;
    insta::assert_snapshot!("headers-of-the-marks", headers);
}

/// A cached page is sent again, but not to a client that has it already.
#[tokio::test]
async fn the_second_request_is_a_hit() {
    let app = TestApp::with_sample().await;
    let query = DEPENDENCIES.split_once('?').expect("a query").1;
    let requirements = Requirements::parse(query).expect("a list");
    let versions = Address::VersionMarks { krate: "openssl" };
    let list = Address::RequirementMarks(&requirements);
    for (path, address) in [(VERSIONS, versions), (DEPENDENCIES, list)] {
        let tab = app.app.tab();
        let gzip = Accepted::of(Some(&"gzip".parse().expect("a header")));
        let kept = || tab.kept(&address, Accepted::of(None));
        let ask = async |name, value: &str| {
            let request = Request::get(path).header(name, value);
            let request = request.body(Body::empty()).expect("a request");
            send(app.tab_door(), request).await
        };
        assert!(kept().is_none(), "{path}");
        let first = app.tab(path).await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        let page = kept().expect("a page").page;
        let second = app.tab(path).await;
        assert_eq!(second.body, first.body, "{path}");
        assert_eq!(second.headers[header::ETAG], first.headers[header::ETAG]);
        assert!(Arc::ptr_eq(&kept().expect("a page").page, &page), "{path}");
        // Another coding adds a form to the same page.
        let coded = tab.page(address, gzip).await.expect("a page").page;
        assert!(coded.form(gzip).is_some(), "{path}");
        assert!(Arc::ptr_eq(&kept().expect("a page").page, &coded), "{path}");

        let tag = first.headers[header::ETAG].to_str().expect("text");
        let unchanged = ask(header::IF_NONE_MATCH, tag).await;
        assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(unchanged.body, "");
        let cache = &first.headers[header::CACHE_CONTROL];
        assert_eq!(&unchanged.headers[header::CACHE_CONTROL], cache, "{path}");
    }
}

/// A cache needs one address for each list, so another spelling is redirected.
#[tokio::test]
async fn another_spelling_leads_to_the_canonical_one() {
    let app = TestApp::with_sample().await;
    let canonical = app.tab(DEPENDENCIES).await;
    for query in [
        "rsa=%5E0.9&openssl=%5E0.9&tokio=%5E1",
        "openssl=%5E0.9&rsa=%5E0.9&rsa=%5E0.9&tokio=%5E1",
    ] {
        let reply = app.tab(&format!("/security-tab/-/marks?{query}")).await;
        assert_eq!(reply.status, StatusCode::PERMANENT_REDIRECT, "{query}");
        // Relative, so that it works behind a proxy that changes the path.
        let place = reply.headers[header::LOCATION].to_str().expect("text");
        assert!(DEPENDENCIES.ends_with(place), "{place}");
        let there = app.tab(&format!("/security-tab/-/marks{place}")).await;
        assert_eq!(there.body, canonical.body, "{query}");
    }
}

#[tokio::test]
async fn a_list_has_limits() {
    let app = TestApp::with_sample().await;
    let rows = |n: usize| {
        (0..n)
            .map(|n| format!("crate-{n:04}=1"))
            .collect::<Vec<_>>()
    };
    let most = format!("/security-tab/-/marks?{}", rows(300).join("&"));
    let reply = app.tab(&most).await;
    assert_eq!((reply.status, marked(&reply).len()), (StatusCode::OK, 0));
    let mut answers = Vec::new();
    for (what, query) in [
        ("301 requirements", rows(301).join("&")),
        ("20,000 bytes", format!("a={}", "1".repeat(20_000))),
        ("no query", String::new()),
        ("a name alone", "serde".to_owned()),
        ("an empty part", "a=1&&b=1".to_owned()),
        ("markup", "%3Cscript%3E".to_owned()),
        ("a long part", "x".repeat(500)),
    ] {
        let reply = app.tab(&format!("/security-tab/-/marks?{query}")).await;
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store", "{what}");
        let media_type = reply.headers[header::CONTENT_TYPE].to_str().expect("text");
        answers.push(format!(
            "{what}: {} {media_type}\n  {}",
            reply.status, reply.body
        ));
    }
    insta::assert_snapshot!("lists-that-are-refused", answers.join("\n"));
}

/// A row that cannot be a requirement or a crate is not marked, and none of it becomes
/// markup.
#[tokio::test]
async fn odd_bytes() {
    let app = TestApp::with_sample().await;
    for query in [
        "a=%00",
        "%FF=1",
        "a=%FF%FE",
        "=1",
        "a=",
        "a==1",
        "a=1%26b%3D2",
        "a=%E2%80%AE1",
        "a=1;b=2",
        "%3Cb%3E=%3Cb%3E",
        "%22%3E%3Cscript%3E=1",
        "rsa=%5E%5E0.9",
        "rsa=%22%27%60",
        "rsa=%zz",
        "rsa=%",
        "not%20a%20name=1",
        "-=1",
        "..%2F..=1",
    ] {
        let reply = app.tab(&format!("/security-tab/-/marks?{query}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{query}");
        let nothing = "<div class=\"crate-security-marks\"></div>";
        assert_eq!(reply.body, nothing, "{query}");
    }
    // Any byte that a request may have in its query.
    for byte in 0..=u8::MAX {
        let bytes = [b"/security-tab/-/marks?b=".as_slice(), &[byte], b"&a=1"].concat();
        let Ok(uri) = Uri::try_from(bytes) else {
            continue;
        };
        let request = Request::get(uri).body(Body::empty()).expect("a request");
        let reply = send(app.tab_door(), request).await;
        assert!(reply.status.as_u16() < 500, "{byte}: {reply:?}");
    }
    // However it is escaped, it is the same requirement; the row has the decoded name.
    for query in ["rsa=%5E0.9", "rsa=^0.9", "%72sa=%5E0%2E9", "rsa=+%5E0.9+"] {
        let reply = app.tab(&format!("/security-tab/-/marks?{query}")).await;
        assert_eq!(marked(&reply).len(), 1, "{query}: {}", reply.body);
    }
    let reply = app
        .tab("/security-tab/-/marks?RSA=%3E0.9.0%2C%20%3C0.9.2")
        .await;
    assert_eq!(marked(&reply), ["RSA=&gt;0.9.0, &lt;0.9.2"]);
}

/// A crate's name is never confused with a word of these addresses.
#[tokio::test]
async fn addresses_do_not_collide() {
    let app = TestApp::with_sample().await;
    for krate in ["marks", "badge", "nobody-has-heard-of-it"] {
        let tab = app.tab(&format!("/security-tab/{krate}")).await;
        let said = format!("RustSec has no advisory about {krate}");
        assert!(tab.body.contains(&said), "{krate}: {}", tab.body);
        let marks = app.tab(&format!("/security-tab/{krate}/marks")).await;
        assert_eq!(marks.status, StatusCode::OK, "{krate}");
        assert_eq!(marked(&marks), [""; 0], "{krate}");
    }
    // A crate cannot have this name, so there is no list of its versions.
    for path in ["/security-tab/-", "/security-tab/-/badge"] {
        assert_eq!(app.tab(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Requested one after the other, each page is still its own.
    for path in [VERSIONS, DEPENDENCIES, "/security-tab/openssl"] {
        let first = app.tab(path).await;
        for other in [VERSIONS, DEPENDENCIES, "/security-tab/openssl"] {
            let is_same = app.tab(other).await.body == first.body;
            assert_eq!(is_same, path == other, "{path} {other}");
        }
    }
}

#[tokio::test]
async fn get_and_head_only() {
    let app = TestApp::with_sample().await;
    for path in [VERSIONS, DEPENDENCIES, "/security-tab-marks.js"] {
        let whole = get(app.tab_door(), path).await;
        for method in ["HEAD", "POST", "PUT", "DELETE", "PATCH"] {
            let request = Request::builder().method(method).uri(path);
            let request = request.body(Body::empty()).expect("a request");
            let reply = send(app.tab_door(), request).await;
            if method == "HEAD" {
                assert_eq!(
                    (reply.status, reply.body.as_str()),
                    (StatusCode::OK, ""),
                    "{path}"
                );
                assert_eq!(
                    reply.headers[header::ETAG],
                    whole.headers[header::ETAG],
                    "{path}"
                );
            } else {
                assert_eq!(
                    reply.status,
                    StatusCode::METHOD_NOT_ALLOWED,
                    "{method} {path}"
                );
            }
        }
    }
}

/// The rule: every release that Cargo could choose is affected by a vulnerability.
#[tokio::test]
async fn which_requirements_are_marked() {
    let folders = Folders::new();
    folders.index(
        "wi/dg/widget",
        &[
            ("0.1.0", false),
            ("0.1.1", false),
            ("0.2.0", false),
            ("0.2.1", false),
            // Cargo does not choose a yanked release.
            ("0.3.0", false),
            ("0.3.1", true),
            // A pre-release is not allowed unless the requirement names it.
            ("0.4.0", false),
            ("0.4.1-rc.1", false),
            ("0.5.0", false),
            ("0.6.0", false),
        ],
    );
    let publish = |id: &str, metadata: &str, patched: &str, unaffected: &str| {
        let id = format!("RUSTSEC-2024-000{id}");
        let versions = format!("patched = [{patched}]\nunaffected = [{unaffected}]");
        let text = advisory(&id, "widget", &versions);
        let text = text.replace("[advisory]\n", &format!("[advisory]\n{metadata}\n"));
        folders.write(&format!("advisory-db/crates/widget/{id}.md"), &text);
    };
    publish("1", "", "\"^0.2.1\", \"^0.3.1\", \">= 0.4.1-rc.1\"", "");
    publish(
        "2",
        "informational = \"unsound\"",
        "\">= 0.6.0\"",
        "\"< 0.5.0\"",
    );
    publish("3", "informational = \"unmaintained\"", "", "\"< 0.6.0\"");
    let database = TestDatabase::sqlite().await;
    database.sync(&folders.sources()).await.expect("the sync");
    let app = TestApp::over(database, SYNCED_AT).await;
    let rows = [
        ("%5E0.1", true),
        ("%5E0.2", false),
        ("%3D0.2.0", true),
        ("%5E0.3", true),
        ("%5E0.4", true),
        ("%5E0.4.1-rc.1", false),
        ("%5E0.5", false),
        ("%5E0.6", false),
        ("%5E7", false),
        ("*", false),
    ];
    for (req, expect) in rows {
        let reply = app
            .tab(&format!("/security-tab/-/marks?widget={req}"))
            .await;
        assert_eq!(marked(&reply).len() == 1, expect, "{req}: {}", reply.body);
    }
    // On versions, unsoundness is marked too, but kinds that are not counted are not.
    let reply = app.tab("/security-tab/widget/marks").await;
    let expect = ["0.5.0", "0.4.0", "0.3.0", "0.2.0", "0.1.1", "0.1.0"];
    assert_eq!(marked(&reply), expect, "{}", reply.body);
}
