//! The limits of a request at the internal door: each limit accepts a request at the
//! limit, and refuses one just beyond it.

use axum::http::StatusCode;
use integration_tests::TestApp;
use serde_json::{Value, json};
use server::engine::{Limits, Refusal};

/// Checks a document within the limits, and one just beyond them.
async fn check(expect: &str, limits: Limits, within: &str, beyond: &str) {
    let app = TestApp::with_sample().await.within(limits).await;
    let reply = app.post(&json!({ "query": within })).await;
    let seen = (reply.status, reply.code());
    assert_eq!(seen, (StatusCode::OK, "none".to_owned()), "{}", reply.body);
    let reply = app.post(&json!({ "query": beyond })).await;
    assert_eq!(reply.code(), expect, "{}", reply.body);
    assert!(reply.body.len() < 300, "{}", reply.body);
}

/// Repeats a text `times` times, numbered.
fn repeat(times: usize, text: impl Fn(usize) -> String) -> String {
    (0..times).map(text).collect()
}

#[tokio::test]
async fn the_request() {
    let app = TestApp::with_sample().await;
    for (length, expect) in [
        (65_536, StatusCode::OK),
        (65_537, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let empty = json!({ "query": "{ __typename }#" }).to_string().len();
        let query = format!("{{ __typename }}#{}", "x".repeat(length - empty));
        let reply = app.post(&json!({ "query": query, })).await;
        assert_eq!(reply.status, expect, "{length}: {}", reply.body);
    }
    let long = json!({ "query": "#".repeat(70_000) });
    assert_eq!(app.post(&long).await.code(), "REQUEST_TOO_LARGE");
}

#[tokio::test]
async fn tokens() {
    let limits = Limits {
        max_tokens: 400,
        ..Limits::DEFAULT
    };
    let query = |fields: usize| {
        let fields = " __typename".repeat(fields - 10);
        format!("{{ crate(name: \"a\") {{ {fields} }} }}")
    };
    check("TOO_MANY_TOKENS", limits, &query(400), &query(401)).await;
}

#[tokio::test]
async fn depth() {
    let query = |depth: usize| {
        let depth = depth - 6;
        let open = "... { ".repeat(depth);
        let fields = "crate(name: \"a\") { versions { nodes { upgrade { compatible { num";
        format!("{{ {open} {fields} {} }}", "}".repeat(depth + 5))
    };
    let limits = Limits::DEFAULT;
    check("TOO_DEEP", limits, &query(24), &query(25)).await;
    let fragments = |count: usize| {
        let chain = repeat(count, |n| {
            format!("fragment f{n} on Query {{ ...f{} }} ", n + 1)
        });
        format!("{{ ...f0 }} {chain} fragment f{count} on Query {{ __typename }}")
    };
    let shallow = Limits {
        max_depth: 10,
        ..limits
    };
    check("TOO_DEEP", shallow, &fragments(8), &fragments(9)).await;
    // The nesting of values is limited too, before the parser's stack overflows.
    let value = format!("{{ crate(name: {}) {{ name }} }}", "[".repeat(30_000));
    check("TOO_DEEP", limits, "{ __typename }", &value).await;
}

/// A page counts once for each item, and aliases and `__typename` count too.
#[tokio::test]
async fn complexity() {
    let limits = Limits::DEFAULT;
    let query = |first: u32, fields: &str| {
        format!(
            "{{ crate(name: \"serde\") {{ versions(first: {first}) {{ nodes {{ {fields} }} }} }} }}"
        )
    };
    let fields = "a: num b: num c: num __typename ";
    let within = query(1000, &fields.repeat(7));
    check(
        "TOO_COMPLEX",
        limits,
        &within,
        &query(1000, &format!("advisories {{ {fields} }}")),
    )
    .await;
    // By a variable and by its default, and by pages within lists.
    let variable = "query($n: Int) { crate(name: \"serde\") { versions(first: $n) { nodes { advisories { id } } } } }";
    let app = TestApp::with_sample().await;
    for (variables, expect) in [
        (json!({ "n": 900 }), "none"),
        (json!({ "n": 1000 }), "TOO_COMPLEX"),
        (json!({ "n": i32::MAX }), "TOO_COMPLEX"),
        (json!({}), "none"),
    ] {
        let reply = app
            .post(&json!({ "query": variable, "variables": variables }))
            .await;
        assert_eq!(reply.code(), expect, "{variables}: {}", reply.body);
    }
    let default = variable.replace("$n: Int", "$n: Int = 1000");
    let nested = "{ crate(name: \"a\") { advisories { crate { advisories { crate { advisories { id } } } } } } }";
    for query in [default.as_str(), nested] {
        let reply = app.post(&json!({ "query": query })).await;
        assert_eq!(reply.code(), "TOO_COMPLEX", "{query}");
    }
    let typenames = "{ crate(name: \"serde\") { versions(first: 1000) { nodes { advisories { __typename } } } } }";
    check("TOO_COMPLEX", limits, "{ __typename }", typenames).await;
}

#[tokio::test]
async fn aliases() {
    let query = |aliases: usize| {
        let fields = repeat(aliases, |n| format!("a{n}: name "));
        format!("{{ crate(name: \"a\") {{ {fields} }} }}")
    };
    check("TOO_MANY_ALIASES", Limits::DEFAULT, &query(30), &query(31)).await;
    // A fragment counts again at each use.
    let query = |uses: usize| {
        let uses = "...f ".repeat(uses);
        format!("{{ crate(name: \"a\") {{ {uses} }} }} fragment f on Crate {{ a: name b: name }}")
    };
    check("TOO_MANY_ALIASES", Limits::DEFAULT, &query(15), &query(16)).await;
}

#[tokio::test]
async fn root_fields() {
    let query = |fields: usize| {
        let fields = repeat(fields, |n| format!("a{n}: __typename "));
        format!("{{ ... {{ ...f }} }} fragment f on Query {{ {fields} }}")
    };
    check(
        "TOO_MANY_ROOT_FIELDS",
        Limits::DEFAULT,
        &query(10),
        &query(11),
    )
    .await;
}

#[tokio::test]
async fn directives() {
    let query = |directives: usize| {
        let fields = repeat(directives, |_| {
            "... @include(if: true) { name } ".to_owned()
        });
        format!("{{ crate(name: \"a\") {{ {fields} }} }}")
    };
    check(
        "TOO_MANY_DIRECTIVES",
        Limits::DEFAULT,
        &query(20),
        &query(21),
    )
    .await;
    let flood = format!("{{ __typename {} }}", "@skip(if: false) ".repeat(200));
    check(
        "TOO_MANY_DIRECTIVES",
        Limits::DEFAULT,
        "{ __typename }",
        &flood,
    )
    .await;
}

/// Returns a chain of fragments, each of which uses the next twice.
fn bomb(levels: usize) -> String {
    let chain = repeat(levels, |n| {
        let next = n + 1;
        format!("fragment f{n} on Crate {{ ...f{next} ...f{next} }} ")
    });
    format!("{{ crate(name: \"a\") {{ ...f0 }} }} {chain} fragment f{levels} on Crate {{ name }}")
}

/// Fragment bombs are refused after one walk over each fragment. Expanded, the
/// largest of them has 10^15 fields, so a walk over those would never end. The
/// example `attacks` measures the time.
#[tokio::test]
async fn fragment_bombs() {
    let refused = Refusal::TooManyFragments(Limits::DEFAULT.max_fragments);
    let app = TestApp::with_sample().await;
    for levels in [15, 20, 25, 50] {
        let parsed = app.engine().documents().parse(&bomb(levels));
        assert_eq!(parsed.expect_err("refused"), refused, "{levels}");
    }
    check("TOO_MANY_FRAGMENTS", Limits::DEFAULT, &bomb(5), &bomb(6)).await;
}

/// Fragments that nothing uses are still validated.
#[tokio::test]
async fn fragments_that_nothing_uses() {
    let unused = bomb(20).replace("{ ...f0 }", "{ name }");
    check(
        "TOO_MANY_FRAGMENTS",
        Limits::DEFAULT,
        "{ __typename }",
        &unused,
    )
    .await;
}

#[tokio::test]
async fn circular_fragments() {
    for query in [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { __typename ...b } fragment b on Query { ... { ...a } }",
        "{ __typename } fragment a on Query { crate(name: \"a\") { ...b } } fragment b on Crate { ...b }",
    ] {
        check(
            "CIRCULAR_FRAGMENTS",
            Limits::DEFAULT,
            "{ __typename }",
            query,
        )
        .await;
    }
}

#[tokio::test]
async fn batches() {
    let app = TestApp::with_sample().await;
    let reply = app.post(&json!([{ "query": "{ __typename }" }])).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::BAD_REQUEST, "BATCH".to_owned())
    );
}

