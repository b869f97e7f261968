//! HTML tags in a text. Those for words within a line are let through. Any other,
//! such as the `<T>` of `Vec<T>`, is shown as text.

use crate::links;

/// The elements that a text may write as HTML. All are inline and none closes another
/// implicitly; blocks are written in Markdown.
const NAMES: &[&str] = &[
    "a", "abbr", "b", "code", "del", "em", "i", "kbd", "q", "s", "samp", "strong", "sub", "sup",
    "var",
];

/// The line break, which has no content.
pub(super) const BREAK: &str = "<br>";

/// A tag that is let through, with its HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RawTag {
    Break,
    Start { name: &'static str, html: String },
    End { name: &'static str, html: String },
}

/// Returns the tag at the beginning of this HTML, if it is let through, and its
/// length.
pub(super) fn tag(html: &str) -> Option<(RawTag, usize)> {
    let after = html.strip_prefix('<')?;
    // A tag ends before the beginning of another one, so each byte is read once.
    let end = after.find(['<', '>'])?;
    let inside = after[..end].trim_ascii_end();
    let length = after[end..].starts_with('>').then_some(end + 2)?;
    let (is_end, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let name_end = inside.find(|c: char| !c.is_ascii_alphanumeric());
    let (name, attributes) = inside.split_at(name_end.unwrap_or(inside.len()));
    let is = |known: &&&str| known.eq_ignore_ascii_case(name);
    if !attributes.is_empty() && !attributes.starts_with([' ', '\t', '\n', '\r', '/']) {
        return None;
    }
    if is(&&"br") {
        return (!is_end).then_some((RawTag::Break, length));
    }
    let name = *NAMES.iter().find(is)?;
    let tag = if is_end {
        let html = format!("</{name}>");
        attributes
            .is_empty()
            .then_some(RawTag::End { name, html })?
    } else if name == "a" {
        let html = format!("<a href=\"{}\">", href(attributes)?);
        RawTag::Start { name, html }
    } else {
        let html = format!("<{name}>");
        (!attributes.ends_with('/')).then_some(RawTag::Start { name, html })?
    };
    Some((tag, length))
}

/// Returns the address in a link's attributes, if it may be linked. An address with
/// numeric character references could decode to anything, so it is rejected.
fn href(attributes: &str) -> Option<&str> {
    let (_, value) = attributes.split_once("href=")?;
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_ascii_whitespace().next()?,
    };
    links::safe(value).filter(|url| !url.contains("&#"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_let_through() {
        for (html, expect) in [
            ("<kbd>x", Some("<kbd>")),
            ("<KBD class=\"x\">", Some("<kbd>")),
            ("</kbd >", Some("</kbd>")),
            ("<br/>", Some("<br>")),
            (
                "<a title=x href='https://example.org/?a=1&amp;b'>",
                Some("<a href=\"https://example.org/?a=1&amp;b\">"),
            ),
            (
                "<a href=https://example.org>",
                Some("<a href=\"https://example.org\">"),
            ),
            ("<a name=\"x\">", None),
            ("<a href=\"javascript:x\">", None),
            ("<a href=\"https://a.example/&#x202e;\">", None),
            ("<T>", None),
            ("<u8>", None),
            ("<b, T>", None),
            ("<b-c>", None),
            ("<b/>", None),
            ("</br>", None),
            ("</b c>", None),
            ("<b", None),
            ("<b <c>", None),
            ("<div>", None),
            ("<!-- b -->", None),
            ("<?b?>", None),
            ("<>", None),
        ] {
            let found = tag(html).map(|(tag, _)| match tag {
                RawTag::Break => BREAK.to_owned(),
                RawTag::Start { html, .. } | RawTag::End { html, .. } => html,
            });
            assert_eq!(found.as_deref(), expect, "{html}");
        }
    }
}
