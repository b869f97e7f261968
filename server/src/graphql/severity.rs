//! How severe an advisory is.

use crate::domain::severity;
use async_graphql::{Enum, SimpleObject};

/// How severe a vulnerability is by its CVSS vector.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Severity {
    /// The CVSS rating of the score.
    word: SeverityWord,
    /// The CVSS score, from 0.0 to 10.0.
    score: f64,
    /// The version of CVSS that the vector is written in: `3.0`, `3.1` or `4.0`.
    version: String,
    /// The vector, such as `CVSS:3.1/AV:N/…`.
    vector: String,
    /// FIRST's calculator for that version of CVSS, filled in.
    calculator_url: String,
    /// The vector's metrics one by one.
    metrics: Vec<CvssMetric>,
}

/// CVSS's qualitative severity rating scale.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "rustsec::advisory::Severity")]
pub(super) enum SeverityWord {
    /// A score of 0.0.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

/// A metric of a CVSS vector.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct CvssMetric {
    /// Its key, such as `AV`.
    key: String,
    /// Its value, such as `N`.
    value: String,
    /// The metric's name, such as "Attack vector".
    name: &'static str,
    /// What the value means, such as "over the network".
    words: &'static str,
}

impl From<&severity::Severity> for Severity {
    fn from(severity: &severity::Severity) -> Self {
        let metrics = severity.metrics.iter().map(|metric| CvssMetric {
            key: metric.key.clone(),
            value: metric.value.clone(),
            name: metric.name,
            words: metric.words,
        });
        Self {
            word: severity.word.into(),
            score: severity.score,
            version: severity.version.clone(),
            vector: severity.vector.clone(),
            calculator_url: severity.calculator_url(),
            metrics: metrics.collect(),
        }
    }
}
