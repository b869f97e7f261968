//! The metrics of waiting for turns.

use super::names::{TURN_WAIT, TURNED_AWAY};
use super::recorder::Record;
use metrics::{Counter, Histogram};
use std::time::Duration;

/// Records waits for turns. Clones share the same metrics.
#[derive(Clone, Debug)]
pub struct Waits {
    wait: Histogram,
    turned_away: Counter,
}

impl Waits {
    pub(super) fn new(record: &Record, of: &str) -> Self {
        let turned_away = record.counter(TURNED_AWAY, &[("of", of)]);
        // Create the counter now: Prometheus can only compute an increase if it has seen the
        // value before.
        turned_away.increment(0);
        Self {
            wait: record.histogram(TURN_WAIT, &[("of", of)]),
            turned_away,
        }
    }

    /// Records the end of a wait. `has_come` is false if the work was refused instead of
    /// getting a turn.
    pub fn ended(&self, waited: Duration, has_come: bool) {
        self.wait.record(waited);
        if !has_come {
            self.turned_away.increment(1);
        }
    }
}
