//! GraphiQL, for developers: a page, and the files that npm built beside it. No
//! other network than loopback is needed.

use super::Internal;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, html};
use std::path::Path;
use tower_http::services::ServeDir;

/// Its editor styles itself as it goes, and checks what is typed in web workers.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
    style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How to get the files.
const COMMAND: &str = "npm ci --prefix server/graphiql && npm run build --prefix server/graphiql";

/// Returns the page, or instructions if the files are missing.
pub(super) async fn page(State(internal): State<Internal>) -> Response {
    let is_built = internal.graphiql.join("graphiql.js").is_file();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "GraphiQL" }
                @if is_built {
                    link rel="stylesheet" href="/graphiql/assets/graphiql.css";
                    script src="/graphiql/assets/graphiql.js" defer {}
                }
            }
            body style="margin: 0" {
                @if is_built {
                    div id="graphiql" style="height: 100vh" {
                        noscript { p { "GraphiQL needs JavaScript." } }
                    }
                } @else {
                    h1 { "GraphiQL is not built yet" }
                    p { "Build it once with npm:" }
                    pre { code { (COMMAND) } }
                    p { "Then reload this page. GraphQL itself is at " code { "POST /graphql" } "." }
                }
            }
        }
    };
    (
        [(header::CONTENT_SECURITY_POLICY, POLICY)],
        Html(page.into_string()),
    )
        .into_response()
}

/// The files.
pub(super) fn files(folder: &Path) -> ServeDir {
    ServeDir::new(folder).append_index_html_on_directories(false)
}
