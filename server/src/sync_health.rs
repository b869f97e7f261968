//! The state of syncing in this process, as far as the database cannot record it.

use crate::entity::sync_attempt::Problem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;

/// The state of syncing in this process. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct SyncHealth(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    problem: Option<(Problem, OffsetDateTime)>,
    clone_in_use_since: Option<OffsetDateTime>,
}

impl SyncHealth {
    /// Records the outcome of an attempt at this time: a problem, or none.
    pub fn note(&self, problem: Option<Problem>, now: OffsetDateTime) {
        let mut state = self.lock();
        let since = state.problem.map_or(now, |(_, since)| since);
        state.problem = problem.map(|problem| (problem, since));
        state.clone_in_use_since = None;
    }

    /// Records that the clone was found in use. Returns the time for which
    /// consecutive attempts have found it so.
    pub fn note_clone_in_use(&self, now: OffsetDateTime) -> Duration {
        let mut state = self.lock();
        let since = *state.clone_in_use_since.get_or_insert(now);
        (now - since).try_into().unwrap_or_default()
    }

    /// Returns the problem of this process's last attempt, and its start.
    #[must_use]
    pub fn problem(&self) -> Option<(Problem, OffsetDateTime)> {
        self.lock().problem
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