#[tokio::test]
async fn lists() {
    let query = |first: u32| {
        format!("{{ crate(name: \"rsa\") {{ versions(first: {first}) {{ totalCount }} }} }}")
    };
    check(
        "PAGE_TOO_LARGE",
        Limits::DEFAULT,
        &query(1000),
        &query(1001),
    )
    .await;
}

#[tokio::test]
async fn answers() {
    let limits = Limits {
        max_answer: 100,
        ..Limits::DEFAULT
    };
    let query = |first: u32| {
        format!(
            "{{ crate(name: \"openssl\") {{ versions(first: {first}) {{ nodes {{ num }} }} }} }}"
        )
    };
    check("ANSWER_TOO_LARGE", limits, &query(2), &query(20)).await;
}

/// The tab's own document uses at most half of any limit, for any crate. So does a
/// document that queries every fact in addition.
#[tokio::test]
async fn the_tabs_document_is_far_within() {
    let half = Limits {
        max_tokens: Limits::DEFAULT.max_tokens / 2,
        max_depth: Limits::DEFAULT.max_depth / 2,
        max_complexity: Limits::DEFAULT.max_complexity / 2,
        max_aliases: Limits::DEFAULT.max_aliases / 2,
        max_root_fields: Limits::DEFAULT.max_root_fields / 2,
        max_directives: Limits::DEFAULT.max_directives / 2,
        max_fragments: Limits::DEFAULT.max_fragments / 2,
        max_answer: Limits::DEFAULT.max_answer / 2,
        ..Limits::DEFAULT
    };
    let app = TestApp::with_sample().await.within(half).await;
    let answer = app.tab_answer("openssl", Some("0.10.8")).await;
    assert!(answer["errors"].is_null(), "{answer}");

    let root = "crate(name: $crate) {";
    let facts = "
        versions(first: 1000) { nodes { alert } }
        version(num: $version) {
            alert rustVersion platforms { os arch }
            counts { malicious vulnerabilities unsound unmaintained notices other }
            upgrade { ...facts }
        }
        advisories(includeWithdrawn: true) {
            alert historyUrl editUrl twins { id } fixedRelease { num publishedAt }
            upgrade(version: $version) { ...facts }
        }";
    let fragment = "
        fragment facts on Upgrade {
            compatible { num rustVersion } breaking { num rustVersion } previous { num }
            withoutNewerRust { num rustVersion } improvement { num affectingCount } yanked { num }
        }";
    let document = ui_component::DOCUMENT.replacen(root, &format!("{root}{facts}"), 1) + fragment;
    assert!(document.contains(facts));
    let variables = json!({ "crate": "openssl", "version": "0.10.8" });
    let answer = app.graphql(&document, variables).await;
    assert!(answer["errors"].is_null(), "{answer}");
}

