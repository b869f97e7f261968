//! Markdown of strangers as HTML. This is the only place in the crate that
//! makes unescaped HTML; its tests are attacks.

mod autolink;
mod sanitise;
#[cfg(test)]
mod tests;

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

use crate::links;

/// The card's own title is a level 3 heading.
const BELOW_CARD: usize = 4;

/// A whole text: CommonMark with GitHub's tables, strikethrough and links.
pub(crate) fn block(text: &str) -> Markup {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, tamed(text).into_iter());
    PreEscaped(sanitise::sanitise(&html))
}

/// One line, as a title is: emphasis and code, and everything else as text.
/// No links either, since titles stand in what is clicked to unfold a card.
pub(crate) fn inline(text: &str) -> Markup {
    // A leading full stop keeps what follows from starting a block: `# x` and
    // `1. x` are part of a title, not a heading or a list.
    let line = format!(".{}", text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut events = TextMergeStream::new(Parser::new_ext(&line, Options::ENABLE_STRIKETHROUGH));
    let mut out = String::new();
    let mut first = true;
    events.by_ref().for_each(|event| match event {
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
    });
    PreEscaped(out)
}

/// The parsed text with headings below the card's own, images as links, bare
/// addresses as links, and no link to anything but the web or a mailbox.
fn tamed(text: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut headings = Headings::default();
    let mut links = Links::default();
    let mut out = Vec::new();
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => out.push(headings.open(level)),
            Event::End(TagEnd::Heading(_)) => out.push(headings.close()),
            Event::Start(Tag::CodeBlock(kind)) => {
                links.verbatim = true;
                out.push(Event::Start(Tag::CodeBlock(kind)));
            }
            Event::End(TagEnd::CodeBlock) => {
                links.verbatim = false;
                out.push(Event::End(TagEnd::CodeBlock));
            }
            Event::Start(Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            }) => {
                out.extend(links.open(format!("mailto:{dest_url}").into()));
            }
            Event::Start(Tag::Link { dest_url, .. }) => out.extend(links.open(dest_url)),
            Event::Start(Tag::Image { dest_url, .. }) => {
                out.extend(links.open(dest_url));
                out.push(Event::Text("Image: ".into()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => out.extend(links.close()),
            Event::Text(text) if links.may_start() => out.extend(autolink::autolink(&text)),
            event => out.push(event),
        }
    }
    out
}

/// A link, to an address that was found to be safe.
fn link(url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url: url,
        title: "".into(),
        id: "".into(),
    })
}

/// Whether each open link was let through. An image in a link makes two; only
/// the outer one becomes a link, since links do not nest.
#[derive(Default)]
struct Links {
    open: Vec<bool>,
    verbatim: bool,
}

impl Links {
    fn may_start(&self) -> bool {
        !self.verbatim && self.open.is_empty()
    }

    fn open<'a>(&mut self, url: CowStr<'a>) -> Option<Event<'a>> {
        let through = links::safe(&url).is_some() && !self.open.contains(&true);
        self.open.push(through);
        through.then(|| link(url))
    }

    fn close<'a>(&mut self) -> Option<Event<'a>> {
        self.open.pop()?.then_some(Event::End(TagEnd::Link))
    }
}

/// Gives headings the level of their depth, so that none is skipped whatever
/// levels the text uses.
#[derive(Default)]
struct Headings {
    above: Vec<HeadingLevel>,
}

impl Headings {
    fn open<'a>(&mut self, level: HeadingLevel) -> Event<'a> {
        while self.above.last().is_some_and(|last| *last >= level) {
            self.above.pop();
        }
        self.above.push(level);
        Event::Start(Tag::Heading {
            level: self.level(),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })
    }

    fn close<'a>(&self) -> Event<'a> {
        Event::End(TagEnd::Heading(self.level()))
    }

    fn level(&self) -> HeadingLevel {
        let depth = self.above.len().saturating_sub(1);
        HeadingLevel::try_from(BELOW_CARD + depth).unwrap_or(HeadingLevel::H6)
    }
}
