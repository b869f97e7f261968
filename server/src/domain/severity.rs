//! CVSS vectors: the score, the word for it, and the metrics in plain language.

use rustsec::advisory::Severity as Word;
use std::str::FromStr;

/// How severe a vulnerability is by its CVSS vector. `cvss` scores it.
#[derive(Clone, Debug, PartialEq)]
pub struct Severity {
    /// The CVSS rating: None, Low, Medium, High, Critical.
    pub word: Word,
    /// 0.0 to 10.0.
    pub score: f64,
    /// The version of CVSS the vector is written in: `3.0`, `3.1` or `4.0`.
    pub version: String,
    /// The vector.
    pub vector: String,
    /// Its metrics, in the vector's order.
    pub metrics: Vec<Metric>,
}

/// One metric of a vector, such as `AV:N`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// `AV`
    pub key: String,
    /// `N`
    pub value: String,
    /// What the specification calls it: "Attack vector".
    pub name: &'static str,
    /// What it means here: "over the network".
    pub words: &'static str,
}

impl Severity {
    /// Reads a vector. `None`: it is not one of CVSS v3.0, v3.1 or v4.0.
    #[must_use]
    pub fn parse(vector: &str) -> Option<Self> {
        let cvss = cvss::Cvss::from_str(vector).ok()?;
        let mut parts = vector.split('/');
        let version = parts.next()?.strip_prefix("CVSS:")?.to_owned();
        let metrics = parts
            .filter_map(|part| {
                let (key, value) = part.split_once(':')?;
                let (name, words) = words(key, value)?;
                Some(Metric {
                    key: key.to_owned(),
                    value: value.to_owned(),
                    name,
                    words,
                })
            })
            .collect();
        Some(Self {
            word: cvss.severity(),
            score: cvss.score(),
            version,
            vector: vector.to_owned(),
            metrics,
        })
    }

    /// FIRST's calculator of the vector's own CVSS version, filled in.
    #[must_use]
    pub fn calculator_url(&self) -> String {
        let Self {
            version, vector, ..
        } = self;
        format!("https://www.first.org/cvss/calculator/{version}#{vector}")
    }
}

/// Name and meaning of a metric's value, by the CVSS v3.1 and v4.0
/// specifications. `None` for a metric that the base and threat groups lack.
fn words(key: &str, value: &str) -> Option<(&'static str, &'static str)> {
    let three = |name, none, low, high| match value {
        "N" => Some((name, none)),
        "L" => Some((name, low)),
        "H" => Some((name, high)),
        _ => None,
    };
    match key {
        "AV" => Some((
            "Attack vector",
            match value {
                "N" => "over the network",
                "A" => "from the same network",
                "L" => "from the same machine",
                "P" => "with hands on the machine",
                _ => return None,
            },
        )),
        "AC" => Some((
            "Attack complexity",
            match value {
                "L" => "easy to carry out",
                "H" => "hard to carry out",
                _ => return None,
            },
        )),
        "AT" => Some((
            "Attack requirements",
            match value {
                "N" => "works in any set-up",
                "P" => "needs a particular set-up",
                _ => return None,
            },
        )),
        "PR" => three(
            "Privileges required",
            "no login needed",
            "needs a login",
            "needs an administrator's login",
        ),
        "UI" => Some((
            "User interaction",
            match value {
                "N" => "nobody has to click",
                "R" => "somebody has to take part",
                "P" => "somebody has to use the system as usual",
                "A" => "somebody has to be led into it",
                _ => return None,
            },
        )),
        "S" => Some((
            "Scope",
            match value {
                "U" => "stays in the component",
                "C" => "reaches beyond the component",
                _ => return None,
            },
        )),
        "C" | "VC" => three(
            "Confidentiality",
            "reads nothing",
            "reads some data",
            "reads any data",
        ),
        "I" | "VI" => three(
            "Integrity",
            "changes nothing",
            "changes some data",
            "changes any data",
        ),
        "A" | "VA" => three(
            "Availability",
            "no outage",
            "slows or interrupts",
            "crashes or blocks",
        ),
        "SC" => three(
            "Confidentiality elsewhere",
            "reads nothing elsewhere",
            "reads some data elsewhere",
            "reads any data elsewhere",
        ),
        "SI" => three(
            "Integrity elsewhere",
            "changes nothing elsewhere",
            "changes some data elsewhere",
            "changes any data elsewhere",
        ),
        "SA" => three(
            "Availability elsewhere",
            "no outage elsewhere",
            "slows or interrupts elsewhere",
            "crashes or blocks elsewhere",
        ),
        "E" => Some((
            "Exploit maturity",
            match value {
                "A" => "attacks are known",
                "P" => "a proof of concept is known",
                "U" => "no attack is known",
                _ => return None,
            },
        )),
        _ => None,
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
    fn metrics_in_plain_words() {
        let severity =
            Severity::parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H").expect("vector");
        let words: Vec<_> = severity.metrics.iter().map(|metric| metric.words).collect();
        assert_eq!(
            words.join(", "),
            "over the network, easy to carry out, no login needed, nobody has to click, \
             stays in the component, reads nothing, changes nothing, crashes or blocks"
        );
    }

    #[test]
    fn what_is_no_vector() {
        for vector in [
            "",
            "CVSS:2.0/AV:N",
            "CVSS:5.0/AV:N/AC:L",
            "AV:N/AC:L",
            "CVSS:3.1/AV:X",
        ] {
            assert_eq!(Severity::parse(vector), None, "{vector}");
        }
    }
}
