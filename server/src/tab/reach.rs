//! Tracks whether GraphQL in another process can be reached, and whether it can reach its
//! database.

use axum::http::{HeaderName, HeaderValue};
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The header that marks an answer that may be out of date. RFC 5861 uses `Warning` for this
/// purpose, which RFC 9111 has made obsolete.
pub(crate) const STALE: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-security-stale"),
    HeaderValue::from_static("the data is out of reach"),
);

/// Logs when GraphQL becomes unreachable and when it is back, once for any number
/// of visitors in between.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    failures: AtomicU64,
    /// True if GraphQL's last answer was marked as possibly out of date.
    is_stale: AtomicBool,
}

impl Reach {
    /// Returns true if the last request failed.
    pub(super) fn is_lost(&self) -> bool {
        self.0.failures.load(Ordering::Relaxed) > 0
    }

    /// Returns true if GraphQL answers from memory because its database is
    /// unavailable.
    pub(super) fn is_stale(&self) -> bool {
        self.0.is_stale.load(Ordering::Relaxed)
    }

    /// Records whether GraphQL answers from memory because its database is unavailable.
    pub(super) fn set_stale(&self, is_stale: bool) {
        self.0.is_stale.store(is_stale, Ordering::Relaxed);
    }

    /// Records that a request failed.
    pub(super) fn lost(&self, error: &dyn Display) {
        match self.0.failures.fetch_add(1, Ordering::Relaxed) {
            0 => {
                tracing::error!(%error, "cannot reach GraphQL; further failures are logged at debug level")
            }
            _ => tracing::debug!(%error, "cannot reach GraphQL"),
        }
    }

    /// Records that a request was answered.
    pub(super) fn found(&self) {
        let failures = self.0.failures.load(Ordering::Relaxed);
        let is_back = || {
            self.0
                .failures
                .compare_exchange(failures, 0, Ordering::Relaxed, Ordering::Relaxed)
        };
        // Of several requests that succeed at once, only one logs.
        if failures > 0 && is_back().is_ok() {
            tracing::info!(failures, "GraphQL is reachable again");
        }
    }
}
