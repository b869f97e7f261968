//! Searches for the query within the limits that costs the most CPU, over a database:
//! best over RustSec's own data.
//!
//! ```sh
//! cargo run --release -p integration-tests --example costly_queries -- \
//!     --seconds 60 ../advisory-db ../index
//! ```
//!
//! It measures queries that used to be costly, then searches: it begins with random
//! queries, keeps the costliest, and changes them at random. A single thread runs
//! everything, so the time of a query is about its CPU time.

use anyhow::{Context, Result};
use async_graphql::Variables;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use clap::Parser;
use integration_tests::{SYNCED_AT, TestApp, TestDatabase};
use server::engine::{DocumentName, Question};
use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The number of queries that are kept and changed.
const KEPT: usize = 20;

/// Returns the requirement that costs most to match: each release against 32
/// comparators, which is the maximum, and all of them match.
fn longest_requirement() -> String {
    vec![">=0.0.0"; 32].join(",")
}

/// Returns queries that took up to half a second each before fields were merged and
/// priced, or that use the limits to the full.
fn known() -> Vec<(&'static str, String)> {
    let on_wasmtime = |fields: &str| format!("{{ crate(name: \"wasmtime\") {{ {fields} }} }}");
    let nested = |fields: &str| {
        on_wasmtime(&format!(
            "advisories {{ crate {{ advisories {{ {fields} }} }} }}"
        ))
    };
    let texts = |count: usize| {
        let texts: String = (0..count).map(|n| format!("a{n}: description ")).collect();
        let fields = format!("advisories {{ crate {{ advisories {{ {texts} }} }} }}");
        format!("{{ crate(name: \"openssl-src\") {{ {fields} }} }}")
    };
    let req = longest_requirement();
    let aliases: String = (0..9)
        .map(|n| format!("a{n}: requirement(req: \"{req}\") {{ matching }} "))
        .collect();
    let rows = format!("{{ crate: \"wasmtime\", req: \"{req}\" }} ").repeat(200);
    vec![
        (
            "a long requirement nine times for each advisory",
            on_wasmtime(&format!("advisories {{ crate {{ {aliases} }} }}")),
        ),
        (
            "a long requirement on each of 200 rows, and its upgrade",
            format!(
                "{{ requirements(on: [{rows}]) {{ matching upgrade {{ previous {{ num }} }} }} }}"
            ),
        ),
        (
            "the lines of each advisory's crate",
            on_wasmtime("advisories { crate { lines { req matching affected newest { num } } } }"),
        ),
        (
            "a field 1,500 times, in a fragment used 32 times",
            format!(
                "{} fragment F on Version {{ {} }}",
                on_wasmtime(&format!(
                    "version(num: \"20.0.99\") {{ {} }}",
                    "...F ".repeat(32)
                )),
                "affectingCount ".repeat(1500)
            ),
        ),
        (
            "a version that is not published, judged for each advisory",
            on_wasmtime(&format!(
                "advisories {{ crate {{ version(num: \"20.0.0-x\") {{ {} }} }} }}",
                "affectingCount ".repeat(900)
            )),
        ),
        (
            "an error for each pair of advisories",
            nested("affects(version: \"!\")"),
        ),
        (
            "an empty page for each pair of advisories",
            nested("crate { versions(first: 0) { __typename } }"),
        ),
        (
            "the upgrade of each upgrade",
            on_wasmtime(
                "versions(first: 400) { nodes { upgrade { compatible { upgrade { breaking { num } } } } } }",
            ),
        ),
        ("each text six times for each advisory", texts(6)),
        ("an answer that is too large, once it is there", texts(26)),
    ]
}

