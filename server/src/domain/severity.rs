//! CVSS vectors: the score, its rating, and the metrics in plain words.

mod metric;
mod summary;

pub use metric::Metric;
use rustsec::advisory::Severity as Word;
use std::str::FromStr;

/// The severity of a vulnerability, parsed from its CVSS vector and scored by the
/// `cvss` crate.
#[derive(Clone, Debug, PartialEq)]
pub struct Severity {
    /// The rating of the score: None, Low, Medium, High or Critical.
    pub word: Word,
    /// The score, from 0.0 to 10.0. Of a v3 vector this is the base score, as on
    /// rustsec.org: temporal and environmental metrics do not change it.
    pub score: f64,
    /// The version of CVSS: `3.0`, `3.1` or `4.0`.
    pub version: String,
    /// The vector.
    pub vector: String,
    /// The vector in words, such as "Network · low complexity · no login needed ·
    /// full loss of availability".
    pub summary: String,
    /// The metrics, in the order of the specification.
    pub metrics: Vec<Metric>,
}

impl Severity {
    /// Reads a vector. Returns `None` unless it is one of CVSS v3.0, v3.1 or
    /// v4.0.
    ///
    /// # Examples
    /// ```
    /// use rustsec::advisory::Severity as Word;
    /// use server::domain::severity::Severity;
    ///
    /// let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    /// let severity = Severity::parse(vector).expect("a vector");
    /// assert_eq!((severity.score, severity.word), (7.5, Word::High));
    /// assert_eq!(
    ///     severity.summary,
    ///     "Network · low complexity · no login needed · full loss of availability",
    /// );
    /// ```
    #[must_use]
    pub fn parse(vector: &str) -> Option<Self> {
        let cvss = cvss::Cvss::from_str(vector).ok()?;
        let (version, _) = vector.strip_prefix("CVSS:")?.split_once('/')?;
        let metrics = Metric::all(&cvss);
        Some(Self {
            word: cvss.severity(),
            score: cvss.score(),
            version: version.to_owned(),
            vector: vector.to_owned(),
            summary: summary::of(version, &metrics),
            metrics,
        })
    }

    /// Returns the address of FIRST's calculator for the vector's CVSS version,
    /// filled in.
    ///
    /// # Examples
    /// ```
    /// use server::domain::severity::Severity;
    ///
    /// let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
    /// let severity = Severity::parse(vector).expect("a vector");
    /// let expect = format!("https://www.first.org/cvss/calculator/3.1#{vector}");
    /// assert_eq!(severity.calculator_url(), expect);
    /// ```
    #[must_use]
    pub fn calculator_url(&self) -> String {
        let Self {
            version, vector, ..
        } = self;
        format!("https://www.first.org/cvss/calculator/{version}#{vector}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_all_three_versions() {
        for (vector, version, score, word) in [
            (
                "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "3.0",
                9.8,
                Word::Critical,
            ),
            (
                "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H",
                "3.1",
                5.9,
                Word::Medium,
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N",
                "4.0",
                8.7,
                Word::High,
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:U",
                "4.0",
                6.6,
                Word::Medium,
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
                "3.1",
                0.0,
                Word::None,
            ),
            // The base score, although the temporal score is lower and the
            // environmental score is 0.
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/MC:N/MI:N/MA:N",
                "3.1",
                9.8,
                Word::Critical,
            ),
        ] {
            let severity = Severity::parse(vector).unwrap_or_else(|| panic!("{vector}"));
            assert_eq!(
                (severity.version.as_str(), severity.score, severity.word),
                (version, score, word)
            );
            assert_eq!(
                severity.metrics.len(),
                vector.split('/').count() - 1,
                "{vector}"
            );
        }
    }

    #[test]
    fn unreadable_vectors() {
        for vector in [
            "",
            "CVSS:2.0/AV:N",
            "CVSS:5.0/AV:N/AC:L",
            "AV:N/AC:L",
            "CVSS:3.1/AV:X",
            // CVSS v2, which has no prefix.
            "AV:N/AC:L/Au:N/C:N/I:N/A:C",
            // A v4 vector must have every base metric.
            "CVSS:4.0/AV:N/AC:L",
        ] {
            assert_eq!(Severity::parse(vector), None, "{vector}");
        }
    }
}
