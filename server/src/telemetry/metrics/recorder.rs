//! The recorder, which holds the values of all metrics.

use super::names::{self, Kind, Metric};
use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, NoopRecorder, Recorder};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

/// The metadata that the `metrics` crate requires for filters. Our recorder does not filter.
const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// The recorder of one application. It does not use the global recorder of the `metrics`
/// crate, because tests run several applications in one process and must not mix their
/// values.
pub(super) enum Record {
    /// Keeps all values for `/metrics`.
    Read(Box<PrometheusRecorder>, PrometheusHandle),
    /// Discards all values, because the process has no `/metrics`.
    Unread,
}

/// The labels of a series: names and values.
type Labels<'a> = &'a [(&'static str, &'a str)];

impl Record {
    /// Creates a recorder with the descriptions and buckets of all metrics.
    ///
    /// # Errors
    /// Returns [`BuildError`] if a histogram has no buckets.
    pub(super) fn new() -> Result<Self, BuildError> {
        let mut builder = PrometheusBuilder::new();
        for metric in names::ALL {
            if let Kind::Histogram(buckets) = metric.kind {
                let name = Matcher::Full(metric.name.to_owned());
                builder = builder.set_buckets_for_metric(name, buckets)?;
            }
        }
        let recorder = builder.build_recorder();
        for metric in names::ALL {
            metric.describe(&recorder);
        }
        let handle = recorder.handle();
        Ok(Self::Read(Box::new(recorder), handle))
    }

    pub(super) fn counter(&self, metric: Metric, labels: Labels<'_>) -> Counter {
        self.as_recorder()
            .register_counter(&key(metric, labels), &METADATA)
    }

    pub(super) fn gauge(&self, metric: Metric, labels: Labels<'_>) -> Gauge {
        self.as_recorder()
            .register_gauge(&key(metric, labels), &METADATA)
    }

    pub(super) fn histogram(&self, metric: Metric, labels: Labels<'_>) -> Histogram {
        self.as_recorder()
            .register_histogram(&key(metric, labels), &METADATA)
    }

    fn as_recorder(&self) -> &dyn Recorder {
        match self {
            Self::Read(recorder, _) => &**recorder,
            Self::Unread => &NoopRecorder,
        }
    }

    /// Runs the recorder's upkeep: adds the durations recorded since the last call to their
    /// histograms, and frees their memory.
    pub(super) fn settle(&self) {
        if let Self::Read(_, handle) = self {
            handle.run_upkeep();
        }
    }

    /// Returns all metrics in Prometheus' text format.
    pub(super) fn render(&self) -> String {
        match self {
            Self::Read(_, handle) => handle.render(),
            Self::Unread => String::new(),
        }
    }
}

fn key(metric: Metric, labels: Labels<'_>) -> Key {
    let labels = labels.iter();
    let labels = labels.map(|(name, value)| Label::new(*name, (*value).to_owned()));
    Key::from_parts(metric.name, labels.collect::<Vec<_>>())
}
