//! Two servers over one PostgreSQL, and a tab door in front of one of them, with visitors and syncs in progress, and faults that a
//! seed chooses. Each answer is judged by the states that were committed.
//!
//! The made-up world ([`world`]) says in each text which crate and which state it is of.
//! PostgreSQL notes each state as it is committed ([`ledger`]). An answer ([`ask`],
//! [`read`]) has to be one of those states whole, and none older than the server knows
//! ([`check`]).

pub mod ask;
pub mod check;
pub mod faults;
pub mod ledger;
pub mod phase;
pub mod process;
pub mod read;
pub mod report;
pub mod scene;
pub mod sources;
pub mod stage;
pub mod visitors;
pub mod world;

use crate::{SYNCED_AT, client, postgres, serve};
use check::Judge;
use faults::Fault;
use ledger::Ledger;
use migrations::{Migrator, MigratorTrait};
use process::{Abilities, Server};
use report::Report;
use scene::Scene;
use sea_orm::Database;
use server::sync::{self, Guard};
use sources::Sources;
use stage::Stage;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;
use world::World;

/// Visitors at once.
const VISITORS: usize = 9;

/// The longest time that a fault is on, for want of answers to count.
const LONGEST: Duration = Duration::from_secs(12);

/// The time for which some outages of the database last longer, so that all know of it.
const LONG_OUTAGE: Duration = Duration::from_secs(20);

/// The time that a visitor waits for an answer, of which a server takes ten seconds at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// After so many steps the database is compared with a sync from empty.
const COMPARE_EVERY: u32 = 10;

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Decides the world, the faults, their order and their moments.
    pub seed: u64,
    /// The number of steps; `None`: until the time is over.
    pub steps: Option<u32>,
    /// The time after which no step begins.
    pub time: Duration,
    /// The program that serves with `serve MILLISECONDS OPTIONS`.
    pub program: PathBuf,
    /// The folder of the servers' files and logs.
    pub folder: PathBuf,
    /// How long after a commit no server may show an older state unmarked. `None`: as long
    /// as it likes, if it has not shown it before.
    pub patience: Option<Duration>,
    /// The number of answers that a fault, or the calm after it, lasts for, at most.
    pub longest: u64,
    /// Whether it says what happens as it does.
    pub is_loud: bool,
    /// Whether it goes on after a violation.
    pub keeps_going: bool,
}

/// Runs a plan. `None`: PostgreSQL is not installed.
///
/// # Panics
/// When the run cannot be set up.
pub async fn run(plan: &Plan) -> Option<Report> {
    let begin = Instant::now();
    let (mut stage, tasks) = set_up(plan).await?;
    let scene = stage.scene.clone();
    scene.report(|report| report.seed = plan.seed);
    let mut step = 0;
    while plan.steps.is_none_or(|steps| step < steps)
        && begin.elapsed() < plan.time
        && (plan.keeps_going || scene.is_good())
    {
        step += 1;
        scene.report(|report| report.steps = step);
        let rng = fastrand::Rng::with_seed(
            plan.seed
                .wrapping_mul(0x9e37_79b9)
                .wrapping_add(step.into()),
        );
        if !one_step(plan, &mut stage, rng, step).await {
            break;
        }
    }
    if let Err(why) = stage.compare(&plan.folder).await {
        scene.violation(&why);
    }
    scene.is_over.store(true, Ordering::Relaxed);
    for line in stage.bad_lines() {
        scene.violation(&format!("in a server's log: {line}"));
    }
    drop(tasks);
    let report = scene.report(|report| {
        report.took = begin.elapsed();
        report.comparisons += 1;
        report.clone()
    });
    Some(report)
}

async fn set_up(plan: &Plan) -> Option<(Stage, JoinSet<()>)> {
    let world = World { seed: plan.seed };
    let postgres = postgres::Server::alone().await?;
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
        let server = Server::new(name, program, &plan.folder, abilities, &options, false);
        servers.push(server);
    }
    let north = format!("http://127.0.0.1:{}/graphql", servers[0].doors.internal);
    let options = ["serve", "0", "--graphql-url", &north].map(str::to_owned);
    servers.push(Server::new(
        "gate",
        program,
        &plan.folder,
        abilities,
        &options,
        true,
    ));
    first_sync(&db, &sources, &plan.folder).await;
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

/// The options that both servers have.
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

