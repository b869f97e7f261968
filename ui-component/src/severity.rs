//! The severity of an advisory, from its own CVSS vector.

use maud::{Markup, html};

use crate::answer::{Advisory, AdvisoryKind, Severity, SeverityWord};
use crate::links;

/// Returns CVSS's word for the score, by the bands of its specification.
pub(crate) fn word(word: &SeverityWord) -> &str {
    match word {
        SeverityWord::NONE => "None",
        SeverityWord::LOW => "Low",
        SeverityWord::MEDIUM => "Medium",
        SeverityWord::HIGH => "High",
        SeverityWord::CRITICAL => "Critical",
        SeverityWord::Other(other) => other,
    }
}

/// Returns true if an open card has a line for the severity. A vulnerability or
/// unsoundness without a score is called not scored; malicious code and other
/// kinds are never scored.
pub(crate) fn is_expected(advisory: &Advisory) -> bool {
    let scored = [AdvisoryKind::VULNERABILITY, AdvisoryKind::UNSOUND].contains(&advisory.kind);
    scored || advisory.severity.is_some()
}

/// Shows the severity in a row: `Critical 9.8`, or a dash for a vulnerability
/// without a score.
pub(crate) fn short(severity: Option<&Severity>) -> Markup {
    html! {
        @match severity {
            Some(severity) => span class="cs-severity" { (rated(severity)) },
            None => span class="cs-severity" title="not scored" {
                span aria-hidden="true" { "–" }
                span class="cs-hidden" { "not scored" }
            },
        }
    }
}

/// Shows the word and the score, such as `Critical 9.8`.
pub(crate) fn rated(severity: &Severity) -> Markup {
    html! { b { (word(&severity.word)) } " " (score(severity.score)) }
}

/// Shows the severity in the open card: the score, the vector in words, and the
/// vector itself, linked to the calculator of its own CVSS version.
pub(crate) fn long(severity: Option<&Severity>) -> Markup {
    let Some(severity) = severity else {
        return html! { "Not scored: the advisory has no CVSS vector." };
    };
    html! {
        b { (word(&severity.word)) ", " (score(severity.score)) " of 10" }
        ": " (severity.summary) br;
        span class="cs-quiet cs-small" {
            "CVSS " (severity.version) ": "
            (links::outbound(&severity.calculator_url, html! { code { (severity.vector) } }))
        }
    }
}

fn score(score: f64) -> String {
    format!("{score:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unscored_advisory_says_so() {
        assert!(short(None).into_string().contains("not scored"));
    }

    #[test]
    fn a_score_keeps_its_decimal() {
        assert_eq!(score(9.0), "9.0");
        assert_eq!(score(5.35), "5.3");
    }
}
