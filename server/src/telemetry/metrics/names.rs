//! All metrics: name, kind and meaning. Each name ends in its unit. docs/OPERATING.md lists
//! the values that need attention.

use metrics::{Recorder, Unit};

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    /// The name, with the suffixes that Prometheus recommends.
    pub name: &'static str,
    /// The kind.
    pub kind: Kind,
    /// The meaning, in one sentence.
    pub help: &'static str,
}

/// The kind of a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Grows from zero at the start of the process.
    Counter,
    /// A current value.
    Gauge,
    /// A histogram of durations, with the upper bounds of its buckets in seconds.
    Histogram(&'static [f64]),
}

/// Buckets from a cached page (tens of microseconds) to the longest request (ten seconds).
const REQUEST: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0,
];

/// Buckets from a turn that is free at once to beyond the longest wait (two seconds).
const WAIT: &[f64] = &[0.000_1, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Buckets from a read of one row by its key to beyond the longest statement (three seconds).
const STATEMENT: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0,
];

/// Buckets from a sync that finds nothing new to a sync of the whole index.
const SYNC: &[f64] = &[0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];

pub(super) const REQUESTS: Metric = histogram(
    "security_request_duration_seconds",
    REQUEST,
    "Time from the head of a request to the head of its answer, by door, route and status.",
);
pub(super) const IN_FLIGHT: Metric = gauge(
    "security_requests_in_flight",
    "Requests that are being answered, by door.",
);
pub(super) const CONNECTIONS: Metric = gauge("security_connections", "Open connections, by door.");
pub(super) const TURN_WAIT: Metric = histogram(
    "security_turn_wait_seconds",
    WAIT,
    "Time that a document or a description waited for its turn.",
);
pub(super) const TURNED_AWAY: Metric = counter(
    "security_turned_away_total",
    "Documents refused because too many were running.",
);
pub(super) const CACHE_LOOKUPS: Metric = counter(
    "security_cache_lookups_total",
    "Look-ups in a cache, by cache and result.",
);
pub(super) const CACHE_ENTRIES: Metric = gauge("security_cache_entries", "Entries in a cache.");
pub(super) const CACHE_BYTES: Metric = gauge("security_cache_bytes", "Size of a cache in bytes.");
pub(super) const DATABASE_UP: Metric = gauge(
    "security_database_up",
    "1 if the database answered this scrape, else 0.",
);
pub(super) const DATABASE_WAIT: Metric = histogram(
    "security_database_wait_seconds",
    WAIT,
    "Time that a read took to get a connection and begin its transaction.",
);
pub(super) const DATABASE_CONNECTIONS: Metric = gauge(
    "security_database_connections",
    "Connections of the pool, by state.",
);
pub(super) const DATABASE_MAX_CONNECTIONS: Metric = gauge(
    "security_database_max_connections",
    "Maximum number of connections of the pool.",
);
pub(super) const STATEMENTS: Metric = histogram(
    "security_sql_statement_duration_seconds",
    STATEMENT,
    "Duration of SQL statements, by outcome.",
);
pub(super) const SERVED_REVISION: Metric = gauge(
    "security_served_revision",
    "Revision of the data that this server answers from.",
);
pub(super) const REVISION: Metric = gauge(
    "security_data_revision",
    "Revision of the data in the database. Each change increases it.",
);
pub(super) const SYNCED_AT: Metric = gauge(
    "security_data_synced_timestamp_seconds",
    "Time at which the last good sync read its sources, in seconds since 1970.",
);
pub(super) const ADVISORIES: Metric =
    gauge("security_data_advisories", "Advisories in the database.");
pub(super) const PACKAGES: Metric = gauge("security_data_packages", "Crates with an advisory.");
pub(super) const VERSIONS: Metric = gauge(
    "security_data_versions",
    "Published versions in the database.",
);
pub(super) const SYNC_PROBLEM: Metric = gauge(
    "security_sync_problem",
    "1 for the problem that the last sync ran into, else 0.",
);
pub(super) const SYNCS: Metric = counter(
    "security_syncs_total",
    "Sync attempts of this process, by outcome and source.",
);
pub(super) const SYNC_DURATION: Metric = histogram(
    "security_sync_duration_seconds",
    SYNC,
    "Duration of the syncs of this process, by outcome and source.",
);

pub(super) const RESIDENT_MEMORY: Metric = gauge(
    "process_resident_memory_bytes",
    "Resident memory of the process.",
);
pub(super) const OPEN_FDS: Metric = gauge("process_open_fds", "Open file descriptors.");
pub(super) const MAX_FDS: Metric = gauge(
    "process_max_fds",
    "Maximum number of open file descriptors.",
);
pub(super) const CPU_SECONDS: Metric = counter(
    "process_cpu_seconds_total",
    "Processor time of the process, user and system.",
);
pub(super) const START_TIME: Metric = gauge(
    "process_start_time_seconds",
    "Time at which the process started, in seconds since 1970.",
);

/// All metrics. Memory, file descriptors and processor time are reported on Linux only.
pub const ALL: [Metric; 27] = [
    REQUESTS,
    IN_FLIGHT,
    CONNECTIONS,
    TURN_WAIT,
    TURNED_AWAY,
    CACHE_LOOKUPS,
    CACHE_ENTRIES,
    CACHE_BYTES,
    DATABASE_UP,
    DATABASE_WAIT,
    DATABASE_CONNECTIONS,
    DATABASE_MAX_CONNECTIONS,
    STATEMENTS,
    SERVED_REVISION,
    REVISION,
    SYNCED_AT,
    ADVISORIES,
    PACKAGES,
    VERSIONS,
    SYNC_PROBLEM,
    SYNCS,
    SYNC_DURATION,
    RESIDENT_MEMORY,
    OPEN_FDS,
    MAX_FDS,
    CPU_SECONDS,
    START_TIME,
];

impl Metric {
    /// Registers the name and the meaning with the recorder.
    pub(super) fn describe(&self, recorder: &dyn Recorder) {
        let (name, help) = (self.name.into(), self.help.into());
        match self.kind {
            Kind::Counter => recorder.describe_counter(name, None, help),
            Kind::Gauge => recorder.describe_gauge(name, None, help),
            Kind::Histogram(_) => recorder.describe_histogram(name, Some(Unit::Seconds), help),
        }
    }
}

const fn counter(name: &'static str, help: &'static str) -> Metric {
    let kind = Kind::Counter;
    Metric { name, kind, help }
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    let kind = Kind::Gauge;
    Metric { name, kind, help }
}

const fn histogram(name: &'static str, buckets: &'static [f64], help: &'static str) -> Metric {
    let kind = Kind::Histogram(buckets);
    Metric { name, kind, help }
}
