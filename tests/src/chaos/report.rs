//! The report of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The report of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Steps begun.
    pub steps: u32,
    /// The duration of the run.
    pub took: Duration,
    /// Data versions committed.
    pub entries: u32,
    /// Comparisons of the database with a sync from empty.
    pub comparisons: u32,
    /// Servers that ended for want of a database at their start, and were started again.
    pub started_again: u32,
    /// Faults by name: how often, and the longest time to recover from it.
    pub faults: BTreeMap<String, (u32, Duration)>,
    /// Answers by kind and outcome.
    pub answers: BTreeMap<(&'static str, &'static str), u64>,
    /// Answers and events that must not be.
    pub violations: Vec<String>,
}

impl Report {
    /// Counts an answer.
    pub fn count(&mut self, kind: &'static str, outcome: &'static str) {
        *self.answers.entry((kind, outcome)).or_default() += 1;
    }

    /// Counts a fault.
    pub fn recovered(&mut self, fault: &str, after: Duration) {
        let known = self.faults.entry(fault.to_owned()).or_default();
        *known = (known.0 + 1, known.1.max(after));
    }

    /// All answers.
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
