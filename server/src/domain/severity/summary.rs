//! A CVSS vector as one line of words.

use super::Metric;

/// Values that are left out, because they neither limit the attack nor add to
/// its impact. `PR:N` is such a value too, but is always included.
const UNSAID: [(&str, &str); 2] = [("AT", "N"), ("UI", "N")];

/// The keys that describe the attack, in the order of the line.
const ATTACK: [&str; 5] = ["AV", "AC", "AT", "PR", "UI"];

/// The keys of the impact on the vulnerable component (v3, v4), then of the
/// impact on others (v4), in the order confidentiality, integrity, availability.
const HERE: [[&str; 2]; 3] = [["C", "VC"], ["I", "VI"], ["A", "VA"]];
const BEYOND: [[&str; 1]; 3] = [["SC"], ["SI"], ["SA"]];

/// Describes a vector: how the attack works, its impact, then the threat and
/// the other optional metrics that the vector defines. The line describes what
/// the score rates. In v4 a modified metric therefore replaces the one that it
/// modifies; in v3 environmental metrics are left out.
pub(super) fn of(version: &str, metrics: &[Metric]) -> String {
    let is_scored = |it: &&Metric| version.starts_with('4') || !it.is_environmental();
    let metrics: Vec<Metric> = metrics.iter().filter(is_scored).cloned().collect();
    let metrics = metrics.as_slice();
    let attack = ATTACK.iter().filter_map(|key| effective(metrics, key));
    let attack = attack.filter(|it| !UNSAID.contains(&(base(it), &it.value)));
    let attack = attack.map(|metric| metric.words.clone());
    let others = metrics.iter().filter(|it| it.value != "X" && !is_said(it));
    let others = others.map(|metric| metric.words.clone());
    let line: Vec<String> = attack.chain([impact(metrics)]).chain(others).collect();
    capitalised(&line.join(" · "))
}

/// Returns the impact, such as "full loss of confidentiality; some loss of
/// integrity, availability; also beyond this component".
fn impact(metrics: &[Metric]) -> String {
    let mut here = losses(metrics, &HERE);
    let beyond = losses(metrics, &BEYOND);
    let is_changed = effective(metrics, "S").is_some_and(|scope| scope.value == "C");
    match (here.is_empty(), beyond.is_empty()) {
        (true, true) => here.push("no impact".to_owned()),
        (true, false) => here.push(format!("only beyond this component: {}", beyond.join("; "))),
        (false, true) if !is_changed => {}
        (false, false) if here != beyond => {
            here.push(format!("beyond this component: {}", beyond.join("; ")));
        }
        (false, _) => here.push("also beyond this component".to_owned()),
    }
    here.join("; ")
}

/// Lists the losses, equal amounts together, the worst first.
fn losses<const N: usize>(metrics: &[Metric], keys: &[[&str; N]; 3]) -> Vec<String> {
    let values = keys.map(|keys| {
        let metric = keys.iter().find_map(|key| effective(metrics, key));
        metric.map_or("N", |metric| &metric.value)
    });
    let of = |amount| {
        let properties = ["confidentiality", "integrity", "availability"];
        let lost = properties.into_iter().zip(values);
        let lost = lost.filter(|(_, value)| *value == amount);
        let lost: Vec<&str> = lost.map(|(property, _)| property).collect();
        (!lost.is_empty()).then(|| lost.join(", "))
    };
    let safety = of("S").map(|_| "safety impact".to_owned());
    let full = of("H").map(|lost| format!("full loss of {lost}"));
    let some = of("L").map(|lost| format!("some loss of {lost}"));
    [safety, full, some].into_iter().flatten().collect()
}

/// Returns the metric that counts in the score: the modified one if it is
/// defined.
fn effective<'a>(metrics: &'a [Metric], key: &str) -> Option<&'a Metric> {
    let modified = |it: &&Metric| it.key.strip_prefix('M') == Some(key) && it.value != "X";
    let modified = metrics.iter().find(modified);
    modified.or_else(|| metrics.iter().find(|it| it.key == key))
}

/// Returns true if the metric is part of the attack or of the impact. `S` is
/// Scope in v3 and Safety in v4; only Scope has the values `U` and `C`.
fn is_said(metric: &Metric) -> bool {
    let key = base(metric);
    ATTACK.contains(&key)
        || HERE
            .iter()
            .flatten()
            .chain(BEYOND.iter().flatten())
            .any(|it| *it == key)
        || (key == "S" && ["U", "C"].contains(&metric.value.as_str()))
}