/// Searches for the costliest query.
#[derive(Parser)]
struct Options {
    /// A checkout of RustSec's advisory-db
    advisory_db: PathBuf,
    /// A folder of crates.io's index
    index: PathBuf,
    /// The time to search for, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// The seed of the search
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A query, as a tree.
#[derive(Clone, Debug)]
struct Selection {
    /// The field with its alias and arguments.
    field: String,
    ty: String,
    below: Vec<Selection>,
    /// The number of times that it is written.
    times: usize,
}

/// The fields of each type: name, arguments, and the type of the field.
type Schema = BTreeMap<String, Vec<(String, Vec<String>, String)>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    fastrand::seed(options.seed);
    let schema = schema()?;
    let database = TestDatabase::sqlite().await;
    let sources = server::sync::Sources {
        advisory_db: server::sync::AdvisoryDb::Folder(options.advisory_db),
        index: Some(server::sync::Index::Folder(options.index)),
        all_crates: false,
    };
    database.sync(&sources).await?;
    let app = TestApp::over(database, SYNCED_AT).await;

    let mut out = stdout();
    for (name, text) in known() {
        match best(&app, &text).await {
            Some(best) => writeln!(out, "{:.1} ms  {name}", best.as_secs_f64() * 1e3)?,
            None => writeln!(out, "refused  {name}")?,
        }
    }

    let begin = Instant::now();
    let mut kept: Vec<(Duration, Selection)> = Vec::new();
    let (mut tried, mut refused) = (0, 0);
    while begin.elapsed() < Duration::from_secs(options.seconds) {
        let candidate = match fastrand::usize(..kept.len() + 5).checked_sub(5) {
            Some(parent) => changed(&schema, &kept[parent].1),
            None => random(&schema, "Query", 0),
        };
        let text = format!("{{ {} }}", print(&candidate.below));
        match best_of(2, &app, &text).await {
            Some(cost) => {
                tried += 1;
                kept.push((cost, candidate));
                kept.sort_by_key(|(cost, _)| std::cmp::Reverse(*cost));
                kept.truncate(KEPT);
            }
            None => refused += 1,
        }
    }
    let mut out = stdout();
    writeln!(
        out,
        "{tried} queries within the limits, {refused} refused\n"
    )?;
    for (_, query) in kept.iter().take(5) {
        let text = format!("{{ {} }}", print(&query.below));
        let best = best(&app, &text).await.context("it ran before")?;
        writeln!(
            out,
            "{:.1} ms, {} bytes\n{text}\n",
            best.as_secs_f64() * 1e3,
            text.len()
        )?;
    }
    Ok(())
}

async fn best(app: &TestApp, text: &str) -> Option<Duration> {
    best_of(5, app, text).await
}

/// Returns the shortest time of a query, or `None` if it is refused.
async fn best_of(times: usize, app: &TestApp, text: &str) -> Option<Duration> {
    let mut best = None;
    for _ in 0..times {
        let cost = cost(app, text).await?;
        best = Some(best.map_or(cost, |best: Duration| best.min(cost)));
    }
    best
}

/// Returns the time of a query, or `None` if it is refused.
async fn cost(app: &TestApp, text: &str) -> Option<Duration> {
    let question = Question {
        document: DocumentName::Text(text),
        operation_name: None,
        variables: Variables::default(),
        queries_only: true,
    };
    let begin = Instant::now();
    let answer = app.engine().answer(question).await.ok()?;
    // Serialized as an answer is, whether or not it is small enough to be sent.
    serde_json::to_vec(&answer.response).ok()?;
    Some(begin.elapsed())
}

fn random(schema: &Schema, ty: &str, depth: usize) -> Selection {
    let below = match schema.get(ty) {
        Some(fields) if depth < 9 => (0..fastrand::usize(1..4))
            .map(|_| {
                let (name, arguments, to) = &fields[fastrand::usize(..fields.len())];
                let mut selection = random(schema, to, depth + 1);
                selection.field = call(name, arguments);
                selection
            })
            .filter(|it| !schema.contains_key(&it.ty) || !it.below.is_empty())
            .collect(),
        _ => Vec::new(),
    };
    Selection {
        field: String::new(),
        ty: ty.to_owned(),
        below,
        times: 1,
    }
}

