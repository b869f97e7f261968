//! The metrics of turns.

use super::names::{TURN_WAIT, TURNED_AWAY};
use super::recorder::Record;
use metrics::{Counter, Histogram};
use std::time::Duration;

/// Records the waiting for turns. Clones share it.
#[derive(Clone, Debug)]
pub struct Waits {
    wait: Histogram,
    turned_away: Counter,
}

impl Waits {
    pub(super) fn new(record: &Record, of: &str) -> Self {
        let turned_away = record.counter(TURNED_AWAY, &[("of", of)]);
        // Prometheus sees an increase only from a value that it has seen.
        turned_away.increment(0);
        Self {
            wait: record.histogram(TURN_WAIT, &[("of", of)]),
            turned_away,
        }
    }

    /// Records the end of a wait, with a turn or without one.
    pub fn ended(&self, waited: Duration, has_come: bool) {
        self.wait.record(waited);
        if !has_come {
            self.turned_away.increment(1);
        }
    }
}
