//! GraphiQL, for developers: a page, and the files that npm built beside it. No
//! network but loopback is needed. Without the files, the page offers to load them.

mod offer;

use super::Internal;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use std::path::Path;
use tower_http::services::ServeDir;

pub(super) use offer::script as offer_script;

/// Its editor styles itself as it goes, and checks what is typed in web workers.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
    style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Makes the editor fill the window.
const STYLE: &str = "body { margin: 0 } #graphiql { height: 100vh }";

/// Returns the page. If the files have not been built, it explains how to get them.
pub(super) async fn page(State(internal): State<Internal>) -> Response {
    let (policy, page) = match is_built(&internal.graphiql) {
        true => (POLICY.to_owned(), built()),
        false => (offer::policy(), offer::page()),
    };
    (
        [(header::CONTENT_SECURITY_POLICY, policy)],
        Html(page.into_string()),
    )
        .into_response()
}

/// Returns true if npm has built GraphiQL's files in this folder.
#[must_use]
pub fn is_built(folder: &Path) -> bool {
    folder.join("graphiql.js").is_file()
}

/// The files.
pub(super) fn files(folder: &Path) -> ServeDir {
    ServeDir::new(folder).append_index_html_on_directories(false)
}

fn built() -> Markup {
    let files = html! {
        link rel="stylesheet" href="/graphiql/assets/graphiql.css";
        script src="/graphiql/assets/graphiql.js" defer {}
    };
    let body = html! {
        div id="graphiql" {
            noscript { p { "GraphiQL needs JavaScript." } }
        }
    };
    document(&files, &body)
}

fn document(head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "GraphiQL" }
                style { (STYLE) }
                (head)
            }
            body { (body) }
        }
    }
}
