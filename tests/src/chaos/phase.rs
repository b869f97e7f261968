//! Times in which something is not as usual, which may overlap.

use std::sync::atomic::{AtomicU32, Ordering};

/// Counts what is unusual now, and how often something became so.
#[derive(Debug, Default)]
pub struct Phase {
    on: AtomicU32,
    turns: AtomicU32,
}

/// A look at a [`Phase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look(u32, u32);

impl Phase {
    /// Something is unusual from now on.
    pub fn begin(&self) {
        self.turns.fetch_add(1, Ordering::SeqCst);
        self.on.fetch_add(1, Ordering::SeqCst);
    }

    /// One thing less is unusual.
    pub fn end(&self) {
        self.on.fetch_sub(1, Ordering::SeqCst);
    }

    /// Returns true while anything is unusual.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst) > 0
    }

    /// A look now.
    #[must_use]
    pub fn look(&self) -> Look {
        Look(
            self.on.load(Ordering::SeqCst),
            self.turns.load(Ordering::SeqCst),
        )
    }

    /// Returns true if all was as usual from that look to now.
    #[must_use]
    pub fn was_usual_since(&self, look: Look) -> bool {
        look.0 == 0 && self.look() == look
    }
}
