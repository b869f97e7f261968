//! The seats for connections at a door. When all are taken, the connection that
//! has waited longest for its client gives way to a new one, so a client that
//! opens many and sends nothing keeps nobody out.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::select;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep};

/// The time that a connection may wait for its client before it gives way, so that a burst of
/// clients that do send something is not refused.
const GRACE: Duration = Duration::from_millis(100);

/// The value of `waits_since` for a connection that works for its client.
const WORKS: u64 = u64::MAX;

/// The value of `waits_since` for a connection that waits and was told to give
/// way.
const TOLD: u64 = u64::MAX - 1;

/// All seats at a door.
pub(super) struct Seats {
    free: Arc<Semaphore>,
    taken: Arc<Taken>,
}

/// The taken seats. A request touches only its own connection's state: the list
/// is searched only when a door is full.
struct Taken {
    opened: Instant,
    next: AtomicU64,
    seats: Mutex<HashMap<u64, Arc<State>>>,
}

/// The activity of a connection.
struct State {
    /// The nanoseconds from the opening of the door to the start of the wait; or
    /// [`WORKS`], or [`TOLD`].
    waits_since: AtomicU64,
    gives_way: Notify,
}

/// A connection's seat, which is free again when it is dropped.
pub(super) struct Seat {
    taken: Arc<Taken>,
    /// Its number among the taken seats.
    number: u64,
    state: Arc<State>,
    /// The number of pieces of work for its client; the connection waits while
    /// there is none.
    works: AtomicUsize,
    _place: Option<OwnedSemaphorePermit>,
}

/// A piece of work of a connection for its client, for as long as it lives.
pub(super) struct Work(Arc<Seat>);

impl Seats {
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(count)),
            taken: Arc::new(Taken {
                opened: Instant::now(),
                next: AtomicU64::default(),
                seats: Mutex::default(),
            }),
        }
    }

    /// Takes a seat. Waits while every connection works for its client.
    pub(super) async fn take(&self) -> Arc<Seat> {
        let mut free = pin!(self.free.clone().acquire_owned());
        let place = loop {
            select! {
                biased;
                place = &mut free => break place,
                () = self.taken.dismiss_longest() => {}
            }
        };
        let number = self.taken.next.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(State {
            waits_since: AtomicU64::new(self.taken.now()),
            gives_way: Notify::new(),
        });
        self.taken.seats().insert(number, state.clone());
        Arc::new(Seat {
            taken: self.taken.clone(),
            number,
            state,
            works: AtomicUsize::default(),
            // The semaphore is never closed.
            _place: place.ok(),
        })
    }
}

impl Taken {
    fn seats(&self) -> MutexGuard<'_, HashMap<u64, Arc<State>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the nanoseconds since the door was opened.
    fn now(&self) -> u64 {
        let nanoseconds = self.opened.elapsed().as_nanos();
        nanoseconds.try_into().unwrap_or(TOLD - 1)
    }

    /// Dismisses the connection that has waited longest, as soon as that is
    /// allowed, and gives it time to leave.
    async fn dismiss_longest(&self) {
        let longest = {
            let seats = self.seats();
            let waiting = seats.values().map(|state| (state.since(), state));
            let waiting = waiting.filter(|(since, _)| *since < TOLD);
            let longest = waiting.min_by_key(|(since, _)| *since);
            longest.map(|(since, state)| (since, state.clone()))
        };
        let pause = match longest {
            Some((since, state)) => {
                let waited = Duration::from_nanos(self.now().saturating_sub(since));
                match GRACE.checked_sub(waited) {
                    Some(left) if !left.is_zero() => left,
                    _ => {
                        state.dismiss(since);
                        GRACE
                    }
                }
            }
            None => GRACE,
        };
        sleep(pause).await;
    }
}

impl State {
    fn since(&self) -> u64 {
        self.waits_since.load(Ordering::Relaxed)
    }

    /// Tells the connection to give way, if it has waited since then.
    fn dismiss(&self, since: u64) {
        let (order, other) = (Ordering::Relaxed, Ordering::Relaxed);
        let told = self.waits_since.compare_exchange(since, TOLD, order, other);
        if told.is_ok() {
            self.gives_way.notify_one();
        }
    }
}

impl Seat {
    /// Waits until this connection has to give way. Ignores the request if work
    /// has arrived since.
    pub(super) async fn gives_way(&self) {
        loop {
            self.state.gives_way.notified().await;
            if self.works.load(Ordering::Relaxed) == 0 {
                return;
            }
        }
    }

    /// Begins work for the client.
    pub(super) fn work(self: &Arc<Self>) -> Work {
        if self.works.fetch_add(1, Ordering::Relaxed) == 0 {
            self.state.waits_since.store(WORKS, Ordering::Relaxed);
        }
        Work(self.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.taken.seats().remove(&self.number);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let seat = &self.0;
        if seat.works.fetch_sub(1, Ordering::Relaxed) == 1 {
            let now = seat.taken.now();
            seat.state.waits_since.store(now, Ordering::Relaxed);
        }
    }
}
