//! A metric of a CVSS vector, and the words for its values.

use cvss::Cvss;

/// A metric of a vector, such as `AV:N`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// The key, such as `AV`.
    pub key: String,
    /// The value, such as `N`.
    pub value: String,
    /// FIRST's name for the metric, such as "Attack Vector".
    pub name: &'static str,
    /// The value in words, such as "network".
    pub words: String,
}

impl Metric {
    /// Returns the metrics of a vector, each once, in the order of the
    /// specification.
    pub(super) fn all(cvss: &Cvss) -> Vec<Self> {
        // The normal form: the `cvss` crate accepts lower case and any order.
        let vector = cvss.to_string();
        let metric = |part: &str| {
            let (key, value) = part.split_once(':')?;
            let (kind, _) = cvss.metrics().find(|(kind, _)| kind.name() == key)?;
            Some(Self {
                key: key.to_owned(),
                value: value.to_owned(),
                name: kind.description(),
                words: words(key, value)?,
            })
        };
        vector.split('/').filter_map(metric).collect()
    }

    /// True for the environmental metrics of v3 and v4: the requirements and the
    /// modified metrics, which describe one user's environment.
    pub(super) fn is_environmental(&self) -> bool {
        self.key.starts_with('M') || ["CR", "IR", "AR"].contains(&self.key.as_str())
    }
}

/// Returns the words for a value, after the CVSS v3.1 and v4.0 specifications. No
/// pair of key and value has different meanings in v3 and v4.
fn words(key: &str, value: &str) -> Option<String> {
    if let Some(words) = impact(key, value) {
        return Some(words);
    }
    // A modified metric has the values of the metric that it modifies.
    let words = match (key.strip_prefix('M').unwrap_or(key), value) {
        (_, "X") => "not defined",
        ("AV", "N") => "network",
        ("AV", "A") => "adjacent network",
        ("AV", "L") => "local",
        ("AV", "P") => "physical access needed",
        ("AC", "L") => "low complexity",
        ("AC", "H") => "high complexity",
        ("AT", "N") => "no special conditions needed",
        ("AT", "P") => "special conditions needed",
        ("PR", "N") => "no login needed",
        ("PR", "L") => "login needed",
        ("PR", "H") => "administrator login needed",
        ("UI", "N") => "no user interaction needed",
        ("UI", "R") => "user interaction needed",
        ("UI", "P") => "passive user interaction needed",
        ("UI", "A") => "active user interaction needed",
        ("S", "U") => "this component only",
        ("S", "C") => "also beyond this component",
        ("E", "A") => "attacks reported",
        ("E", "P") => "proof of concept available",
        ("E", "U") => "no exploit reported",
        ("E", "F") => "functional exploit available",
        ("E", "H") => "reliable exploit available",
        ("RL", "O") => "official fix available",
        ("RL", "T") => "temporary fix available",
        ("RL", "W") => "workaround available",
        ("RL", "U") => "no remedy available",
        ("RC", "C") => "report confirmed",
        ("RC", "R") => "report reasonably confirmed",
        ("RC", "U") => "report not confirmed",
        ("CR", "L") => "low confidentiality requirement",
        ("CR", "M") => "medium confidentiality requirement",
        ("CR", "H") => "high confidentiality requirement",
        ("IR", "L") => "low integrity requirement",
        ("IR", "M") => "medium integrity requirement",
        ("IR", "H") => "high integrity requirement",
        ("AR", "L") => "low availability requirement",
        ("AR", "M") => "medium availability requirement",
        ("AR", "H") => "high availability requirement",
        ("SI" | "SA", "S") => "safety impact beyond this component",
        ("S", "N") => "negligible safety impact",
        ("S", "P") => "safety impact",
        ("AU", "N") => "not automatable",
        ("AU", "Y") => "automatable",
        ("R", "A") => "automatic recovery",
        ("R", "U") => "recovery by the user",
        ("R", "I") => "irrecoverable",
        ("V", "D") => "diffuse value",
        ("V", "C") => "concentrated value",
        ("RE", "L") => "low response effort",
        ("RE", "M") => "moderate response effort",
        ("RE", "H") => "high response effort",
        ("U", "Clear") => "provider urgency clear",
        ("U", "Green") => "provider urgency green",
        ("U", "Amber") => "provider urgency amber",
        ("U", "Red") => "provider urgency red",
        _ => return None,
    };
    Some(words.to_owned())
}

/// Returns the words for an impact metric, such as "full loss of availability".
fn impact(key: &str, value: &str) -> Option<String> {
    let amount = match value {
        "N" => "no",
        "L" => "some",
        "H" => "full",
        _ => return None,
    };
    let (property, beyond) = match key.strip_prefix('M').unwrap_or(key) {
        "C" | "VC" => ("confidentiality", ""),
        "I" | "VI" => ("integrity", ""),
        "A" | "VA" => ("availability", ""),
        "SC" => ("confidentiality", " beyond this component"),
        "SI" => ("integrity", " beyond this component"),
        "SA" => ("availability", " beyond this component"),
        _ => return None,
    };
    Some(format!("{amount} loss of {property}{beyond}"))
}

#[cfg(test)]
pub(super) mod tests {
    use crate::domain::severity::Severity;
    use std::collections::HashSet;

