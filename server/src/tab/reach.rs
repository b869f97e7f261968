//! Whether GraphQL in another process is in reach.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Logs when GraphQL gets out of reach and when it is back, however many visitors
/// ask in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach(Arc<AtomicU64>);

impl Reach {
    /// Whether it was asked in vain the last time.
    pub(super) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// Notes that it was asked in vain.
    pub(super) fn lost(&self, error: &dyn Display) {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => {
                tracing::error!(%error, "cannot reach GraphQL; further failures are logged at debug level")
            }
            _ => tracing::debug!(%error, "cannot reach GraphQL"),
        }
    }

    /// Notes that it has answered.
    pub(super) fn found(&self) {
        let failures = self.0.load(Ordering::Relaxed);
        let is_back = || {
            self.0
                .compare_exchange(failures, 0, Ordering::Relaxed, Ordering::Relaxed)
        };
        // Of several at once that find it, one says so.
        if failures > 0 && is_back().is_ok() {
            tracing::info!(failures, "GraphQL is reachable again");
        }
    }
}
