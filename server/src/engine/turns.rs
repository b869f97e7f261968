//! Limits the number of documents that run at once. The tab's own documents and all others
//! have separate limits, so that neither has to wait for the other.

use crate::engine::Refusal;
use crate::telemetry::metrics::{Metrics, Waits};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The number of the tab's own documents that may run at once, per core. While one waits for
/// the database, another can use the core.
const TAB_PER_CORE: usize = 2;

/// The number of connections in addition to those of documents: one that the sync holds while
/// it waits for the network, and one for health and metrics.
const OTHER_CONNECTIONS: usize = 2;

/// The time that a document of the tab waits for its turn. It is long, because a visitor
/// waits for the page and would otherwise retry.
const TAB_PATIENCE: Duration = Duration::from_secs(2);

/// The time that any other document waits for its turn. It is long enough for a short burst,
/// and rejects a flood.
const PATIENCE: Duration = Duration::from_millis(250);

/// The permission to run, until it is dropped.
pub type Turn<'a> = SemaphorePermit<'a>;

/// The turns of all documents.
#[derive(Clone, Debug)]
pub struct Turns {
    tab: Kind,
    others: Kind,
    connections: usize,
}

/// The turns of one kind of documents.
#[derive(Clone, Debug)]
struct Kind {
    free: Arc<Semaphore>,
    patience: Duration,
    waits: Waits,
}

impl Turns {
    /// Creates turns for the tab's documents, and `max_concurrent` turns for
    /// others
    /// ([`Limits::max_concurrent`](crate::engine::Limits::max_concurrent)).
    #[must_use]
    pub fn new(max_concurrent: usize, metrics: &Metrics) -> Self {
        let cores = std::thread::available_parallelism();
        let tab = cores.map_or(1, std::num::NonZero::get) * TAB_PER_CORE;
        Self {
            tab: Kind::new(tab, TAB_PATIENCE, metrics.waits("tab")),
            others: Kind::new(max_concurrent, PATIENCE, metrics.waits("others")),
            connections: tab + max_concurrent + OTHER_CONNECTIONS,
        }
    }

    /// Returns the number of connections to the database with which every turn has one. A
    /// document may hold a connection until it ends.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.connections.try_into().unwrap_or(u32::MAX)
    }

    /// Waits for a turn for one of the tab's own documents, at either door.
    ///
    /// # Errors
    /// Returns [`Refusal::Overloaded`] if no turn becomes free in time.
    pub async fn tab(&self) -> Result<Turn<'_>, Refusal> {
        self.tab.take().await
    }

    /// Waits for a turn for any other document.
    ///
    /// # Errors
    /// Returns [`Refusal::Overloaded`] if no turn becomes free in time.
    pub async fn other(&self) -> Result<Turn<'_>, Refusal> {
        self.others.take().await
    }
}

impl Kind {
    fn new(count: usize, patience: Duration, waits: Waits) -> Self {
        Self {
            free: Arc::new(Semaphore::new(count)),
            patience,
            waits,
        }
    }

    async fn take(&self) -> Result<Turn<'_>, Refusal> {
        let begin = Instant::now();
        let turn = timeout(self.patience, self.free.acquire()).await;
        // The semaphore is never closed.
        let turn = turn.ok().and_then(Result::ok);
        self.waits.ended(begin.elapsed(), turn.is_some());
        turn.ok_or(Refusal::Overloaded)
    }
}
