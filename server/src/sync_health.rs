//! What keeps this process from syncing, for when the database cannot be told.

use crate::entity::sync_attempt::Problem;
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;

/// The problem of this process's last attempt to sync, and since when.
#[derive(Clone, Debug, Default)]
pub struct SyncHealth(Arc<Mutex<Option<(Problem, OffsetDateTime)>>>);

impl SyncHealth {
    /// Notes how an attempt at this time went.
    pub fn note(&self, problem: Option<Problem>, now: OffsetDateTime) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = known.map_or(now, |(_, since)| since);
        *known = problem.map(|problem| (problem, since));
    }

    /// The problem and since when, if there is one.
    #[must_use]
    pub fn problem(&self) -> Option<(Problem, OffsetDateTime)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
