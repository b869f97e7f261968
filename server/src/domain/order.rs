//! The order in which advisories are listed: what matters most first.

use super::kind::Kind;
use std::cmp::Reverse;
use time::Date;

/// The lowest score that CVSS calls "high" (CVSS v3.1 and v4.0, qualitative rating
/// scale).
const HIGH: f64 = 7.0;

/// Returns the key that sorts advisories worst first: by kind; then
/// vulnerabilities by CVSS score; then the newest first; then by id, so that the
/// order never depends on the database. Vulnerabilities without a score come after
/// those scored High or Critical and before the rest, because a missing score says
/// nothing about harm.
///
/// # Examples
/// ```
/// use server::domain::kind::Kind;
/// use server::domain::order;
/// use time::macros::date;
///
/// let day = date!(2024 - 01 - 01);
/// let key = |score| order::key(Kind::Vulnerability, score, day, "RUSTSEC-2024-0001".to_owned());
/// assert!(key(Some(7.0)) < key(None));
/// assert!(key(None) < key(Some(6.9)));
/// ```
#[must_use]
pub fn key(kind: Kind, score: Option<f64>, date: Date, id: String) -> impl Ord {
    let kind_rank = match kind {
        Kind::Malicious => 0,
        Kind::Vulnerability => 1,
        Kind::Unsound => 2,
        Kind::Unmaintained => 3,
        Kind::Notice => 4,
        Kind::Other => 5,
    };
    // Scores have one decimal, so tenths compare exactly.
    let (score_rank, tenths) = match score {
        Some(score) if score >= HIGH => (0, (score * 10.0).round() as u32),
        None => (1, 0),
        Some(score) => (2, (score * 10.0).round() as u32),
    };
    (
        kind_rank,
        score_rank,
        Reverse(tenths),
        Reverse(date),
        Reverse(id),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn worst_first() {
        let sorted = [
            (Kind::Malicious, None, date!(2020 - 01 - 01)),
            (Kind::Vulnerability, Some(9.8), date!(2018 - 01 - 01)),
            (Kind::Vulnerability, Some(7.1), date!(2018 - 01 - 01)),
            (Kind::Vulnerability, Some(7.0), date!(2024 - 01 - 01)),
            (Kind::Vulnerability, None, date!(2024 - 01 - 01)),
            (Kind::Vulnerability, None, date!(2023 - 01 - 01)),
            (Kind::Vulnerability, Some(6.9), date!(2018 - 01 - 01)),
            (Kind::Vulnerability, Some(6.8), date!(2025 - 01 - 01)),
            (Kind::Unsound, Some(9.9), date!(2025 - 01 - 01)),
            (Kind::Unmaintained, None, date!(2025 - 01 - 01)),
            (Kind::Notice, None, date!(2025 - 01 - 01)),
            (Kind::Other, None, date!(2025 - 01 - 01)),
        ];
        let keys = sorted.map(|(kind, score, date)| key(kind, score, date, "id".to_owned()));
        assert!(keys.is_sorted());
    }
}
