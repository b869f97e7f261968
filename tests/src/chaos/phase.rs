//! Tracks periods in which something is disturbed. Periods may overlap.

use std::sync::atomic::{AtomicU32, Ordering};

/// Counts the current disturbances, and all that have begun so far.
#[derive(Debug, Default)]
pub struct Phase {
    on: AtomicU32,
    turns: AtomicU32,
}

/// The counts of a [`Phase`] at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look(u32, u32);

impl Phase {
    /// Begins a disturbance.
    pub fn begin(&self) {
        self.turns.fetch_add(1, Ordering::SeqCst);
        self.on.fetch_add(1, Ordering::SeqCst);
    }

    /// Ends a disturbance.
    pub fn end(&self) {
        self.on.fetch_sub(1, Ordering::SeqCst);
    }

    /// Returns true if there is a disturbance now.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst) > 0
    }

    /// Returns the current counts.
    #[must_use]
    pub fn look(&self) -> Look {
        Look(
            self.on.load(Ordering::SeqCst),
            self.turns.load(Ordering::SeqCst),
        )
    }

    /// Returns true if there has been no disturbance from `look` until now.
    #[must_use]
    pub fn was_usual_since(&self, look: Look) -> bool {
        look.0 == 0 && self.look() == look
    }
}
