//! Redacts URLs for logs and messages: a user, a password or a query may grant access.

/// Returns a URL without user, password, query and fragment, even if it cannot be
/// parsed.
#[must_use]
pub fn url(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", place(rest)),
        None => url.to_owned(),
    }
}

/// Returns a text, such as an error of a library, with each URL redacted as by
/// [`url()`].
#[must_use]
pub fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find("://") {
        let (before, url) = rest.split_at(begin + 3);
        let end = url.find(|letter: char| letter.is_whitespace() || letter == '"');
        let url = url[..end.unwrap_or(url.len())].trim_end_matches([')', ',', ':']);
        shown.push_str(before);
        shown.push_str(place(url));
        rest = &rest[before.len() + url.len()..];
    }
    shown + rest
}

/// Returns the host and the path of the text after the scheme.
fn place(url: &str) -> &str {
    let (authority, path) = url.split_at(url.find(['/', '?', '#']).unwrap_or(url.len()));
    // A password may contain any of these characters, although it should not.
    if !authority.is_empty() && path.contains('@') {
        return "…";
    }
    let url = authority.rfind('@').map_or(url, |at| &url[at + 1..]);
    url.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_left_out() {
        for (given, shown) in [
            ("https://example.org/a/b", "https://example.org/a/b"),
            ("https://hush:hush@example.org/a", "https://example.org/a"),
            ("https://hush@example.org:1", "https://example.org:1"),
            ("https://hu@sh:hu@sh@example.org/", "https://example.org/"),
            ("https://example.org/a?hush#hush", "https://example.org/a"),
            ("https://example.org?hush", "https://example.org"),
            ("https://hu:sh/hu@sh@example.org/", "https://…"),
            ("https://hu:sh?hu@example.org/", "https://…"),
            ("https://hu:s h@example.org/", "https://example.org/"),
            ("sparse+https://hush:hush@h/", "sparse+https://h/"),
            ("file:///a@b/c", "file:///a@b/c"),
            ("/a@b/c", "/a@b/c"),
        ] {
            assert_eq!(url(given), shown);
        }
    }

    #[test]
    fn every_url_of_a_text() {
        let given = "cannot load (https://hush:hush@a/b?c=hush): \"http://hush@d\" refused";
        let shown = "cannot load (https://a/b): \"http://d\" refused";
        assert_eq!(text(given), shown);
        for plain in ["", "refused", "a://b://c", "://"] {
            assert_eq!(text(plain), plain);
        }
    }
}
