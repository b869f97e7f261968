//! One step of a run: new data, faults, their end, the recovery, and a calm.

use super::Plan;
use super::faults::Fault;
use super::scene::Scene;
use super::stage::Stage;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The time limit for counting answers, in case there are none during a fault.
const LONGEST: Duration = Duration::from_secs(12);

/// The additional duration of some outages of the database, so that every server must notice
/// them.
const LONG_OUTAGE: Duration = Duration::from_secs(20);

/// The number of attempts to draw a fault that matches `--only`.
const TRIES: u32 = 10_000;

/// The number of steps between two comparisons of the database with a sync into an empty one.
const COMPARE_EVERY: u32 = 10;

/// Runs a step. Returns false if the servers did not recover.
pub(super) async fn run(plan: &Plan, stage: &mut Stage, step: u32) -> bool {
    let seed = plan
        .seed
        .wrapping_mul(0x9e37_79b9)
        .wrapping_add(step.into());
    let mut rng = fastrand::Rng::with_seed(seed);
    let scene = stage.scene.clone();
    let faults = choose(&mut rng, stage, &plan.only);
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

/// Chooses one fault, or two that go together, from those whose names contain this text.
fn choose(rng: &mut fastrand::Rng, stage: &Stage, only: &str) -> Vec<Fault> {
    let mut any = || {
        let all = (0..TRIES).map(|_| Fault::any(rng, stage));
        let mut chosen = all.filter(|fault| fault.to_string().contains(only));
        chosen.next().into_iter().collect::<Vec<_>>()
    };
    let (first, second) = (any(), any());
    let go_together = |first: &Fault| second.iter().all(|second| first.goes_with(second));
    match rng.bool() && first.iter().all(go_together) {
        true => [first, second].concat(),
        false => first,
    }
}

/// Publishes new data in the sources, or not, at random.
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

/// Waits until visitors have received `count` more answers.
async fn answers(scene: &Scene, count: u64) {
    let begin = Instant::now();
    let until = scene.visits.load(Ordering::Relaxed) + count;
    while scene.visits.load(Ordering::Relaxed) < until && begin.elapsed() < LONGEST {
        sleep(Duration::from_millis(20)).await;
    }
}
