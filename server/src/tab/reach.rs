//! Tracks whether GraphQL in another process can be reached.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Logs when GraphQL becomes unreachable and when it is back, once for any number
/// of visitors in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach(Arc<AtomicU64>);

impl Reach {
    /// Returns true if the last request failed.
    pub(super) fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// Records that a request failed.
    pub(super) fn lost(&self, error: &dyn Display) {
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => {
                tracing::error!(%error, "cannot reach GraphQL; further failures are logged at debug level")
            }
            _ => tracing::debug!(%error, "cannot reach GraphQL"),
        }
    }

    /// Records that a request was answered.
    pub(super) fn found(&self) {
        let failures = self.0.load(Ordering::Relaxed);
        let is_back = || {
            self.0
                .compare_exchange(failures, 0, Ordering::Relaxed, Ordering::Relaxed)
        };
        // Of several requests that succeed at once, only one logs.
        if failures > 0 && is_back().is_ok() {
            tracing::info!(failures, "GraphQL is reachable again");
        }
    }
}