/// An error repeats at most a name of the query, which is short.
#[tokio::test]
async fn errors_do_not_echo_the_query() {
    let app = TestApp::with_sample().await;
    let long = "x".repeat(30_000);
    let name = "x".repeat(64);
    for query in [
        format!("{{ {name} }}"),
        format!("{{ {name}"),
        format!("{{ crate({name}: 1) {{ name }} }}"),
        format!("query(${name}: String) {{ __typename }}"),
        format!("{{ ...{name} }}"),
        format!("{{ crate(name: \"a\") @{name} {{ name }} }}"),
        format!("{{ crate(name: {name}) {{ name }} }}"),
        format!("{{ {long} }}"),
        format!("{{ {long}"),
        format!("{{ crate(name: \"{long}\") {{ name }} }}"),
        format!("{{ crate({long}: 1) {{ name }} }}"),
        format!("query(${long}: String) {{ __typename }}"),
        format!("{{ ...{long} }}"),
        format!("{{ crate(name: \"a\") @{long} {{ name }} }}"),
        format!("{{ {} }}", "nothing ".repeat(900)),
        format!("{{ {long}: crate(name: \"\") {{ name }} }}"),
        format!("{{ ...{long} }} fragment {long} on Query {{ __typename }}"),
    ] {
        let reply = app.post(&json!({ "query": query })).await;
        let start: String = query.chars().take(20).collect();
        assert!(reply.body.contains("errors"), "{start}");
        assert!(
            reply.body.len() < 3000,
            "{start}: {} bytes",
            reply.body.len()
        );
        assert!(!reply.body.contains(&"x".repeat(201)), "{start}");
    }
    let variables = json!({ "name": long });
    let query =
        "query($name: Int!) { crate(name: \"a\") { versions(first: $name) { totalCount } } }";
    let reply = app
        .post(&json!({ "query": query, "variables": variables }))
        .await;
    assert!(reply.body.len() < 3000, "{}", reply.body);
}

