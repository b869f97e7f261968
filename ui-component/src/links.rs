//! The addresses of links that leave the page.

use maud::{Markup, Render, html};

use crate::answer::Identifier;

/// The `rel` of outbound links: they send no referrer and endorse nothing.
pub(crate) const REL: &str = "nofollow noopener noreferrer";

/// Returns the address if it may be linked: `http`, `https` or `mailto`.
///
/// Addresses come from advisories, so they are not trusted. A browser ignores tabs
/// and line ends inside a scheme, so an address with white space or control
/// characters is rejected. So are characters that change the direction of text,
/// which would display another address, and characters that are not allowed in any
/// address (WHATWG URL, "URL code points").
pub(crate) fn safe(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once(':')?;
    let clean = !url.contains(is_foreign);
    let known = if scheme.eq_ignore_ascii_case("mailto") {
        rest.contains('@')
    } else {
        let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        web && rest
            .strip_prefix("//")
            .is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '['))
    };
    (clean && known).then_some(url)
}

/// Returns true if a linked address may not contain this character.
pub(crate) fn is_foreign(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c)
}

/// Makes a link to `url`, or just the text if `url` may not be linked.
pub(crate) fn outbound(url: &str, text: impl Render) -> Markup {
    match safe(url) {
        Some(url) => html! { a href=(url) rel=(REL) { (text) } },
        None => html! { (text) },
    }
}

/// Shows an identifier in another database, linked if its page is known. `place`
/// makes it an anchor in this page.
pub(crate) fn identifier(identifier: &Identifier, place: Option<&str>) -> Markup {
    let url = identifier.url.as_deref().and_then(safe);
    html! {
        @match (url, place) {
            (Some(url), place) => a id=[place] href=(url) rel=(REL) { (identifier.id) },
            (None, Some(place)) => span id=(place) { (identifier.id) },
            (None, None) => (identifier.id),
        }
    }
}

/// Makes a link whose text is its own address, without the scheme.
pub(crate) fn address(url: &str) -> Markup {
    let shown = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .unwrap_or(url);
    outbound(url, shown.trim_end_matches('/'))
}

/// The id that RustSec's advisories share until they are numbered.
const PLACEHOLDER: &str = "RUSTSEC-0000-0000";

/// Returns the id of an advisory as an anchor in the page, if it has RustSec's own
/// form: any other id could collide with an anchor of the host page. An advisory
/// without a number has no anchor, because several may be on one page.
pub(crate) fn anchor(id: &str) -> Option<&str> {
    let number = id.strip_prefix("RUSTSEC-")?;
    let is_plain = number.chars().all(|c| c.is_ascii_digit() || c == '-');
    (is_plain && id != PLACEHOLDER).then_some(id)
}

/// Returns an alias as an anchor in the page, if it has the form of CVE's or
/// GitHub's ids.
pub(crate) fn alias_anchor(id: &str) -> Option<&str> {
    let number = id.strip_prefix("CVE-").or(id.strip_prefix("GHSA-"))?;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!number.is_empty() && number.chars().all(is_plain)).then_some(id)
}

/// Returns the kind of page at an address, if its form tells: a commit or a pull
/// request.
pub(crate) fn kind(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let mut segments = path.rsplit('/');
    let (last, before) = (segments.next()?, segments.next()?);
    let is_number = last.chars().all(|c| c.is_ascii_digit()) && !last.is_empty();
    let is_hash = last.len() >= 7 && last.chars().all(|c| c.is_ascii_hexdigit());
    match before {
        "pull" | "pulls" | "merge_requests" if is_number => Some("Pull request"),
        "commit" | "commits" if is_hash => Some("Commit"),
        _ => None,
    }
}

/// Returns the address of a crate's advisories in GitHub's advisory database.
pub(crate) fn github_advisories(krate: &str) -> String {
    let query = format!("ecosystem:rust affects:{krate}");
    format!("https://github.com/advisories?query={}", encoded(&query))
}

/// Returns the address of this tab for a version.
pub(crate) fn version(num: &str) -> String {
    format!("?version={}", encoded(num))
}

/// Returns the address of this tab that checks a requirement.
pub(crate) fn requirement(req: &str) -> String {
    format!("?req={}", encoded(req))
}

