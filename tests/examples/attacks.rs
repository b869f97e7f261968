//! Tries each attack of `docs/SECURITY.md` on async-graphql with axum as they
//! come, and on the doors of this service, and prints the rows of that table:
//!
//! ```sh
//! ulimit -n 20000; cargo run --release -p integration-tests --example attacks
//! ```
//!
//! Each attack meets a fresh process over the bundled sample. It takes some
//! minutes, mostly waiting for answers that do not come.

use anyhow::{Context, Result};
use async_graphql_axum::{GraphQLBatchRequest, GraphQLResponse};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use clap::{Parser, ValueEnum};
use integration_tests::TestApp;
use serde_json::{Value, json};
use server::engine::Engine;
use server::http::{self, Connections};
use std::fmt::Write;
use std::future::pending;
use std::io::{BufRead, BufReader, Write as _, stdout};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// The time to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries each attack, before and now.
#[derive(Parser)]
struct Options {
    /// Serve this target and try nothing; the address goes to standard output
    #[arg(long, hide = true)]
    serve: Option<Target>,
    /// Only attacks whose name contains this text
    #[arg(default_value = "")]
    name: String,
}

/// The target of an attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Our schema behind async-graphql and axum as they come.
    Plain,
    /// The internal door for developers, where only its limits protect it.
    Dev,
    /// The internal door.
    Internal,
    /// The tab door.
    Tab,
}

/// An attack, and its present target.
struct Attack {
    name: String,
    now: Target,
    means: Means,
}

enum Means {
    /// One request.
    Request(String),
    /// A request whose rest never comes.
    Unfinished(String),
    /// This many idle connections; then a visitor sends this request.
    Connections(usize, String),
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(target) = options.serve {
        return serve(target).await;
    }
    say("| attack | before | now |\n| --- | --- | --- |\n")?;
    for attack in attacks() {
        if !attack.name.contains(&options.name) {
            continue;
        }
        let before = match attack.now {
            Target::Tab => "(no such door)".to_owned(),
            _ => outcome(Target::Plain, &attack.means).await?,
        };
        let now = outcome(attack.now, &attack.means).await?;
        say(&format!("| {} | {before} | {now} |\n", attack.name))?;
    }
    Ok(())
}

fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    let mut add = |name: &str, now, means| {
        let name = name.to_owned();
        attacks.push(Attack { name, now, means });
    };
    let query = |query: &str| Means::Request(post(&json!({ "query": query })));
    let repeat =
        |times: usize, text: &dyn Fn(usize) -> String| -> String { (0..times).map(text).collect() };

    let introspection = "{ __schema { types { name fields { name } } } }";
    add("introspection", Target::Internal, query(introspection));
    let wrong = "{ crates(name: \"a\") { name } }";
    add("suggestions", Target::Internal, query(wrong));
    let aliases = repeat(10_000, &|n| format!("a{n}: __typename "));
    let aliases = format!("{{ {aliases} }}");
    add("alias flood, 10,000", Target::Dev, query(&aliases));
    let aliases = repeat(600, &|n| format!("a{n}: __typename "));
    let aliases = format!("{{ crate(name: \"rsa\") {{ {aliases} }} }}");
    add("alias flood, 600", Target::Dev, query(&aliases));
    let fields = format!("{{ {} }}", "__typename ".repeat(60_000));
    add("field flood, 60,000", Target::Dev, query(&fields));
    let one = json!({ "query": "{ dataStatus { revision } }" });
    let batch = Value::from(vec![one; 1000]);
    add("batch of 1,000", Target::Dev, Means::Request(post(&batch)));
    let directives = format!("{{ __typename {} }}", "@skip(if: false) ".repeat(10_000));
    add("directive flood, 10,000", Target::Dev, query(&directives));
    let directives = format!("{{ __typename {} }}", "@skip(if: false) ".repeat(250));
    add("directive flood, 250", Target::Dev, query(&directives));
    let circle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    add("circular fragments", Target::Dev, query(circle));
    let deep = "advisories { crate { ".repeat(30);
    let deep = format!(
        "{{ crate(name: \"rsa\") {{ {deep} name {} }}",
        "} } ".repeat(30) + "}"
    );
    add("deep nesting, 60 levels", Target::Dev, query(&deep));
    let lists = "{ crate(name: \"openssl\") { advisories { crate { versions(first: 1000) \
         { nodes { advisories { id title description } } } } } } }";
    add("lists in lists", Target::Dev, query(lists));
    let syntax = format!("{{ crate(name: \"{}", "x".repeat(60_000));
    add("an error that repeats 60 kB", Target::Dev, query(&syntax));
    let large = format!("# {}", "x".repeat(1_000_000));
    add("1 MB body", Target::Dev, query(&large));
    let head = post(&json!({ "query": "{ __typename }" }));
    let unfinished = Means::Unfinished(head[..head.len() - 1].to_owned());
    add("slow body", Target::Dev, unfinished);
    let unfinished = Means::Unfinished("GET /graphql HTTP/1.1\r\n".to_owned());
    add("slow head", Target::Dev, unfinished);
    let asked = get_of("/graphql?query=%7B__typename%7D", "127.0.0.1", "");
    let idle = Means::Connections(10_000, asked);
    add("10,000 idle connections, then a visitor", Target::Dev, idle);
    let mutation = get_of("/graphql?query=mutation%7B__typename%7D", "127.0.0.1", "");
    add("GET mutation", Target::Dev, Means::Request(mutation));
    let asked = "/graphql?query=%7BdataStatus%7Brevision%7D%7D";
    let image = get_of(asked, "127.0.0.1", "Sec-Fetch-Site: cross-site\r\n");
    add(
        "CSRF by a link or an image",
        Target::Dev,
        Means::Request(image),
    );
    let form = post(&json!({ "query": "{ dataStatus { revision } }" }));
    let form = form.replace(
        "Content-Type: application/json",
        "Content-Type: text/plain\r\nOrigin: https://evil.example",
    );
    add("CSRF by a form", Target::Dev, Means::Request(form));
    let host = get_of(asked, "evil.example", "");
    add("wrong host", Target::Dev, Means::Request(host));
    for (how, headers) in [
        ("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        (
            "length and chunks",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        ),
        ("unknown coding", "Transfer-Encoding: xchunked\r\n"),
    ] {
        let smuggled = format!(
            "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             {headers}\r\n0\r\n\r\n{}",
            get_of(asked, "127.0.0.1", "")
        );
        let name = format!("header smuggling: {how}");
        add(&name, Target::Dev, Means::Request(smuggled));
    }
    for path in [
        "/graphql",
        "/security-tab/..%2fgraphql",
        "/security-tab/../metrics",
    ] {
        let tricked = Means::Request(get_of(path, "127.0.0.1", ""));
        add(
            &format!("path on the tab door: `{path}`"),
            Target::Tab,
            tricked,
        );
    }
    for (what, name) in [("NUL", "a\0b".to_owned()), ("60 kB", "a".repeat(60_000))] {
        let query = json!({
            "query": "query($name: String!) { crate(name: $name) { name } }",
            "variables": { "name": name },
        });
        let named = Means::Request(post(&query));
        add(&format!("name: {what}"), Target::Dev, named);
        let path = name.replace('\0', "%00");
        let path = get_of(&format!("/security-tab/{path}"), "127.0.0.1", "");
        let name = format!("name on the tab door: {what}");
        add(&name, Target::Tab, Means::Request(path));
    }
    for levels in [15, 20, 25, 50] {
        let chain = repeat(levels, &|n| {
            let next = n + 1;
            format!("fragment f{n} on Query {{ ...f{next} ...f{next} }} ")
        });
        let bomb = format!("{{ ...f0 }} {chain} fragment f{levels} on Query {{ __typename }}");
        let name = format!("fragment bomb of {levels} levels");
        add(&name, Target::Dev, query(&bomb));
    }
    attacks
}

fn post(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Accept: application/graphql-response+json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}

fn get_of(path: &str, host: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n")
}

