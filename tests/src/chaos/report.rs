//! The report of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The result of a run, in numbers.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The number of steps that were begun.
    pub steps: u32,
    /// The duration of the run.
    pub took: Duration,
    /// The number of committed data versions.
    pub entries: u32,
    /// The number of comparisons of the database with a sync into an empty one.
    pub comparisons: u32,
    /// The number of times that a server ended at its start because there was no database,
    /// and was started again.
    pub started_again: u32,
    /// The faults by name: how often each happened, and the longest recovery from it.
    pub faults: BTreeMap<String, (u32, Duration)>,
    /// The number of answers by kind and outcome.
    pub answers: BTreeMap<(&'static str, &'static str), u64>,
    /// The answers and events that must not occur.
    pub violations: Vec<String>,
}

impl Report {
    /// Counts an answer.
    pub fn count(&mut self, kind: &'static str, outcome: &'static str) {
        *self.answers.entry((kind, outcome)).or_default() += 1;
    }

    /// Counts a fault, with the duration of the recovery.
    pub fn recovered(&mut self, fault: &str, after: Duration) {
        let known = self.faults.entry(fault.to_owned()).or_default();
        *known = (known.0 + 1, known.1.max(after));
    }

    /// Returns the number of all answers.
    #[must_use]
    pub fn answers(&self) -> u64 {
        self.answers.values().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}: {} steps in {:.0?}, {} data versions committed, {} answers checked",
            self.seed,
            self.steps,
            self.took,
            self.entries,
            self.answers()
        )?;
        writeln!(
            f,
            "{} comparisons with a sync from empty, {} servers started again",
            self.comparisons, self.started_again
        )?;
        writeln!(f, "\nfault | times | longest recovery")?;
        for (name, (times, longest)) in &self.faults {
            writeln!(f, "{name} | {times} | {longest:.1?}")?;
        }
        writeln!(f, "\nanswer | outcome | times")?;
        for ((kind, outcome), times) in &self.answers {
            writeln!(f, "{kind} | {outcome} | {times}")?;
        }
        writeln!(f, "\nviolations: {}", self.violations.len())?;
        for violation in &self.violations {
            writeln!(f, "\n{violation}")?;
        }
        Ok(())
    }
}