/// Returns the address that finds a function on docs.rs: its search, in the docs of
/// the version at hand. A path cannot be linked directly, because an advisory does
/// not say whether it names a function, a method or a trait.
pub(crate) fn docs_rs(krate: &str, version: Option<&str>, path: &str) -> String {
    let library = krate.replace('-', "_");
    let inside = path
        .strip_prefix(library.as_str())
        .and_then(|rest| rest.strip_prefix("::"))
        .unwrap_or(path);
    format!(
        "https://docs.rs/{}/{}/{}/?search={}",
        encoded(krate),
        encoded(version.unwrap_or("latest")),
        encoded(&library),
        encoded(inside),
    )
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_schemes_are_linked() {
        for good in [
            "https://example.org/a?b=c#d",
            "HTTP://EXAMPLE.ORG",
            "http://[::1]/",
            "mailto:security@example.org",
        ] {
            assert_eq!(safe(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            " https://example.org",
            "https:example.org",
            "https:///etc/passwd",
            "//example.org",
            "/crates/serde",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "mailto:",
            "https://example.org/\u{202e}gro.elpmaxe",
            "https://example.org/\"onclick=\"alert(1)",
            "https://example.org\\@example.com",
            "",
            "https",
        ] {
            assert_eq!(safe(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_unsafe_address_stays_text() {
        assert_eq!(outbound("javascript:x", "<x>").into_string(), "&lt;x&gt;");
        assert_eq!(
            address("https://example.org/").into_string(),
            r#"<a href="https://example.org/" rel="nofollow noopener noreferrer">example.org</a>"#
        );
    }

    #[test]
    fn functions_are_searched_in_the_docs_of_the_version() {
        assert_eq!(
            docs_rs(
                "foo-bar",
                Some("1.0.0+a"),
                "foo_bar::sql::FromSql::<Text,Sqlite>"
            ),
            "https://docs.rs/foo-bar/1.0.0%2Ba/foo_bar/?search=sql%3A%3AFromSql%3A%3A%3CText%2CSqlite%3E"
        );
        assert_eq!(
            docs_rs("foo", None, "foobar::x"),
            "https://docs.rs/foo/latest/foo/?search=foobar%3A%3Ax"
        );
    }

    #[test]
    fn only_ids_of_rustsec_are_places_in_the_page() {
        assert_eq!(anchor("RUSTSEC-2024-0357"), Some("RUSTSEC-2024-0357"));
        for id in [
            "location",
            "RUSTSEC-2024-0357\"x",
            "CVE-2024-1",
            PLACEHOLDER,
            "",
        ] {
            assert_eq!(anchor(id), None, "{id}");
        }
    }

    #[test]
    fn only_ids_of_known_databases_are_places_in_the_page() {
        for id in ["CVE-2024-12345", "GHSA-aaaa-bbbb-2345"] {
            assert_eq!(alias_anchor(id), Some(id));
        }
        for id in [
            "CVE-",
            "CVE-2024 1",
            "GHSA-\"x",
            "TROVE-2024-1",
            "host-version",
            "",
        ] {
            assert_eq!(alias_anchor(id), None, "{id}");
        }
    }

    #[test]
    fn commits_and_pull_requests_are_told_apart() {
        for (url, expect) in [
            ("https://example.org/a/b/pull/311", Some("Pull request")),
            (
                "https://example.org/a/b/pull/311#issuecomment-1",
                Some("Pull request"),
            ),
            (
                "https://example.org/a/b/-/merge_requests/7",
                Some("Pull request"),
            ),
            ("https://example.org/a/b/commit/0a1b2c3d", Some("Commit")),
            ("https://example.org/a/b/commits/main", None),
            ("https://example.org/a/b/issues/310", None),
            ("https://example.org/a/b/pull/", None),
            ("https://example.org", None),
            ("", None),
        ] {
            assert_eq!(kind(url), expect, "{url}");
        }
    }

    #[test]
    fn a_version_is_a_relative_link() {
        assert_eq!(version("1.0.0-rc.1+b"), "?version=1.0.0-rc.1%2Bb");
    }
}