    pub(in super::super) const V3: &str = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:L";
    pub(in super::super) const V4: &str =
        "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N";

    /// Returns every metric and value that the `cvss` crate accepts, as (vector,
    /// key, value). All vectors of a version differ only in that metric.
    pub(in super::super) fn every_value() -> Vec<(String, String, String)> {
        let letters = ('A'..='Z').map(String::from);
        let keys: Vec<String> = letters
            .clone()
            .chain(
                letters
                    .clone()
                    .flat_map(|a| ('A'..='Z').map(move |b| format!("{a}{b}"))),
            )
            .chain(
                letters
                    .clone()
                    .flat_map(|a| ('A'..='Z').map(move |b| format!("M{a}{b}"))),
            )
            .collect();
        let colours = ["Clear", "Green", "Amber", "Red"].map(String::from);
        let values: Vec<String> = letters.chain(colours).collect();
        let mut accepted = Vec::new();
        for base in [V3, V4] {
            for key in &keys {
                for value in &values {
                    let vector = with(base, key, value);
                    if vector.parse::<cvss::Cvss>().is_ok() {
                        accepted.push((vector, key.clone(), value.clone()));
                    }
                }
            }
        }
        accepted
    }

    /// Returns the vector with one metric replaced or added.
    pub(in super::super) fn with(base: &str, key: &str, value: &str) -> String {
        let others = base
            .split('/')
            .filter(|part| part.split(':').next() != Some(key));
        let mut parts: Vec<String> = others.map(str::to_owned).collect();
        parts.push(format!("{key}:{value}"));
        parts.join("/")
    }

    #[test]
    fn every_value_has_a_name_and_words() {
        let all = every_value();
        // v3: 22 values of 8 base metrics, 14 of the temporal metrics, 12 security
        // requirements and 30 modified values.
        let v3 = 22 + 14 + 12 + 30;
        // v4: 32 of the base metrics, 4 of the threat metric, 12 security
        // requirements, 45 modified and 22 supplemental values.
        let v4 = 32 + 4 + 12 + 45 + 22;
        assert_eq!(all.len(), v3 + v4);
        let mut said = HashSet::new();
        for (vector, key, value) in all {
            let severity = Severity::parse(&vector).unwrap_or_else(|| panic!("{vector}"));
            assert_eq!(
                severity.metrics.len(),
                vector.split('/').count() - 1,
                "{vector}"
            );
            let metric = severity
                .metrics
                .into_iter()
                .find(|metric| metric.key == key);
            let metric = metric.unwrap_or_else(|| panic!("{vector}"));
            assert_eq!(metric.value, value);
            let version = severity.version;
            assert!(
                said.insert((version, metric.name, metric.words.clone())),
                "{vector}: {} is said twice",
                metric.words
            );
        }
    }

    #[test]
    fn lower_case_and_any_order_read_the_same() {
        let odd = "CVSS:3.1/a:l/av:l/ac:l/pr:l/ui:n/s:u/c:n/i:n";
        let odd = Severity::parse(odd).expect("a vector");
        let even = Severity::parse(V3).expect("a vector");
        assert_eq!(odd.metrics, even.metrics);
    }

    #[test]
    fn names_and_words() {
        let list: Vec<String> = [
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:L/A:N",
            "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:L/VA:N/SC:H/SI:L/SA:N/E:P/CR:H/MSI:S/AU:Y/U:Red",
        ]
        .iter()
        .flat_map(|vector| Severity::parse(vector).expect("a vector").metrics)
        .map(|it| format!("{}:{} {}: {}", it.key, it.value, it.name, it.words))
        .collect();
        assert_eq!(
            list,
            [
                "AV:N Attack Vector: network",
                "AC:L Attack Complexity: low complexity",
                "PR:L Privileges Required: login needed",
                "UI:R User Interaction: user interaction needed",
                "S:C Scope: also beyond this component",
                "C:H Confidentiality Impact: full loss of confidentiality",
                "I:L Integrity Impact: some loss of integrity",
                "A:N Availability Impact: no loss of availability",
                "AV:N Attack Vector: network",
                "AC:L Attack Complexity: low complexity",
                "AT:P Attack Requirements: special conditions needed",
                "PR:N Privileges Required: no login needed",
                "UI:P User Interaction: passive user interaction needed",
                "VC:H Confidentiality Impact to the Vulnerable System: full loss of confidentiality",
                "VI:L Integrity Impact to the Vulnerable System: some loss of integrity",
                "VA:N Availability Impact to the Vulnerable System: no loss of availability",
                "SC:H Confidentiality Impact to the Subsequent System: full loss of confidentiality beyond this component",
                "SI:L Integrity Impact to the Subsequent System: some loss of integrity beyond this component",
                "SA:N Availability Impact to the Subsequent System: no loss of availability beyond this component",
                "E:P Exploit Maturity: proof of concept available",
                "CR:H Confidentiality Requirements: high confidentiality requirement",
                "MSI:S Modified Integrity Impact to the Subsequent System: safety impact beyond this component",
                "AU:Y Automatable: automatable",
                "U:Red Provider Urgency: provider urgency red",
            ]
        );
    }
}
