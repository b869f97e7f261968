//! Descriptions of advisories as HTML. Each is formatted once, on threads that do
//! not answer requests, and cached.

use crate::telemetry::metrics::{Lookups, Metrics, Size, Waits};
use moka::sync::Cache;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use ui_component::{Data, Description, Descriptions, texts};

/// The size of the cache, in bytes: RustSec's whole database takes 5 MB.
const CAPACITY: u64 = 16 * 1024 * 1024;

/// The approximate size of an entry without its text and its HTML, in bytes.
const OVERHEAD: usize = 256;

/// The longest that an answer waits for its descriptions. Together with the time
/// for a turn and for the document it is shorter than a request may take, so that
/// a visitor can still get the last page that was made.
const PATIENCE: Duration = Duration::from_secs(2);

/// The formatted descriptions.
#[derive(Clone)]
pub(super) struct Texts {
    kept: Cache<Arc<str>, Description>,
    /// A turn for each text that may be formatted at once.
    turns: Arc<Semaphore>,
    lookups: Lookups,
    waits: Waits,
}

/// The descriptions are not ready in time, because the machine is too busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

impl Texts {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let cache = Cache::builder().max_capacity(CAPACITY);
        let cache = cache.weigher(|text: &Arc<str>, description: &Description| {
            let size = text.len() + description.html().len() + OVERHEAD;
            size.try_into().unwrap_or(u32::MAX)
        });
        let kept: Cache<_, _> = cache.build();
        let cache = kept.clone();
        let size = move || Size {
            entries: cache.entry_count(),
            bytes: cache.weighted_size(),
        };
        // Half of the cores stay free to answer, however much there is to format.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            kept,
            turns: Arc::new(Semaphore::new((cores / 2).max(1))),
            lookups: metrics.cache("descriptions", size),
            waits: metrics.waits("descriptions"),
        }
    }

    /// Returns the descriptions that the tab shows of an answer. If the future is
    /// dropped, because the visitor has left, no further text is begun.
    ///
    /// # Errors
    /// Returns [`TooSlow`] if they are not ready in two seconds.
    pub(super) async fn of(&self, data: &Data) -> Result<Descriptions, TooSlow> {
        let all = async {
            let mut descriptions = Vec::new();
            for text in texts(data) {
                descriptions.push(self.description(text).await?);
            }
            Ok(descriptions.into_iter().collect())
        };
        timeout(PATIENCE, all).await.unwrap_or_else(|_| {
            tracing::warn!("formatting the descriptions took longer than {PATIENCE:?}; giving up");
            Err(TooSlow)
        })
    }

    async fn description(&self, text: &str) -> Result<Description, TooSlow> {
        let kept = self.kept.get(text);
        self.lookups.note(kept.is_some());
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let begin = Instant::now();
        let turn = self.turns.clone().acquire_owned().await;
        self.waits.ended(begin.elapsed(), true);
        // The previous turn may have formatted this text.
        if let Some(kept) = self.kept.get(text) {
            return Ok(kept);
        }
        let (text, kept) = (Arc::<str>::from(text), self.kept.clone());
        let formatted = spawn_blocking(move || {
            // The turn lasts as long as the work, even if nobody waits for it.
            let _turn = turn;
            let description = Description::new(&text);
            kept.insert(text, description.clone());
            description
        });
        formatted.await.map_err(|error| {
            tracing::error!(%error, "cannot format a description");
            TooSlow
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ui_component::samples;

    fn data() -> Data {
        let samples = samples::all();
        let sample = samples.iter().find(|sample| sample.name == "many");
        sample.and_then(|sample| sample.data()).unwrap().clone()
    }

    #[tokio::test]
    async fn each_text_is_formatted_once() {
        let (all, data) = (Texts::new(&Metrics::unread()), data());
        let count = texts(&data).collect::<std::collections::HashSet<_>>().len() as u64;
        for _ in 0..3 {
            all.of(&data).await.unwrap();
            all.kept.run_pending_tasks();
            assert_eq!(all.kept.entry_count(), count);
        }
        // A cached text needs no turn.
        all.turns.close();
        assert!(all.of(&data).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_does_not_come() {
        let (all, data) = (Texts::new(&Metrics::unread()), data());
        let turns = all.turns.available_permits();
        let _taken = all.turns.acquire_many(turns as u32).await.unwrap();
        assert_eq!(all.of(&data).await.err(), Some(TooSlow));
    }

    /// When a visitor leaves, texts that are not begun are dropped.
    #[tokio::test(start_paused = true)]
    async fn a_visitor_who_leaves() {
        let (all, data) = (Texts::new(&Metrics::unread()), data());
        let turns = all.turns.available_permits();
        let taken = all.turns.acquire_many(turns as u32).await.unwrap();
        let visit = timeout(Duration::from_secs(1), all.of(&data)).await;
        assert!(visit.is_err(), "the visitor has left");
        drop(taken);
        tokio::task::yield_now().await;
        assert_eq!(all.turns.available_permits(), turns, "nobody waits");
        all.kept.run_pending_tasks();
        assert_eq!(all.kept.entry_count(), 0);
    }
}
