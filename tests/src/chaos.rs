//! The chaos test. Runs two servers on one PostgreSQL, and a tab door in front of one of
//! them, with visitors, syncs and faults that a seed chooses. Checks each answer against the
//! states that were committed.
//!
//! Each text of the invented advisories ([`world`]) names its crate and its state. A trigger
//! in PostgreSQL records each state when it is committed ([`ledger`]). An answer ([`ask`],
//! [`read`]) must show one of these states as a whole, and no state that is older than one
//! that the server has already shown ([`check`]).

pub mod ask;
pub mod check;
pub mod faults;
pub mod ledger;
pub mod phase;
pub mod process;
pub mod read;
pub mod report;
pub mod scene;
mod set_up;
pub mod sources;
pub mod stage;
mod step;
pub mod visitors;
pub mod world;

use report::Report;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The folders that a run creates in its own folder.
pub const FOLDERS: [&str; 5] = ["north", "south", "gate", "documents", "first.git"];

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of the data, the faults, their order and their moments.
    pub seed: u64,
    /// The maximum number of steps, or `None` for no limit other than the time.
    pub steps: Option<u32>,
    /// The time after which no further step begins.
    pub time: Duration,
    /// The program that runs a server with `serve MILLISECONDS OPTIONS`.
    pub program: PathBuf,
    /// The folder for the servers' files and logs.
    pub folder: PathBuf,
    /// The time within which every server must follow a commit. After it, only a marked
    /// answer may show an older state. With `None`, a server may show an older state until it
    /// has shown the new one.
    pub patience: Option<Duration>,
    /// The maximum duration of a fault, and of the calm after it, counted in answers.
    pub longest: u64,
    /// Text that the names of the chosen faults must contain. Empty for all faults.
    pub only: String,
    /// True to print each event as it happens.
    pub is_loud: bool,
    /// True to continue after a violation.
    pub keeps_going: bool,
}

/// Runs a plan. Returns `None` if PostgreSQL is not installed.
///
/// # Panics
/// Panics if the run cannot be set up.
pub async fn run(plan: &Plan) -> Option<Report> {
    let begin = Instant::now();
    let (mut stage, tasks) = set_up::set_up(plan).await?;
    let scene = stage.scene.clone();
    scene.report(|report| report.seed = plan.seed);
    let mut step = 0;
    while plan.steps.is_none_or(|steps| step < steps)
        && begin.elapsed() < plan.time
        && (plan.keeps_going || scene.is_good())
    {
        step += 1;
        scene.report(|report| report.steps = step);
        if !step::run(plan, &mut stage, step).await {
            break;
        }
    }
    // Wait for the task that reads the ledger.
    while scene.unsettled() > 0 {
        sleep(Duration::from_millis(20)).await;
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
