//! The metrics at `/metrics`, in Prometheus' format, for the operator's monitoring.

mod cache;
mod data;
mod database;
mod door;
pub mod names;
mod process;
mod recorder;
mod turns;

pub use cache::{Lookups, Size};
pub use data::DataState;
pub use door::{Door, Held, NO_ROUTE};
pub use turns::Waits;

use crate::entity::data_status;
use crate::entity::sync_attempt::Problem;
use cache::SizeGauges;
use metrics::{Gauge, Histogram};
use metrics_exporter_prometheus::BuildError;
use names::{DATABASE_UP, DATABASE_WAIT, SERVED_REVISION, START_TIME, SYNC_DURATION, SYNCS};
use recorder::Record;
use sea_orm::{ActiveEnum, Iterable};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::sleep;

/// The interval between two runs of the recorder's upkeep.
const SETTLE_EVERY: Duration = Duration::from_secs(5);

/// Updates gauges of values that report no changes themselves, such as the size of a cache.
type Reading = Box<dyn Fn() + Send + Sync>;

/// The metrics of one application. They are created first, and each part of the service takes
/// its handles from them once. Clones share the same metrics.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    record: Arc<Record>,
    tab_door: Door,
    internal_door: Door,
    readings: Mutex<Vec<Reading>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Creates the metrics for `/metrics`. `now` is reported as the start time of the
    /// process.
    ///
    /// # Errors
    /// Returns [`BuildError`] if a histogram has no buckets.
    pub fn new(now: OffsetDateTime) -> Result<Self, BuildError> {
        let metrics = Self::of(Record::new()?);
        let start = metrics.record().gauge(START_TIME, &[]);
        start.set(seconds(now.unix_timestamp()));
        Ok(metrics)
    }

    /// Creates metrics that discard all values, for a process without an internal door.
    #[must_use]
    pub fn unread() -> Self {
        Self::of(Record::Unread)
    }

    fn of(record: Record) -> Self {
        let record = Arc::new(record);
        Self(Arc::new(Inner {
            tab_door: Door::new(&record, "tab"),
            internal_door: Door::new(&record, "internal"),
            record,
            readings: Mutex::default(),
        }))
    }

    /// Returns the metrics of the tab door.
    #[must_use]
    pub fn tab_door(&self) -> Door {
        self.0.tab_door.clone()
    }

    /// Returns the metrics of the internal door.
    #[must_use]
    pub fn internal_door(&self) -> Door {
        self.0.internal_door.clone()
    }

    /// Returns the metrics of waiting for turns. `of` is the value of their `of` label:
    /// `tab`, `others` or `descriptions`.
    #[must_use]
    pub fn waits(&self, of: &'static str) -> Waits {
        Waits::new(self.record(), of)
    }

    /// Returns the counters of look-ups in a cache. Each scrape calls `size` to report the
    /// cache's size.
    #[must_use]
    pub fn cache(
        &self,
        name: &'static str,
        size: impl Fn() -> Size + Send + Sync + 'static,
    ) -> Lookups {
        let gauges = SizeGauges::new(self.record(), name);
        self.before_each_scrape(move || gauges.set(size()));
        Lookups::new(self.record(), name)
    }

    /// Returns the histogram of the time that a read takes to get a connection and begin its
    /// transaction.
    pub fn database_wait(&self) -> Histogram {
        self.record().histogram(DATABASE_WAIT, &[])
    }

    /// Returns the gauge of the data revision that this server answers from.
    pub fn served_revision(&self) -> Gauge {
        self.record().gauge(SERVED_REVISION, &[])
    }

    /// Creates the counters of syncs from this source, with the value zero. Prometheus can
    /// only compute an increase if it has seen the value before.
    pub fn expect_syncs(&self, source: data_status::Source) {
        for problem in Problem::iter().map(Some).chain([None]) {
            let labels = [
                ("outcome", &*outcome(problem)),
                ("source", &*source.to_value()),
            ];
            self.record().counter(SYNCS, &labels).increment(0);
        }
    }

    /// Records a sync attempt and its duration.
    pub fn synced(&self, source: data_status::Source, problem: Option<Problem>, took: Duration) {
        let labels = [
            ("outcome", &*outcome(problem)),
            ("source", &*source.to_value()),
        ];
        self.record().counter(SYNCS, &labels).increment(1);
        self.record().histogram(SYNC_DURATION, &labels).record(took);
    }

    /// Runs the recorder's upkeep every few seconds, until the future is dropped. The
    /// recorder keeps each duration in memory until the upkeep or a scrape adds it to its
    /// histogram, and there may be no scrapes.
    pub async fn keep(self) {
        loop {
            sleep(SETTLE_EVERY).await;
            self.record().settle();
        }
    }

    /// Returns all metrics in Prometheus' text format. `data` is `None` if the database does
    /// not answer; the metrics of the data then keep their last values.
    #[must_use]
    pub fn render(&self, data: Option<DataState>) -> String {
        let is_up = f64::from(data.is_some());
        self.record().gauge(DATABASE_UP, &[]).set(is_up);
        if let Some(data) = data {
            data.record(self);
        }
        for reading in self.readings().iter() {
            reading();
        }
        process::record(self.record());
        self.record().render()
    }

    fn record(&self) -> &Record {
        &self.0.record
    }

    fn before_each_scrape(&self, read: impl Fn() + Send + Sync + 'static) {
        self.readings().push(Box::new(read));
    }

    fn readings(&self) -> MutexGuard<'_, Vec<Reading>> {
        self.0
            .readings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn outcome(problem: Option<Problem>) -> String {
    problem.map_or_else(|| "ok".to_owned(), Problem::name)
}

#[expect(clippy::cast_precision_loss, reason = "each number fits into 52 bits")]
fn exact(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "seconds fit into 52 bits")]
fn seconds(timestamp: i64) -> f64 {
    timestamp as f64
}
