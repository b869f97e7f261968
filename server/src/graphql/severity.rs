//! The severity of an advisory.

use crate::domain::severity;
use async_graphql::{Enum, Object};

/// The severity of a vulnerability, read from its CVSS vector.
pub(super) struct Severity<'a>(pub(super) &'a severity::Severity);

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
pub(super) struct CvssMetric<'a>(&'a severity::Metric);

/// The severity of a vulnerability, read from its CVSS vector.
#[Object(serial)]
impl Severity<'_> {
    /// The rating of the score.
    async fn word(&self) -> SeverityWord {
        self.0.word.into()
    }

    /// The CVSS score, from 0.0 to 10.0.
    async fn score(&self) -> f64 {
        self.0.score
    }

    /// The CVSS version of the vector: `3.0`, `3.1` or `4.0`.
    async fn version(&self) -> &str {
        &self.0.version
    }

    /// The vector, such as `CVSS:3.1/AV:N/…`.
    async fn vector(&self) -> &str {
        &self.0.vector
    }

    /// The vector in words, such as "Network · low complexity · login needed ·
    /// full loss of confidentiality, integrity; also beyond this component".
    /// Leaves out the values that neither limit the attack nor add to its
    /// impact, except that no login is needed.
    async fn summary(&self) -> &str {
        &self.0.summary
    }

    /// The URL of FIRST's calculator for that CVSS version, with the vector
    /// filled in.
    async fn calculator_url(&self) -> String {
        self.0.calculator_url()
    }

    /// The vector's metrics, in the order of the specification.
    async fn metrics(&self) -> Vec<CvssMetric<'_>> {
        self.0.metrics.iter().map(CvssMetric).collect()
    }
}

/// A metric of a CVSS vector.
#[Object(serial)]
impl CvssMetric<'_> {
    /// The key, such as `AV`.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// The value, such as `N`.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// FIRST's name for the metric, such as "Attack Vector".
    async fn name(&self) -> &str {
        self.0.name
    }

    /// The value in words, such as "network" or "login needed".
    async fn words(&self) -> &str {
        &self.0.words
    }
}
