//! Bounds the documents that run at once: the tab's own, and apart from them all
//! others, so that neither has to wait for the other.

use crate::engine::Refusal;
use crate::telemetry::metrics::{Metrics, Waits};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How many of the tab's own documents run at once, for each core: while one
/// waits for the database another one works.
const TAB_PER_CORE: usize = 2;

/// How many connections a server has beside those of its documents: one that the
/// sync holds while it waits for the network, and one for health and metrics.
const OTHER_CONNECTIONS: usize = 2;

/// The time that the tab waits for its turn. It is long, because a visitor waits
/// for the page and would otherwise retry.
const TAB_PATIENCE: Duration = Duration::from_secs(2);

/// How long another document waits: a burst passes, a flood does not.
const PATIENCE: Duration = Duration::from_millis(250);

/// The right to run, for as long as it is held.
pub type Turn<'a> = SemaphorePermit<'a>;

/// A turn for each document that may run.
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

    /// The number of connections to the database that gives every turn one: a
    /// document may hold a connection to its end.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.connections.try_into().unwrap_or(u32::MAX)
    }

    /// A turn of the tab's own document, of whichever door.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`], when too many run for too long.
    pub async fn tab(&self) -> Result<Turn<'_>, Refusal> {
        self.tab.take().await
    }

    /// A turn of any other document.
    ///
    /// # Errors
    /// [`Refusal::Overloaded`], when too many run for too long.
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
