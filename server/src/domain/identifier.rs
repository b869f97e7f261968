//! Identifiers of advisories in RustSec's and other databases, and the pages that
//! describe them.

/// Returns the address of the page that describes the identifier. Returns `None` for a
/// kind of identifier whose pages are not known; it is shown as text.
///
/// # Examples
/// ```
/// use server::domain::identifier;
///
/// let url = identifier::url("CVE-2018-20997");
/// assert_eq!(url.as_deref(), Some("https://nvd.nist.gov/vuln/detail/CVE-2018-20997"));
/// assert_eq!(identifier::url("TROVE-2020-005"), None);
/// ```
#[must_use]
pub fn url(id: &str) -> Option<String> {
    if id.starts_with("https://") || id.starts_with("http://") {
        return Some(id.to_owned());
    }
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    if is_numbered(id, "RUSTSEC-") {
        return rustsec_url(id);
    }
    if is_numbered(id, "CVE-") {
        return Some(format!("https://nvd.nist.gov/vuln/detail/{id}"));
    }
    if id.starts_with("GHSA-") && id.len() == "GHSA-xxxx-xxxx-xxxx".len() {
        return Some(format!("https://github.com/advisories/{id}"));
    }
    None
}

/// Returns the address of the advisory's page at rustsec.org. Returns `None` if the id
/// is not one of RustSec's, or is the placeholder for one that is not assigned yet.
///
/// # Examples
/// ```
/// use server::domain::identifier::rustsec_url;
///
/// let url = rustsec_url("RUSTSEC-2023-0024");
/// assert_eq!(url.as_deref(), Some("https://rustsec.org/advisories/RUSTSEC-2023-0024.html"));
/// assert_eq!(rustsec_url("RUSTSEC-0000-0000"), None);
/// assert_eq!(rustsec_url("CVE-2018-20997"), None);
/// ```
#[must_use]
pub fn rustsec_url(id: &str) -> Option<String> {
    (is_numbered(id, "RUSTSEC-") && !is_placeholder(id))
        .then(|| format!("https://rustsec.org/advisories/{id}.html"))
}

/// Returns true if the id is the placeholder that advisories carry until RustSec
/// numbers them.
///
/// # Examples
/// ```
/// use server::domain::identifier::is_placeholder;
///
/// assert!(is_placeholder("RUSTSEC-0000-0000"));
/// assert!(!is_placeholder("RUSTSEC-2023-0024"));
/// ```
#[must_use]
pub fn is_placeholder(id: &str) -> bool {
    id == rustsec::advisory::Id::PLACEHOLDER
}

/// Returns true for `PREFIX-YYYY-N…`: a year, then digits.
fn is_numbered(id: &str, prefix: &str) -> bool {
    let Some((year, number)) = id
        .strip_prefix(prefix)
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    year.len() == 4 && is_digits(year) && is_digits(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_kinds_link_and_others_do_not() {
        for (id, expect) in [
            (
                "CVE-2018-20997",
                Some("https://nvd.nist.gov/vuln/detail/CVE-2018-20997"),
            ),
            (
                "GHSA-6hcf-g6gr-hhcr",
                Some("https://github.com/advisories/GHSA-6hcf-g6gr-hhcr"),
            ),
            (
                "RUSTSEC-2023-0024",
                Some("https://rustsec.org/advisories/RUSTSEC-2023-0024.html"),
            ),
            ("https://example.com/a", Some("https://example.com/a")),
            ("RUSTSEC-0000-0000", None),
            ("TROVE-2020-005", None),
            ("CAN-2005-0001", None),
            ("6hcf-g6gr-hhcr", None),
            ("GHSA-6hcf-g6gr", None),
            ("PYSEC-2023-00000024", None),
            ("CVE-18-20997", None),
            ("CVE-2018-", None),
            ("CVE-2018-2099x", None),
            ("CVE-201x-20997", None),
            ("CVE-2018-1\"onclick", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(url(id).as_deref(), expect, "{id}");
        }
    }
}