/// Returns a field with costly arguments.
fn call(name: &str, arguments: &[String]) -> String {
    let alias = match fastrand::u8(..4) {
        0 => format!("a{}: ", fastrand::u8(..8)),
        _ => String::new(),
    };
    let value = |argument: &String| {
        if argument == "req" {
            return Some(format!("req: \"{}\"", longest_requirement()));
        }
        let value = match argument.as_str() {
            "name" => *fastrand::choice(&["\"wasmtime\"", "\"openssl-src\"", "\"openssl\""])?,
            "num" | "version" => {
                *fastrand::choice(&["\"20.0.99\"", "\"20.0.0-x\"", "\"!\"", "\"24.0.1\""])?
            }
            "id" => "\"RUSTSEC-2023-0091\"",
            "on" => "[{ crate: \"wasmtime\", req: \"<=20\" }, { crate: \"openssl\", req: \"*\" }]",
            "first" => *fastrand::choice(&["0", "10", "100", "1000"])?,
            "includeWithdrawn" => "true",
            _ => return None,
        };
        Some(format!("{argument}: {value}"))
    };
    let values: Vec<String> = arguments.iter().filter_map(value).collect();
    match values.is_empty() {
        true => format!("{alias}{name}"),
        false => format!("{alias}{name}({})", values.join(", ")),
    }
}

fn changed(schema: &Schema, from: &Selection) -> Selection {
    let mut to = from.clone();
    let places = count(&to);
    for _ in 0..fastrand::usize(1..4) {
        let place = fastrand::usize(..places);
        change(schema, &mut to, &mut place.clone());
    }
    to
}

fn count(selection: &Selection) -> usize {
    1 + selection.below.iter().map(count).sum::<usize>()
}

fn change(schema: &Schema, at: &mut Selection, place: &mut usize) {
    if *place > 0 {
        *place -= 1;
        for below in &mut at.below {
            let size = count(below);
            if *place < size {
                return change(schema, below, place);
            }
            *place -= size;
        }
        return;
    }
    let Some(fields) = schema.get(&at.ty) else {
        at.times = 1 + fastrand::usize(..40);
        return;
    };
    match fastrand::u8(..4) {
        0 if at.below.len() > 1 => drop(at.below.swap_remove(fastrand::usize(..at.below.len()))),
        1 => at.times = 1 + fastrand::usize(..20),
        _ => {
            let (name, arguments, to) = &fields[fastrand::usize(..fields.len())];
            let mut added = random(schema, to, 6);
            added.field = call(name, arguments);
            if !schema.contains_key(to) || !added.below.is_empty() {
                at.below.push(added);
            }
        }
    }
}

fn print(selections: &[Selection]) -> String {
    let each = selections.iter().map(|selection| {
        let text = match print(&selection.below) {
            below if below.is_empty() => selection.field.clone(),
            below => format!("{} {{ {below} }}", selection.field),
        };
        vec![text; selection.times].join(" ")
    });
    each.collect::<Vec<_>>().join(" ")
}

fn schema() -> Result<Schema> {
    let parsed = parse_schema(server::graphql::sdl())?;
    let types = parsed.definitions.into_iter().filter_map(|definition| {
        let TypeSystemDefinition::Type(ty) = definition else {
            return None;
        };
        let TypeKind::Object(object) = ty.node.kind else {
            return None;
        };
        let fields = object.fields.into_iter().map(|field| {
            let arguments = field.node.arguments.iter();
            let arguments = arguments.map(|it| it.node.name.node.to_string()).collect();
            (
                field.node.name.node.to_string(),
                arguments,
                name_of(&field.node.ty.node),
            )
        });
        Some((ty.node.name.node.to_string(), fields.collect()))
    });
    Ok(types.collect())
}

fn name_of(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => name_of(inner),
    }
}
