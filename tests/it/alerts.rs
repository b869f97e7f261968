//! The alerts and the dashboard query only series that the service reports.

use integration_tests::fixture::Folders;
use integration_tests::scrape::{Scrape, Series};
use integration_tests::{SYNCED_AT, TestApp, TestDatabase, client, skip};
use promql_parser::label::Matcher;
use promql_parser::parser::{self, Expr};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde_json::{Value, json};
use server::http::{self, Connections, Routes};
use server::schedule::Schedule;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::future::pending;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tokio::net::TcpListener;

/// Labels that Prometheus adds, with example values.
const ADDED: [(&str, &str); 2] = [("instance", "10.0.0.11:4000"), ("job", "security-tab")];

/// The labels with a fixed set of values. For these, the tests of the rules may use only
/// values that the service reports.
const CLOSED: [&str; 9] = [
    "cache", "door", "kind", "le", "of", "outcome", "result", "source", "state",
];

#[tokio::test]
async fn every_expression_finds_its_series() {
    let mut expressions = rules();
    expressions.extend(panels());
    assert!(expressions.len() > 40, "{expressions:?}");
    let scrape = scrape().await;
    let mut missing = Vec::new();
    for (place, expression) in expressions {
        let parsed = parser::parse(&expression);
        let parsed = parsed.unwrap_or_else(|error| panic!("{place}: {error}: {expression}"));
        let mut selectors = Selectors::default();
        walk_expr(&mut selectors, &parsed).expect("an expression is walked");
        assert!(!selectors.0.is_empty(), "{place}: {expression}");
        for (name, matchers) in selectors.0 {
            let is_found = |series: &Series| {
                let label = |name: &String| series.labels.get(name).map_or("", String::as_str);
                let is_match = |matcher: &Matcher| matcher.is_match(label(&matcher.name));
                series.name == name && matchers.iter().all(is_match)
            };
            if !scrape.0.iter().any(is_found) {
                missing.push(format!("{place}: {name}{matchers:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}\n{scrape:#?}", missing.join("\n"));
}

/// The tests of the rules use only series that the service reports, with all their labels.
#[tokio::test]
async fn the_tests_of_the_rules_are_of_real_series() {
    let text = fs::read_to_string(deploy().join("alerts.test.yml")).expect("the tests");
    let series = text.lines().filter_map(|line| {
        let series = line.trim().strip_prefix("- series: \'")?;
        series.strip_suffix('\'')
    });
    let series: BTreeSet<&str> = series.collect();
    assert!(series.len() > 10, "{series:?}");
    let real = scrape().await;
    for text in series {
        let Series { name, labels, .. } = Scrape::parse(&format!("{text} 0")).0.remove(0);
        let is_like = |found: &&Series| found.name == name && found.labels.keys().eq(labels.keys());
        let like: Vec<&Series> = real.0.iter().filter(is_like).collect();
        assert!(!like.is_empty(), "{text} is not a series of ours");
        for (label, value) in &labels {
            let is_seen = like.iter().any(|found| found.labels[label] == *value);
            assert!(
                is_seen || !CLOSED.contains(&label.as_str()),
                "{text}: no {label} is {value:?}"
            );
        }
    }
}

/// In each case of `alerts.test.yml`, exactly the expected alerts fire.
#[test]
fn the_rules_fire_and_stay_quiet() {
    let test = "the_rules_fire_and_stay_quiet";
    if Command::new("promtool").arg("--version").output().is_err() {
        return skip::without_program(test, "promtool");
    }
    for arguments in [
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ] {
        let mut promtool = Command::new("promtool");
        let done = promtool.args(arguments).current_dir(deploy()).output();
        let done = done.expect("promtool runs");
        let says = [done.stdout, done.stderr].concat();
        let says = String::from_utf8_lossy(&says);
        assert!(done.status.success(), "{arguments:?}:\n{says}");
    }
    let tests = fs::read_to_string(deploy().join("alerts.test.yml")).expect("the tests");
    let alerts = fs::read_to_string(deploy().join("alerts.yml")).expect("the alerts");
    for name in alerts
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
    {
        assert!(
            tests.contains(&format!("alertname=\"{name}\"")),
            "{name} is not tested"
        );
    }
}

/// Returns the metrics of a server after a good and a failed sync, rendered and cached pages,
/// answered and refused queries, and the loss of its database. Adds the labels that
/// Prometheus adds.
async fn scrape() -> Scrape {
    let folders = Folders::new();
    folders.advisory("crates/gadget/RUSTSEC-2024-0002", "patched = []");
    folders.index("ga/dg/gadget", &[("1.0.0", false)]);
    let (advisory_db, index) = (folders.path("advisory-db"), folders.path("index"));
    let options = [
        "--dev",
        "--max-concurrent=1",
        "--advisory-db",
        advisory_db.to_str().expect("UTF-8"),
        "--index",
        index.to_str().expect("UTF-8"),
    ];
    let mut app = TestApp::with(TestDatabase::sqlite().await, SYNCED_AT, &options).await;
    app.app.start().await.expect("data");
    app.look().await;
    let tab = open(app.app.tab_door()).await;
    let internal = open(app.app.internal_door().expect("a door")).await;
    let client = client().build().expect("a client");
    let status = async |request: reqwest::RequestBuilder| {
        let answer = request.send().await.expect("an answer");
        answer.status().as_u16()
    };
    let page = |krate: &str| client.get(format!("{tab}/security-tab/{krate}"));
    assert_eq!(status(page("widget")).await, 200);
    assert_eq!(status(page("widget")).await, 200);
    let query = json!({ "query": "{ dataStatus { revision } }" });
    let query = || client.post(format!("{internal}/graphql")).json(&query);
    assert_eq!(status(query()).await, 200);
    let turn = app.engine().turns().other().await.expect("a turn");
    assert_eq!(status(query()).await, 503);
    drop(turn);
    fs::rename(&advisory_db, folders.path("elsewhere")).expect("moved");
    let schedule = app.app.schedule().expect("a schedule").clone();
    let at_once = Some(Duration::ZERO);
    let schedule = Schedule {
        every: at_once,
        ..schedule
    };
    schedule.look().await;

    let metrics = async || {
        let answer = client.get(format!("{internal}/metrics")).send().await;
        let answer = answer.expect("an answer").text().await;
        Scrape::parse(&answer.expect("text"))
    };
    let problem = "security_sync_problem{kind=\"not_a_source\"}";
    assert_eq!(metrics().await.value(problem), Some(1.0));
    let db = app.app.db().expect("a database").clone();
    db.close().await.expect("closed");
    assert_eq!(status(page("gadget")).await, 503);
    let mut scrape = metrics().await;
    scrape.0.push(Series {
        name: "up".to_owned(),
        labels: BTreeMap::new(),
        value: 1.0,
    });
    for series in &mut scrape.0 {
        let added = ADDED.map(|(name, value)| (name.to_owned(), value.to_owned()));
        series.labels.extend(added);
    }
    scrape
}

/// Serves a door on loopback and returns its address.
async fn open(routes: Routes) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("its address");
    tokio::spawn(http::serve(
        listener,
        routes,
        Connections::DEFAULT,
        pending(),
    ));
    format!("http://{addr}")
}

/// The selectors in an expression, each with its name and matchers.
#[derive(Default)]
struct Selectors(Vec<(String, Vec<Matcher>)>);

impl ExprVisitor for Selectors {
    type Error = Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Infallible> {
        let selector = match expression {
            Expr::VectorSelector(selector) => selector,
            Expr::MatrixSelector(matrix) => &matrix.vs,
            _ => return Ok(true),
        };
        let name = selector.name.clone().unwrap_or_default();
        // The metrics of the process exist only on Linux.
        if !name.starts_with("process_") || cfg!(target_os = "linux") {
            self.0.push((name, selector.matchers.matchers.clone()));
        }
        Ok(true)
    }
}

/// Returns the expressions of the alerts, with their names.
fn rules() -> Vec<(String, String)> {
    let text = fs::read_to_string(deploy().join("alerts.yml")).expect("the alerts");
    let alerts = text.split("- alert: ").skip(1);
    let rule = |alert: &str| {
        let (name, rest) = alert.split_once('\n').expect("a name");
        let (_, rest) = rest.split_once("expr: ").expect("an expression");
        let (first, rest) = rest.split_once('\n').expect("a line");
        let is_more = |line: &&str| line.starts_with("          ");
        let more = rest.lines().take_while(is_more).collect::<Vec<_>>();
        let expression = match first {
            "|" => more.join(" "),
            whole => whole.to_owned(),
        };
        (name.to_owned(), expression)
    };
    alerts.map(rule).collect()
}

/// Returns the expressions of the dashboard, with the titles of their panels.
fn panels() -> Vec<(String, String)> {
    let text = fs::read_to_string(deploy().join("dashboard.json")).expect("the dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    let mut expressions = Vec::new();
    for panel in dashboard["panels"].as_array().expect("panels") {
        let title = panel["title"].as_str().expect("a title");
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            expressions.push((title.to_owned(), expression.to_owned()));
        }
    }
    expressions
}

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy")
}
