//! The metrics of a door: its requests and its connections.

use super::names::{CONNECTIONS, IN_FLIGHT, REQUESTS};
use super::recorder::Record;
use metrics::{Gauge, Histogram};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The `route` label of a request that no route matches.
pub const NO_ROUTE: &str = "none";

/// Records the requests and connections of a door. Clones share the same metrics.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    name: &'static str,
    record: Arc<Record>,
    in_flight: Gauge,
    connections: Gauge,
    /// The histograms of request durations, by route and status.
    requests: RwLock<HashMap<Box<str>, HashMap<u16, Histogram>>>,
}

/// A request in flight or an open connection, counted until it is dropped.
pub struct Held(Gauge);

impl Door {
    pub(super) fn new(record: &Arc<Record>, name: &'static str) -> Self {
        Self(Arc::new(Inner {
            name,
            record: record.clone(),
            in_flight: record.gauge(IN_FLIGHT, &[("door", name)]),
            connections: record.gauge(CONNECTIONS, &[("door", name)]),
            requests: RwLock::default(),
        }))
    }

    /// Creates the metrics of a door that discard all values.
    #[must_use]
    pub fn unread() -> Self {
        Self::new(&Arc::new(Record::Unread), "")
    }

    /// Records an answer. `route` is the pattern of the route, such as `/{asset}`, and never
    /// the path: each value creates a new series.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let took = took.as_secs_f64();
        let requests = self.0.requests.read();
        let requests = requests.unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = requests.get(route).and_then(|route| route.get(&status)) {
            return known.record(took);
        }
        drop(requests);
        let labels = [
            ("door", self.0.name),
            ("route", route),
            ("status", &status.to_string()),
        ];
        let histogram = self.0.record.histogram(REQUESTS, &labels);
        histogram.record(took);
        let requests = self.0.requests.write();
        let mut requests = requests.unwrap_or_else(PoisonError::into_inner);
        let route = requests.entry(route.into()).or_default();
        route.insert(status, histogram);
    }

    /// Counts a request in flight until the returned value is dropped.
    #[must_use]
    pub fn request(&self) -> Held {
        Held::new(&self.0.in_flight)
    }

    /// Counts an open connection until the returned value is dropped.
    #[must_use]
    pub fn connection(&self) -> Held {
        Held::new(&self.0.connections)
    }
}

impl Held {
    fn new(gauge: &Gauge) -> Self {
        gauge.increment(1);
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}