/// Returns the outcome of an attack, in words.
async fn outcome(target: Target, means: &Means) -> Result<String> {
    let (addr, _server) = start(target)?;
    // The first answer of a process is slower than later ones.
    exchange(addr, &post(&json!({ "query": "{ __typename }" }))).await?;
    let mut idle = Vec::new();
    let start = Instant::now();
    let (sent, is_whole) = match means {
        Means::Request(sent) => (sent, true),
        Means::Unfinished(sent) => (sent, false),
        Means::Connections(count, sent) => {
            let connecting: Vec<_> = (0..*count)
                .map(|_| tokio::spawn(timeout(Duration::from_secs(2), TcpStream::connect(addr))))
                .collect();
            for connecting in connecting {
                if let Ok(Ok(stream)) = connecting.await? {
                    idle.push(stream);
                }
            }
            (sent, true)
        }
    };
    let asked = Instant::now();
    let begun = if idle.is_empty() { start } else { asked };
    let answer = exchange(addr, sent).await?;
    let took = begun.elapsed();
    Ok(match answer {
        None if is_whole => format!("no answer within {} s", PATIENCE.as_secs()),
        None => format!("waited for {} s and more", PATIENCE.as_secs()),
        Some(answer) => format!("{}, {}", describe(&answer)?, span(took)),
    })
}

/// Returns all bytes until the other side ends, or `None` if it does not.
async fn exchange(addr: SocketAddr, sent: &str) -> Result<Option<Vec<u8>>> {
    let mut answer = Vec::new();
    let exchange = async {
        let mut stream = TcpStream::connect(addr).await?;
        // A request that is refused half-way may not be read completely.
        drop(stream.write_all(sent.as_bytes()).await);
        drop(stream.read_to_end(&mut answer).await);
        anyhow::Ok(())
    };
    match timeout(PATIENCE, exchange).await {
        Ok(done) => done.map(|()| Some(answer)),
        Err(_) => Ok(None),
    }
}

/// Describes status, size and error, for each of several answers.
fn describe(answer: &[u8]) -> Result<String> {
    let text = String::from_utf8_lossy(answer);
    let mut said = String::new();
    for answer in text.split("HTTP/1.1 ").skip(1) {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
        if !said.is_empty() {
            said.push_str(", then ");
        }
        write!(said, "{}", &head[..head.len().min(3)])?;
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let error = &body["errors"][0];
        if let Some(code) = error["extensions"]["code"].as_str() {
            write!(said, " `{code}`")?;
        } else if let Some(message) = error["message"].as_str() {
            let message: String = message.chars().take(50).collect();
            write!(said, " “{}”", message.escape_debug())?;
        }
    }
    if said.is_empty() {
        said.push_str("cut off");
    }
    if answer.len() > 2000 {
        write!(said, ", {} kB", answer.len() / 1000)?;
    }
    Ok(said)
}

fn span(took: Duration) -> String {
    match took.as_secs_f64() {
        seconds if seconds < 0.95 => format!("{:.1} ms", seconds * 1000.0),
        seconds => format!("{seconds:.1} s"),
    }
}

/// A process that ends after the attack.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a fresh process that serves this target.
fn start(target: Target) -> Result<(SocketAddr, Server)> {
    let target = target.to_possible_value().context("a name")?;
    let process = Command::new(std::env::current_exe()?)
        .args(["--serve", target.get_name()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut server = Server(process);
    let stdout = server.0.stdout.take().context("standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    Ok((line.trim().parse().context("an address")?, server))
}

async fn serve(target: Target) -> Result<()> {
    let app = TestApp::with_sample().await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&format!("{}\n", listener.local_addr()?))?;
    let routes = match target {
        Target::Plain => {
            let plain = Router::new().route("/graphql", get(plain).post(plain));
            let plain = plain.with_state(app.engine().clone());
            return Ok(axum::serve(listener, plain).await?);
        }
        Target::Dev => app.internal_door(),
        Target::Internal => app.in_production().await.internal_door(),
        Target::Tab => app.in_production().await.tab_door(),
    };
    http::serve(listener, routes, Connections::DEFAULT, pending()).await;
    Ok(())
}

/// As in the manual of async-graphql.
async fn plain(State(engine): State<Engine>, requests: GraphQLBatchRequest) -> GraphQLResponse {
    let Ok(view) = engine.catalog().view().await else {
        return async_graphql::Response::default().into();
    };
    let requests = requests.into_inner().data(Arc::new(view));
    engine.schema().execute_batch(requests).await.into()
}

fn say(text: &str) -> Result<()> {
    Ok(stdout().write_all(text.as_bytes())?)
}
