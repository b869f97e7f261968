//! The metrics of a cache.

use super::exact;
use super::names::{CACHE_BYTES, CACHE_ENTRIES, CACHE_LOOKUPS};
use super::recorder::Record;
use metrics::{Counter, Gauge};

/// Counts the hits and misses of a cache. Clones share the same counters.
#[derive(Clone)]
pub struct Lookups {
    hits: Counter,
    misses: Counter,
}

/// The size of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The number of entries.
    pub entries: u64,
    /// Their approximate size in bytes.
    pub bytes: u64,
}

/// The gauges of a cache's size.
pub(super) struct SizeGauges {
    entries: Gauge,
    bytes: Gauge,
}

impl Lookups {
    pub(super) fn new(record: &Record, cache: &str) -> Self {
        let counter =
            |result| record.counter(CACHE_LOOKUPS, &[("cache", cache), ("result", result)]);
        Self {
            hits: counter("hit"),
            misses: counter("miss"),
        }
    }

    /// Counts a look-up as a hit or a miss.
    pub fn note(&self, is_hit: bool) {
        match is_hit {
            true => self.hits.increment(1),
            false => self.misses.increment(1),
        }
    }
}

impl SizeGauges {
    pub(super) fn new(record: &Record, cache: &str) -> Self {
        Self {
            entries: record.gauge(CACHE_ENTRIES, &[("cache", cache)]),
            bytes: record.gauge(CACHE_BYTES, &[("cache", cache)]),
        }
    }

    pub(super) fn set(&self, size: Size) {
        self.entries.set(exact(size.entries));
        self.bytes.set(exact(size.bytes));
    }
}
