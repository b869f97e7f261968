//! Untrusted Markdown as HTML. This is the only place in the crate that makes
//! unescaped HTML; its tests are attacks.

mod autolink;
mod events;
mod limits;
mod raw_html;
mod sanitise;
#[cfg(test)]
mod tests;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};

/// Formats a text: CommonMark with GitHub's tables, strikethrough and links. A
/// text beyond the [limits] is shown as it is written.
pub(crate) fn block(text: &str) -> Markup {
    match formatted(text) {
        Some(html) => PreEscaped(html),
        None => as_written(text),
    }
}

/// The words of a text's headings. None of a text beyond the [limits].
pub(crate) fn headings(text: &str) -> Vec<String> {
    let mut headings: Vec<String> = Vec::new();
    if !limits::may_be_parsed(text) {
        return headings;
    }
    let mut is_within = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                is_within = true;
                headings.push(String::new());
            }
            Event::End(TagEnd::Heading(_)) => is_within = false,
            Event::Text(words) | Event::Code(words) if is_within => {
                if let Some(heading) = headings.last_mut() {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    headings
}

/// Shows a text as written.
pub(crate) fn as_written(text: &str) -> Markup {
    html! { pre tabindex="0" { (text) } }
}

/// Returns the formatted text, or `None` if it is beyond the limits.
fn formatted(text: &str) -> Option<String> {
    if !limits::may_be_parsed(text) {
        return None;
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events::tamed(text)?.into_iter());
    if html.len() > limits::MAX_HTML {
        return None;
    }
    let html = sanitise::sanitise(&html);
    (html.len() <= limits::MAX_HTML).then_some(html)
}

/// Formats one line, such as a title: emphasis and code, and everything else as
/// text. Links are left out, because titles are in a summary that a click
/// unfolds.
pub(crate) fn inline(text: &str) -> Markup {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.contains(may_be_markup) {
        true => parsed_line(&line),
        false => html! { (line) },
    }
}

/// Returns true if a character may be markup. Half of all titles have no such
/// character.
fn may_be_markup(c: char) -> bool {
    c.is_control() || "\\`*_~<>[]!&".contains(c)
}

fn parsed_line(text: &str) -> Markup {
    // A leading full stop prevents the text from starting a block: `# x` and `1.
    // x` are part of a title, not a heading or a list.
    let line = format!(".{text}");
    let mut out = String::new();
    let mut first = true;
    let mut open = 0;
    for event in TextMergeStream::new(Parser::new_ext(&line, Options::ENABLE_STRIKETHROUGH)) {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            _ => {}
        }
        if open > limits::MAX_NESTING {
            return html! { (text) };
        }
        match event {
            Event::Start(Tag::Emphasis) => out.push_str("<em>"),
            Event::End(TagEnd::Emphasis) => out.push_str("</em>"),
            Event::Start(Tag::Strong) => out.push_str("<strong>"),
            Event::End(TagEnd::Strong) => out.push_str("</strong>"),
            Event::Start(Tag::Strikethrough) => out.push_str("<del>"),
            Event::End(TagEnd::Strikethrough) => out.push_str("</del>"),
            Event::Code(code) => out.push_str(&html! { code { (code.as_ref()) } }.into_string()),
            Event::Text(text) | Event::InlineHtml(text) | Event::Html(text) => {
                let text = if first {
                    text.strip_prefix('.').unwrap_or(&text)
                } else {
                    &text
                };
                first = false;
                out.push_str(&html! { (text) }.into_string());
            }
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    PreEscaped(out)
}
