//! Parses the output of `/metrics` into series.

use crate::get;
use axum::Router;
use std::collections::BTreeMap;

/// One series of a scrape.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name. The names of a histogram's series end in `_bucket`, `_sum` or `_count`.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

/// All series of a scrape.
#[derive(Clone, Debug, Default)]
pub struct Scrape(pub Vec<Series>);

impl Scrape {
    /// Scrapes the metrics of an internal door.
    ///
    /// # Panics
    /// Panics if the door does not answer with metrics.
    pub async fn of(internal_door: Router) -> Self {
        let reply = get(internal_door, "/metrics").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        Self::parse(&reply.body)
    }

    /// Parses Prometheus' text format.
    ///
    /// # Panics
    /// Panics if a line is not in that format.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let lines = text.lines();
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.map(series).collect())
    }

    /// Returns the value of a series such as `up{job="a"}`, or `None` if there is no such
    /// series.
    ///
    /// # Panics
    /// Panics if the text is not a series.
    #[must_use]
    pub fn value(&self, text: &str) -> Option<f64> {
        let wanted = series(&format!("{text} 0"));
        let is_it = |found: &&Series| found.name == wanted.name && found.labels == wanted.labels;
        self.0.iter().find(is_it).map(|found| found.value)
    }
}

/// Parses a line such as `name{label="value"} 1`. Supports only values without quotes and
/// commas, like those of this service.
fn series(line: &str) -> Series {
    let (series, value) = line.rsplit_once(' ').expect("a series and its value");
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.strip_suffix('}').expect("labels end");
    let label = |label: &str| {
        let (name, value) = label.split_once('=').expect("a label");
        (name.trim().to_owned(), value.trim_matches('"').to_owned())
    };
    Series {
        name: name.to_owned(),
        labels: labels
            .split(',')
            .filter(|label| !label.is_empty())
            .map(label)
            .collect(),
        value: value.parse().expect("a number"),
    }
}
