//! The advisories that affect a version, counted by kind, in words.

use crate::answer::Counts;
use crate::words;

/// Names the counted kinds, such as
/// `2 vulnerabilities and 1 unsoundness advisory`.
pub(crate) fn in_words(counts: &Counts) -> String {
    let kinds = [
        (
            counts.malicious,
            "advisory about malicious code",
            "advisories about malicious code",
        ),
        (counts.vulnerabilities, "vulnerability", "vulnerabilities"),
        (
            counts.unsound,
            "unsoundness advisory",
            "unsoundness advisories",
        ),
    ];
    let kinds = kinds.into_iter().filter(|(n, ..)| *n > 0);
    let kinds: Vec<String> = kinds
        .map(|(n, one, many)| words::count(words::size(n), one, many))
        .collect();
    words::and(&kinds)
}

/// Returns true if the only counted kind is unsoundness: RustSec knows of no
/// vulnerability in this version.
pub(crate) fn is_unsound_only(counts: &Counts) -> bool {
    counts.unsound > 0 && counts.vulnerabilities == 0 && counts.malicious == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let counts = |malicious, vulnerabilities, unsound| Counts {
            malicious,
            vulnerabilities,
            unsound,
            unmaintained: 1,
        };
        for (counts, words) in [
            (counts(0, 1, 0), "1 vulnerability"),
            (
                counts(0, 2, 1),
                "2 vulnerabilities and 1 unsoundness advisory",
            ),
            (
                counts(1, 2, 3),
                "1 advisory about malicious code, 2 vulnerabilities and 3 unsoundness advisories",
            ),
        ] {
            assert_eq!(in_words(&counts), words);
        }
        assert!(is_unsound_only(&counts(0, 0, 2)));
        assert!(!is_unsound_only(&counts(0, 1, 2)));
        assert!(!is_unsound_only(&counts(1, 0, 2)));
        assert!(!is_unsound_only(&counts(0, 0, 0)));
    }
}