/// Returns the key without the `M` of a modified metric.
fn base(metric: &Metric) -> &str {
    metric.key.strip_prefix('M').unwrap_or(&metric.key)
}

fn capitalised(line: &str) -> String {
    let mut chars = line.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Severity;
    use super::super::metric::tests::{V3, V4, every_value};

    fn summary(vector: &str) -> String {
        let severity = Severity::parse(vector).unwrap_or_else(|| panic!("{vector}"));
        severity.summary
    }

    /// True if the value leaves the line of `V3` or `V4` as it is: it is not
    /// defined, it is the value that `V3` or `V4` has, or it is an environmental
    /// metric of v3.
    fn is_silent(vector: &str, key: &str, value: &str) -> bool {
        let base = if vector.starts_with("CVSS:3") { V3 } else { V4 };
        let unmodified = format!("{}:{value}", key.strip_prefix('M').unwrap_or(key));
        let is_environmental = key.starts_with('M') || ["CR", "IR", "AR"].contains(&key);
        value == "X"
            || base.split('/').any(|part| part == unmodified)
            || (base == V3 && is_environmental)
    }

    #[test]
    fn every_other_value_changes_the_line() {
        for (vector, key, value) in every_value() {
            let base = if vector.starts_with("CVSS:3") { V3 } else { V4 };
            let is_same = summary(&vector) == summary(base);
            assert_eq!(is_same, is_silent(&vector, &key, &value), "{vector}");
        }
    }

    #[test]
    fn vectors_in_words() {
        for (vector, words) in [
            (
                "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H",
                "Network · low complexity · login needed · full loss of confidentiality, integrity, \
                 availability; also beyond this component",
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
                "Network · low complexity · no login needed · full loss of availability",
            ),
            (
                "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:L",
                "Local · high complexity · administrator login needed · user interaction needed · \
                 some loss of confidentiality, availability",
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
                "Network · low complexity · no login needed · user interaction needed · some loss \
                 of confidentiality, integrity; also beyond this component",
            ),
            (
                "CVSS:3.1/AV:A/AC:H/PR:N/UI:N/S:U/C:H/I:L/A:L",
                "Adjacent network · high complexity · no login needed · full loss of \
                 confidentiality; some loss of integrity, availability",
            ),
            (
                "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
                "Physical access needed · low complexity · no login needed · full loss of \
                 confidentiality",
            ),
            // A changed scope adds nothing where there is no impact.
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N",
                "Network · low complexity · no login needed · no impact",
            ),
            // RustSec's parser accepts a v3 vector with metrics missing.
            ("CVSS:3.1/AV:N", "Network · no impact"),
            ("CVSS:3.1/UI:N", "No impact"),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N/E:X",
                "Network · low complexity · no login needed · full loss of availability",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A",
                "Network · low complexity · special conditions needed · no login needed · passive \
                 user interaction needed · full loss of confidentiality, integrity, availability; \
                 also beyond this component · attacks reported",
            ),
            (
                "CVSS:4.0/AV:L/AC:H/AT:P/PR:L/UI:A/VC:H/VI:L/VA:N/SC:L/SI:N/SA:N/E:P",
                "Local · high complexity · special conditions needed · login needed · active user \
                 interaction needed · full loss of confidentiality; some loss of integrity; beyond \
                 this component: some loss of confidentiality · proof of concept available",
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:H/SI:L/SA:N/E:U",
                "Network · low complexity · no login needed · only beyond this component: full \
                 loss of confidentiality; some loss of integrity · no exploit reported",
            ),
            // Modified metrics replace those that they modify.
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N\
                 /MAV:L/MAC:X/MVC:N/MSI:S/MSA:L",
                "Local · low complexity · no login needed · full loss of integrity, availability; \
                 beyond this component: safety impact; some loss of availability",
            ),
            // Not in v3, where they do not change the score.
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/MAV:L/MS:C/MI:H/CR:L/E:F/RL:O/RC:C",
                "Network · low complexity · no login needed · full loss of confidentiality · \
                 functional exploit available · official fix available · report confirmed",
            ),
            // Security requirements and supplemental metrics.
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N\
                 /CR:H/IR:X/AR:L/S:P/AU:Y/R:U/V:D/RE:L/U:Amber",
                "Network · low complexity · no login needed · full loss of confidentiality · high \
                 confidentiality requirement · low availability requirement · safety impact · \
                 automatable · recovery by the user · diffuse value · low response effort · \
                 provider urgency amber",
            ),
        ] {
            assert_eq!(summary(vector), words, "{vector}");
        }
    }
}
