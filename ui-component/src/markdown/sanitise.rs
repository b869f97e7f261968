//! Reduces HTML to what a text needs.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::links::REL;

/// The elements that a text needs. There is no `img`, which would load from
/// other sites; no `id`, `class` or `style`, which could imitate the page; and
/// no headings above the card's body.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "dl",
    "dt",
    "em",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "var",
];

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .tags(HashSet::from_iter(TAGS.iter().copied()))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        // Elements that scroll must be reachable by keyboard.
        .set_tag_attribute_value("pre", "tabindex", "0")
        .set_tag_attribute_value("table", "tabindex", "0")
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some(REL));
    builder
});

/// Returns the HTML with only its text, its structure, and links to the web.
pub(super) fn sanitise(html: &str) -> String {
    without_empty_links(&BUILDER.clean(html).to_string())
}

/// Removes links without an address, which remain of links that were not let
/// through, and links without text, which nobody could see. Sanitised HTML is
/// well-formed and has no nested links, so the next `</a>` is the one that
/// belongs to a link.
fn without_empty_links(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<a ") {
        let (before, link) = rest.split_at(at);
        let start = link.find('>').map_or(link.len(), |end| end + 1);
        let (tag, after) = link.split_at(start);
        let (text, after) = after.split_once("</a>").unwrap_or((after, ""));
        out.push_str(before);
        if tag.contains(" href=") && has_text(text) {
            out.push_str(tag);
            out.push_str(text);
            out.push_str("</a>");
        } else {
            out.push_str(text);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn has_text(html: &str) -> bool {
    let outside_tags = html
        .split('<')
        .map(|part| part.rsplit('>').next().unwrap_or(part));
    outside_tags
        .flat_map(str::chars)
        .any(|c| !c.is_whitespace())
}