/// Real data takes the place of the sample before the servers are there.
async fn first_sync(db: &sea_orm::DatabaseConnection, sources: &Sources, folder: &Path) {
    let clone = folder.join("first.git").display().to_string();
    let (advisory_db, index) = (sources.advisory_db(), sources.index());
    let options = ["--advisory-db", &advisory_db, "--index", &index];
    let options = serve(&[&options[..], &["--advisory-db-clone", &clone]].concat());
    let sources = options.sources.open().expect("sources");
    let synced = sync::run(db, &sources, &Guard::default(), SYNCED_AT).await;
    synced.expect("the first sync");
}

/// New data, faults, their end, the recovery, a calm. Returns whether a next step makes
/// sense.
async fn one_step(plan: &Plan, stage: &mut Stage, mut rng: fastrand::Rng, step: u32) -> bool {
    let scene = stage.scene.clone();
    let faults = choose(&mut rng, stage);
    scene.weather.begin();
    let (mut broken, mut clocks) = (Vec::new(), 0);
    let sources_move = faults.iter().any(Fault::moves_repository);
    news(&mut rng, stage, !sources_move);
    for fault in &faults {
        scene.note(format!("step {step}: {fault} ({fault:?})"));
        if let Some(server) = fault.breaks() {
            stage.servers[server].doors.broken.begin();
            broken.push(server);
        }
        if matches!(fault, Fault::Clock(..)) {
            scene.clocks.begin();
            clocks += 1;
        }
        fault.inject(stage).await;
        answers(&scene, rng.u64(plan.longest / 20..plan.longest)).await;
        if fault.takes_database() && plan.patience.is_some() && rng.bool() {
            sleep(LONG_OUTAGE).await;
        }
        news(&mut rng, stage, !sources_move);
    }
    let is_reversed = rng.bool();
    let in_order: Vec<&Fault> = match is_reversed {
        true => faults.iter().rev().collect(),
        false => faults.iter().collect(),
    };
    for fault in in_order {
        answers(&scene, rng.u64(1..plan.longest / 4)).await;
        scene.note(format!("step {step}: the end of {fault}"));
        fault.lift(stage).await;
    }
    if sources_move {
        news(&mut rng, stage, true);
    }
    let recovered = stage.recover(&faults).await;
    for server in broken {
        stage.servers[server].doors.steady();
    }
    for _ in 0..clocks {
        scene.clocks.end();
    }
    scene.weather.end();
    let took = match recovered {
        Ok(took) => took,
        Err(why) => {
            scene.violation(&format!("seed {}, step {step}: {why}", plan.seed));
            return false;
        }
    };
    scene.note(format!("step {step}: recovered after {took:.1?}"));
    scene.report(|report| {
        for fault in &faults {
            report.recovered(&fault.to_string(), took);
        }
    });
    answers(&scene, rng.u64(plan.longest / 20..plan.longest / 2)).await;
    if step.is_multiple_of(COMPARE_EVERY) {
        scene.report(|report| report.comparisons += 1);
        if let Err(why) = stage.compare(&plan.folder).await {
            scene.violation(&why);
        }
    }
    true
}

/// One fault, or two that go together.
fn choose(rng: &mut fastrand::Rng, stage: &Stage) -> Vec<Fault> {
    let first = Fault::any(rng, stage);
    let second = Fault::any(rng, stage);
    match rng.bool() && first.goes_with(&second) {
        true => vec![first, second],
        false => vec![first],
    }
}

/// Something new in the sources, or not.
fn news(rng: &mut fastrand::Rng, stage: &mut Stage, in_repository: bool) {
    if in_repository && rng.u32(..4) > 0 {
        stage.sources.advance();
        *stage.scene.commits.lock().expect("commits") = stage.sources.states();
    }
    if rng.bool() {
        stage.sources.advance_index();
        let index = stage.sources.newest.index;
        stage.scene.index.store(index, Ordering::Relaxed);
    }
}

/// Waits until visitors have had so many answers more.
async fn answers(scene: &Scene, count: u64) {
    let begin = Instant::now();
    let until = scene.visits.load(Ordering::Relaxed) + count;
    while scene.visits.load(Ordering::Relaxed) < until && begin.elapsed() < LONGEST {
        sleep(Duration::from_millis(20)).await;
    }
}

/// More connections than a door takes, where this process may have so many.
fn flood_size() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    (soft.unwrap_or(1024) / 2).min(1300)
}
