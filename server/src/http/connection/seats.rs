//! The places for connections at a door. When all are taken, the connection that
//! has waited longest for its client gives way to a new one: whoever opens many
//! and says nothing keeps nobody out.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::select;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

/// How long a connection may wait for its client before it gives way, so that a
/// burst of clients that do say something is not sent away.
const GRACE: Duration = Duration::from_millis(100);

/// All places at a door.
pub(super) struct Seats {
    free: Arc<Semaphore>,
    waiting: Arc<Waiting>,
}

/// The connections that wait for their client, by when they began to.
#[derive(Default)]
struct Waiting {
    next: AtomicU64,
    connections: Mutex<BTreeMap<u64, Waits>>,
}

/// A connection that waits.
struct Waits {
    since: Instant,
    gives_way: Arc<Notify>,
}

/// A connection's place; free again when it is dropped.
pub(super) struct Seat {
    waiting: Arc<Waiting>,
    /// Its number among those that wait, while it does.
    number: AtomicU64,
    /// How much work there is for its client; it waits while there is none.
    works: AtomicUsize,
    gives_way: Arc<Notify>,
    _place: Option<OwnedSemaphorePermit>,
}

/// Work of a connection for its client, as long as this lives.
pub(super) struct Work(Arc<Seat>);

impl Seats {
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(count)),
            waiting: Arc::default(),
        }
    }

    /// A place. While every connection works for its client, this waits.
    pub(super) async fn take(&self) -> Arc<Seat> {
        let mut free = pin!(self.free.clone().acquire_owned());
        let place = loop {
            select! {
                biased;
                place = &mut free => break place,
                () = self.waiting.dismiss_longest() => {}
            }
        };
        let seat = Seat {
            waiting: self.waiting.clone(),
            number: AtomicU64::default(),
            works: AtomicUsize::default(),
            gives_way: Arc::default(),
            // The semaphore is never closed.
            _place: place.ok(),
        };
        seat.wait();
        Arc::new(seat)
    }
}

impl Waiting {
    fn connections(&self) -> MutexGuard<'_, BTreeMap<u64, Waits>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends away the connection that waits longest, as soon as it may be, and
    /// gives it time to go.
    async fn dismiss_longest(&self) {
        let pause = match self.connections().first_entry() {
            Some(longest) => match GRACE.checked_sub(longest.get().since.elapsed()) {
                Some(left) if !left.is_zero() => left,
                _ => {
                    longest.remove().gives_way.notify_one();
                    GRACE
                }
            },
            None => GRACE,
        };
        sleep(pause).await;
    }
}

impl Seat {
    /// Ends when this connection has to give way. One that has found work since
    /// it was told to has not.
    pub(super) async fn gives_way(&self) {
        loop {
            self.gives_way.notified().await;
            if self.works.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
    }

    /// Works for the client from now on.
    pub(super) fn work(self: &Arc<Self>) -> Work {
        if self.works.fetch_add(1, Ordering::Relaxed) == 0 {
            self.leave();
        }
        Work(self.clone())
    }

    fn wait(&self) {
        let number = self.waiting.next.fetch_add(1, Ordering::Relaxed);
        self.number.store(number, Ordering::Relaxed);
        let waits = Waits {
            since: Instant::now(),
            gives_way: self.gives_way.clone(),
        };
        self.waiting.connections().insert(number, waits);
    }

    fn leave(&self) {
        let number = self.number.load(Ordering::Relaxed);
        self.waiting.connections().remove(&number);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.0.works.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.wait();
        }
    }
}