/// An error's path has the names above its field, and each of many errors has a path.
#[tokio::test]
async fn errors_are_few_and_short() {
    let app = TestApp::with_sample().await;
    let name = "n".repeat(64);
    let fields = repeat(20, |n| format!("a{n}: affects(version: \"!\") "));
    let query = format!(
        "{{ {name}: crate(name: \"openssl\") {{ versions(first: 100) {{ nodes {{ advisories {{ {fields} }} }} }} }} }}"
    );
    let limits = Limits {
        max_complexity: 2_000_000,
        ..Limits::DEFAULT
    };
    let app = app.within(limits).await;
    let reply = app.post(&json!({ "query": query })).await;
    let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(20));
    assert_eq!(reply.code(), "BAD_VERSION");
}

/// The parser must not read as anything else what the scanner takes for the rest of a
/// string: it could meet brackets that were not counted.
#[tokio::test]
async fn brackets_behind_strings() {
    let app = TestApp::with_sample().await;
    let nested = format!("{}{}", "[".repeat(2000), "]".repeat(2000));
    for string in [r#""""\\"""   """"#, r#"["""b"]"#, r#""\"""#] {
        let query = format!("{{ crate(name: {string}, x: {nested}) {{ name }} }}");
        let reply = app.post(&json!({ "query": query })).await;
        assert!(
            ["TOO_DEEP", "BAD_SYNTAX"].contains(&reply.code().as_str()),
            "{}",
            reply.body
        );
    }
}

/// Introspection has a price too; GraphiQL's own query is within the limits.
#[tokio::test]
async fn introspection() {
    let nested = |levels| {
        let (open, close) = ("type { fields { ".repeat(levels), "} } ".repeat(levels));
        format!("{{ __schema {{ types {{ fields {{ {open} name {close} }} }} }} }}")
    };
    check("TOO_COMPLEX", Limits::DEFAULT, &nested(3), &nested(8)).await;
}

/// Outside `--dev` no client learns the fields of the schema.
#[tokio::test]
async fn production_suggests_nothing() {
    let query = json!({ "query": "{ crates(name: \"a\") { name } }" });
    let app = TestApp::with_sample().await;
    let reply = app.post(&query).await;
    assert!(reply.body.contains("Did you mean"), "{}", reply.body);
    assert_eq!(reply.code(), "BAD_DOCUMENT");
    let reply = app.in_production().await.post(&query).await;
    assert_eq!(reply.code(), "DOCUMENT_NOT_KNOWN");
    assert!(!reply.body.contains("crates"), "{}", reply.body);
}

/// The same query returns the same bytes, with the fields in the order of the query.
#[tokio::test]
async fn answers_are_the_same_to_the_byte() {
    let app = TestApp::with_sample().await;
    let query = "{
        dataStatus { revision }
        b: crate(name: \"rsa\") { ...names defaultVersion { num } }
        a: crate(name: \"openssl\") { defaultVersion { num isYanked } ...names name }
        bad: advisory(id: \"\") { id }
        worse: crate(name: \"\") { name }
    } fragment names on Crate { availability name defaultVersion { isPublished } }";
    let first = app.post(&json!({ "query": query })).await.body;
    insta::assert_snapshot!("fields-in-the-order-of-the-document", first);
    for _ in 0..20 {
        assert_eq!(app.post(&json!({ "query": query })).await.body, first);
    }
    let variables = json!({ "crate": "openssl", "version": "0.10.8" });
    let tab = json!({ "query": ui_component::DOCUMENT, "variables": variables });
    let first = app.post(&tab).await.body;
    for _ in 0..5 {
        assert_eq!(app.post(&tab).await.body, first);
    }
}
