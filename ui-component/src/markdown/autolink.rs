//! Bare web addresses as links, as GitHub's Markdown has them.

use pulldown_cmark::{Event, TagEnd};

use super::link;
use crate::links;

/// The text with its bare `http` and `https` addresses made links, by the rules
/// of GFM's "Autolinks (extension)".
pub(super) fn autolink<'a>(text: &str) -> Vec<Event<'a>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, url, after)) = next_address(rest) {
        push_text(&mut out, before);
        out.push(link(url.to_owned().into()));
        push_text(&mut out, url);
        out.push(Event::End(TagEnd::Link));
        rest = after;
    }
    push_text(&mut out, rest);
    out
}

fn push_text(out: &mut Vec<Event<'_>>, text: &str) {
    if !text.is_empty() {
        out.push(Event::Text(text.to_owned().into()));
    }
}

/// The text before the first address, the address, and the text after it.
fn next_address(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.match_indices("http").map(|(at, _)| at);
    starts
        .filter(|at| stands_free(&text[..*at]))
        .find_map(|at| {
            let (before, from) = text.split_at(at);
            let end = from
                .find(|c: char| c.is_whitespace() || c == '<')
                .unwrap_or(from.len());
            let (url, after) = from.split_at(trimmed(&from[..end]));
            links::safe(url).map(|url| (before, url, after))
        })
}

/// An address starts a word, or follows an opening mark.
fn stands_free(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || "*_~(\"'[".contains(c))
}

/// Length of the address without the punctuation of the sentence around it.
fn trimmed(url: &str) -> usize {
    let mut url = url;
    loop {
        let shorter = match url.chars().next_back() {
            Some('?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"' | ']') => true,
            Some(')') => url.matches(')').count() > url.matches('(').count(),
            _ => false,
        };
        if !shorter {
            return url.len();
        }
        url = &url[..url.len() - 1];
    }
}
