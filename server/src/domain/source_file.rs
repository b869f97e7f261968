//! The pages about an advisory's file in RustSec's advisory-db.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The web address of RustSec's advisory-db.
const REPOSITORY: &str = "https://github.com/rustsec/advisory-db";

/// The characters to encode: all but the unreserved ones (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A page about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The file itself.
    Text,
    /// The history of its changes.
    History,
    /// The form that proposes a change to it.
    Edit,
}

/// Returns the address of the page about the file at this path of the
/// advisory-db.
///
/// # Examples
/// ```
/// use server::domain::source_file::{Page, url};
///
/// assert_eq!(
///     url(Page::History, "crates/widget/RUSTSEC-2024-0001.md"),
///     "https://github.com/rustsec/advisory-db/commits/main/crates/widget/RUSTSEC-2024-0001.md",
/// );
/// ```
#[must_use]
pub fn url(page: Page, path: &str) -> String {
    let page = match page {
        Page::Text => "blob",
        Page::History => "commits",
        Page::Edit => "edit",
    };
    let mut url = format!("{REPOSITORY}/{page}/main");
    for segment in path.split('/') {
        url.push('/');
        url.extend(utf8_percent_encode(segment, RESERVED));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_about_a_file() {
        let path = "crates/openssl-src/RUSTSEC-2024-0001.md";
        for (page, expect) in [
            (Page::Text, "blob/main"),
            (Page::History, "commits/main"),
            (Page::Edit, "edit/main"),
        ] {
            let expect = format!("https://github.com/rustsec/advisory-db/{expect}/{path}");
            assert_eq!(url(page, path), expect);
        }
    }

    #[test]
    fn a_path_cannot_leave_its_place() {
        for (path, expect) in [
            ("crates/a_b~c/d.md", "crates/a_b~c/d.md"),
            ("crates/a b/100%.md", "crates/a%20b/100%25.md"),
            ("crates/a?b#c/\"d\".md", "crates/a%3Fb%23c/%22d%22.md"),
            ("crates/ä/\\.md", "crates/%C3%A4/%5C.md"),
        ] {
            assert!(
                url(Page::Edit, path).ends_with(&format!("/main/{expect}")),
                "{path}"
            );
        }
    }
}
