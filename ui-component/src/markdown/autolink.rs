//! Links for bare web addresses, as in GitHub's Markdown.

use pulldown_cmark::{Event, TagEnd};

use super::events::link;
use crate::links;

/// Appends the text with links for its bare `http` and `https` addresses, by
/// the rules of GFM's "Autolinks (extension)". Reads every text only once.
pub(super) fn autolink(text: &str, out: &mut Vec<Event<'_>>) {
    const SCHEME: &str = "http";
    let (mut written, mut from) = (0, 0);
    while let Some(found) = text[from..].find(SCHEME) {
        let at = from + found;
        match address(&text[..at], &text[at..]) {
            Ok(url) => {
                push_text(out, &text[written..at]);
                out.push(link(url.to_owned().into()));
                push_text(out, url);
                out.push(Event::End(TagEnd::Link));
                from = at + url.len();
                written = from;
            }
            Err(length) => from = at + length,
        }
    }
    push_text(out, &text[written..]);
}

fn push_text(out: &mut Vec<Event<'_>>, text: &str) {
    if !text.is_empty() {
        out.push(Event::Text(text.to_owned().into()));
    }
}

/// Returns the address that begins here, or else the length of the text without
/// one.
fn address<'t>(before: &str, from: &'t str) -> Result<&'t str, usize> {
    let is_web = from.starts_with("http://") || from.starts_with("https://");
    if !is_web || !stands_free(before) {
        return Err("http".len());
    }
    let ends = |c: char| c != '"' && links::is_foreign(c);
    let end = from.find(ends).unwrap_or(from.len());
    match from[end..].chars().next() {
        // An address with a forbidden character is not linked in part.
        Some(c) if !c.is_whitespace() && c != '<' => Err(end + c.len_utf8()),
        _ => links::safe(trimmed(&from[..end])).ok_or(end),
    }
}

/// Returns true if an address may begin here: at the start of a word or after
/// an opening mark.
fn stands_free(before: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || "*_~(\"'[".contains(c))
}

/// Returns the address without the punctuation of the sentence around it.
fn trimmed(url: &str) -> &str {
    let opened = url.matches('(').count();
    let mut unopened = url.matches(')').count().saturating_sub(opened);
    url.trim_end_matches(|c| {
        let is_bracket_around = c == ')' && unopened > 0;
        unopened -= usize::from(is_bracket_around);
        is_bracket_around || "?!.,:;*_~'\"]".contains(c)
    })
}
