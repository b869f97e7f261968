//! Sets up a run: the processes, the data and the visitors.

use super::Plan;
use super::check::Judge;
use super::ledger::{self, Ledger};
use super::process::{Abilities, Server};
use super::scene::Scene;
use super::sources::Sources;
use super::stage::{self, Stage};
use super::visitors;
use super::world::World;
use crate::{SYNCED_AT, client, postgres};
use migrations::{Migrator, MigratorTrait};
use sea_orm::Database;
use server::sync::{self, Guard};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// The number of visitors.
const VISITORS: usize = 9;

/// The time that a visitor waits for an answer. A server takes ten seconds at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// The size of PostgreSQL's disk, in megabytes.
const DISK: u32 = 400;

/// Starts PostgreSQL, the servers and the visitors. Returns `None` if PostgreSQL is not
/// installed.
pub(super) async fn set_up(plan: &Plan) -> Option<(Stage, JoinSet<()>)> {
    let world = World { seed: plan.seed };
    let postgres = postgres::Server::alone_on_a_small_disk(DISK).await?;
    let url = postgres.create_database().await;
    let sources = Sources::new(world).await;
    let db = Database::connect(&url).await.expect("PostgreSQL answers");
    Migrator::up(&db, None).await.expect("the migrations run");
    ledger::install(&db).await.expect("a ledger");

    let documents = plan.folder.join("documents");
    fs::create_dir_all(&documents).expect("a folder");
    fs::write(documents.join("status.graphql"), stage::STATUS).expect("a document");
    let abilities = Abilities::find(&documents);
    let options = options(plan, &url, &sources, &documents);
    let (mut servers, program) = (Vec::new(), &plan.program);
    for name in ["north", "south"] {
        let server = Server::new(name, program, &plan.folder, &options, false);
        servers.push(server);
    }
    let north = format!("http://127.0.0.1:{}/graphql", servers[0].doors.internal);
    let options = ["serve", "0", "--graphql-url", &north].map(str::to_owned);
    servers.push(Server::new("gate", program, &plan.folder, &options, true));
    // Sync before the servers start, so that they never show the bundled sample.
    let first = sources.open(&plan.folder.join("first.git"));
    let synced = sync::run(&db, &first, &Guard::default(), SYNCED_AT).await;
    synced.expect("the first sync");
    let doors = servers.iter().map(|server| server.doors.clone()).collect();
    let scene = Arc::new(Scene::new(
        doors,
        Judge::new(Ledger::new(world)),
        plan.patience,
        plan.is_loud,
    ));
    *scene.commits.lock().expect("commits") = sources.states();
    let client = client().timeout(PATIENCE).build().expect("a client");
    let mut stage = Stage {
        postgres,
        url: url.clone(),
        sources,
        servers,
        abilities,
        flood: Vec::new(),
        flood_size: flood_size(),
        scene: scene.clone(),
        client: client.clone(),
    };
    for server in 0..stage.servers.len() {
        stage.start(server);
    }
    let mut tasks = JoinSet::new();
    tasks.spawn(stage::follow_ledger(scene.clone(), url));
    stage.recover(&[]).await.expect("the servers start");
    for number in 0..VISITORS {
        let rng = fastrand::Rng::with_seed(plan.seed ^ (number as u64 + 1) << 40);
        let server = number % stage.servers.len();
        tasks.spawn(visitors::visit(scene.clone(), client.clone(), server, rng));
    }
    Some((stage, tasks))
}

/// Returns the options of the two servers with a database.
fn options(plan: &Plan, url: &str, sources: &Sources, documents: &Path) -> Vec<String> {
    let every = 1000 + plan.seed % 1000;
    let documents = documents.display().to_string();
    [
        "serve",
        &every.to_string(),
        "--sync-every",
        "0",
        "--database-url",
        url,
        "--advisory-db",
        &sources.advisory_db(),
        "--index",
        &sources.index(),
        "--documents",
        &documents,
        "--max-loss",
        "20",
        "--max-concurrent",
        "4",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Returns a number of connections that exceeds a door's limit, or a smaller one if this
/// process may not open that many files.
fn flood_size() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    (soft.unwrap_or(1024) / 2).min(1300)
}
