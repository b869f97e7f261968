//! Numbers and lists, in words.

/// Returns `1 advisory`, `2 advisories`, `1,204 releases`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    let noun = if n == 1 { one } else { many };
    format!("{} {noun}", number(n))
}

/// Formats a whole number with thousands separators: `1,204`.
pub(crate) fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Joins words: `a`, `a and b`, `a, b and c`.
pub(crate) fn and<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// Capitalises the first letter: `crypto-failure` becomes `Crypto-failure`.
pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Converts a count, which GraphQL sends as a signed integer.
pub(crate) fn size(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count(0, "advisory", "advisories"), "0 advisories");
        assert_eq!(count(1, "advisory", "advisories"), "1 advisory");
        assert_eq!(count(42, "advisory", "advisories"), "42 advisories");
        assert_eq!(count(1204, "release", "releases"), "1,204 releases");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(number(100), "100");
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(and::<&str>(&[]), "");
        assert_eq!(and(&["a"]), "a");
        assert_eq!(and(&["a", "b"]), "a and b");
        assert_eq!(and(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn only_the_first_letter_changes() {
        assert_eq!(capitalised("denial-of-service"), "Denial-of-service");
        assert_eq!(capitalised(""), "");
    }
}
