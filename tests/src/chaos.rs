//! Two servers over one PostgreSQL, and a tab door in front of one of them, with visitors
//! and syncs in progress, and faults that a seed chooses. Each answer is judged by the
//! states that were committed.
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
    /// The time after a commit from which no server may show an older state unmarked.
    /// `None`: only a state that a server has shown counts.
    pub patience: Option<Duration>,
    /// The number of answers that a fault, or the calm after it, lasts for, at most.
    pub longest: u64,
    /// A part of the names of the faults that may happen; all of them without one.
    pub only: String,
    /// True to print each event as it happens.
    pub is_loud: bool,
    /// True to go on after a violation.
    pub keeps_going: bool,
}

/// Runs a plan. `None`: PostgreSQL is not installed.
///
/// # Panics
/// If the run cannot be set up.
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
    // The ledger is read again and again.
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
