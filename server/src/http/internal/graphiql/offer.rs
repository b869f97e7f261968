//! The page shown instead of GraphiQL until its files are built. A button loads a pinned
//! version from a CDN (docs/decisions/0012-graphiql-from-npm.md).

use super::document;
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde_json::json;
use url::form_urlencoded::Serializer;

/// The host of the CDN, as shown on the page.
const CDN: &str = "cdn.jsdelivr.net";

/// The command that builds GraphiQL.
const COMMAND: &str = "npm ci --prefix server/graphiql && npm run build --prefix server/graphiql";

/// The files in the order in which they must run: the last version of GraphiQL that consists
/// of one script and one stylesheet, and the last version of React that is published as
/// scripts.
const FILES: [File; 4] = [
    File {
        kind: Kind::Style,
        url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/graphiql.min.css",
        integrity: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    },
    File {
        kind: Kind::Script,
        url: "https://cdn.jsdelivr.net/npm/react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    File {
        kind: Kind::Script,
        url: "https://cdn.jsdelivr.net/npm/react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    File {
        kind: Kind::Script,
        url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/graphiql.min.js",
        integrity: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    },
];

/// The example queries, each with its variables as JSON.
const EXAMPLES: [Example; 4] = [
    Example {
        title: "Is openssl 0.10.8 affected, and what is the way out?",
        query: include_str!("../../../../graphiql/examples/security-tab.graphql"),
        variables: include_str!("../../../../graphiql/examples/security-tab.json"),
    },
    Example {
        title: "An advisory",
        query: include_str!("../../../../graphiql/examples/advisory.graphql"),
        variables: include_str!("../../../../graphiql/examples/advisory.json"),
    },
    Example {
        title: "The releases of wasmtime",
        query: include_str!("../../../../graphiql/examples/versions.graphql"),
        variables: include_str!("../../../../graphiql/examples/versions.json"),
    },
    Example {
        title: "The state of the data",
        query: include_str!("../../../../graphiql/examples/data-status.graphql"),
        variables: "{}",
    },
];

/// The script that loads the files and starts GraphiQL.
const SCRIPT: &str = include_str!("../../../../graphiql/from-cdn.js");

const STYLE: &str = "main { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem; \
    font: 1rem/1.5 system-ui, sans-serif } \
    h1 { font-size: 1.5rem } h2 { margin-top: 2rem; font-size: 1.125rem } \
    pre { padding: 0.75rem 1rem; font-size: 0.875rem; border-radius: 6px; background: light-dark(#f2f2f0, #2a2a29); \
    white-space: pre-wrap } button { padding: 0.5rem 1rem; font: inherit; cursor: pointer } \
    [role=status] { min-height: 1.5em; overflow-wrap: anywhere }";

struct File {
    kind: Kind,
    url: &'static str,
    /// The hash of the file in the npm package. The CDN sends this file unchanged.
    integrity: &'static str,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Style,
    Script,
}

struct Example {
    title: &'static str,
    query: &'static str,
    variables: &'static str,
}

/// Returns the page's content security policy. From other origins, it allows only these
/// files.
pub(super) fn policy() -> String {
    let urls = |kind: Kind| {
        let files = FILES.iter().filter(move |file| file.kind == kind);
        files.map(|file| file.url).collect::<Vec<_>>().join(" ")
    };
    let (scripts, styles) = (urls(Kind::Script), urls(Kind::Style));
    format!(
        "default-src 'none'; script-src 'self' {scripts}; style-src 'unsafe-inline' {styles}; \
         font-src data:; img-src data:; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
}

/// Returns the page.
pub(super) fn page() -> Markup {
    let head = html! {
        style { (STYLE) }
        script src="/graphiql/from-cdn.js" defer {}
    };
    let body = html! {
        main {
            h1 { "GraphiQL is not built yet" }
            p { "Build it once with Node, and reload this page:" }
            pre { code { (COMMAND) } }
            h2 { "Without Node" }
            p {
                "An older GraphiQL, 4.1.2, can be loaded from " (CDN) ". It is 1.6 MB, and the "
                "browser checks the hash of each file. Nothing is loaded until you ask for it."
            }
            button type="button" hidden data-examples=(examples()) { "Load GraphiQL from " (CDN) }
            noscript { p { "That needs JavaScript." } }
            p role="status" {}
            h2 { "Without GraphiQL" }
            p { "GraphQL itself is at " code { "/graphql" } ". These links run the example queries:" }
            ul {
                @for example in &EXAMPLES {
                    li { a href=(example.address()) { (example.title) } }
                }
            }
        }
        template {
            @for file in &FILES {
                @match file.kind {
                    Kind::Style => link rel="stylesheet" href=(file.url) integrity=(file.integrity) crossorigin="anonymous";,
                    Kind::Script => script src=(file.url) integrity=(file.integrity) crossorigin="anonymous" {},
                }
            }
        }
    };
    document(&head, &body)
}

/// Returns the script of the page.
pub(in crate::http::internal) async fn script() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, SCRIPT)
}

/// Returns the initial tabs in the format that GraphiQL expects.
fn examples() -> String {
    let tabs = EXAMPLES.iter().map(
        |example| json!({ "query": example.query, "variables": example.variables.trim_end() }),
    );
    tabs.collect::<serde_json::Value>().to_string()
}

impl Example {
    /// Returns the path and query that run the example without GraphiQL.
    fn address(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("query", self.query);
        query.append_pair("variables", self.variables.trim_end());
        format!("/graphql?{}", query.finish())
    }
}
