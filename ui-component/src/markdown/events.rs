//! A text's parser events, made harmless before they are written as HTML.

use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream,
};

use super::autolink;
use super::limits::{MAX_NESTING, max_events};
use super::raw_html::{self, RawTag};
use crate::links;

/// The highest level of a text's headings. The card's own title is at level 3.
const BELOW_CARD: usize = 4;

/// Parses a text. Headings get levels below the card's own, images and bare
/// addresses become links, and links lead only to the web or to a mailbox. HTML
/// other than [emphasis and such](raw_html) is shown as text. Returns `None` if
/// the text nests too deeply or makes too many elements.
pub(super) fn tamed(text: &str) -> Option<Vec<Event<'_>>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut tamer = Tamer::default();
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        tamer.take(event);
        if tamer.open.len() > MAX_NESTING || tamer.out.len() > max_events(text) {
            return None;
        }
    }
    Some(tamer.out)
}

#[derive(Default)]
struct Tamer<'a> {
    out: Vec<Event<'a>>,
    open: Vec<Open>,
    headings: Headings,
    /// True within code, where no address is a link.
    is_code: bool,
    /// The text of the HTML block that is being read.
    html_block: String,
}

/// An element that is open.
enum Open {
    /// An element of Markdown.
    Element,
    /// A link of Markdown; true if it was let through.
    Link(bool),
    /// A tag in the text, which is shown as text until its end is found.
    Tag {
        name: &'static str,
        /// Its index in the events.
        at: usize,
        html: String,
    },
}

impl<'a> Tamer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::HtmlBlock) => self.html_block.clear(),
            Event::Html(html) => self.html_block.push_str(&html),
            Event::End(TagEnd::HtmlBlock) => self.html_block(),
            Event::InlineHtml(html) => match raw_html::tag(&html) {
                Some((tag, _)) => self.tag(&html, tag),
                None => self.out.push(Event::Text(html)),
            },
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code || self.is_in_link() => {
                self.out.push(Event::Text(text));
            }
            Event::Text(text) => autolink::autolink(&text, &mut self.out),
            event => self.out.push(event),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let tag = match tag {
            Tag::Heading { level, .. } => self.headings.open(level),
            Tag::Link {
                link_type: LinkType::Email,
                dest_url,
                ..
            } => return self.start_link(format!("mailto:{dest_url}").into()),
            Tag::Link { dest_url, .. } => return self.start_link(dest_url),
            Tag::Image { dest_url, .. } => {
                self.start_link(dest_url);
                return self.out.push(Event::Text("Image: ".into()));
            }
            tag => tag,
        };
        self.is_code |= matches!(tag, Tag::CodeBlock(_));
        self.open.push(Open::Element);
        self.out.push(Event::Start(tag));
    }

    /// Starts a link. Links do not nest: of an image in a link only the link is
    /// made, and a tag around a link stays text.
    fn start_link(&mut self, url: CowStr<'a>) {
        let is_within = self
            .open
            .iter()
            .any(|open| matches!(open, Open::Link(true)));
        let is_let_through = !is_within && links::safe(&url).is_some();
        if is_let_through {
            self.open.iter_mut().for_each(Open::forget_link);
            self.out.push(link(url));
        }
        self.open.push(Open::Link(is_let_through));
    }

    fn end(&mut self, tag: TagEnd) {
        // A tag whose end was not found stays text.
        let opened = loop {
            match self.open.pop() {
                Some(Open::Tag { .. }) => {}
                opened => break opened,
            }
        };
        let tag = match tag {
            TagEnd::Heading(_) => TagEnd::Heading(self.headings.level()),
            TagEnd::Link | TagEnd::Image if matches!(opened, Some(Open::Link(true))) => {
                TagEnd::Link
            }
            TagEnd::Link | TagEnd::Image => return,
            tag => tag,
        };
        self.is_code &= tag != TagEnd::CodeBlock;
        self.out.push(Event::End(tag));
    }

    fn is_in_link(&self) -> bool {
        let mut open = self.open.iter();
        open.any(|open| matches!(open, Open::Link(_) | Open::Tag { name: "a", .. }))
    }

    /// Handles a tag in the text, which becomes an element if it has an end or
    /// needs none.
    fn tag(&mut self, written: &str, tag: RawTag) {
        let at = self.out.len();
        self.out.push(Event::Text(written.to_owned().into()));
        match tag {
            RawTag::Break => self.out[at] = Event::InlineHtml(raw_html::BREAK.into()),
            RawTag::Start { name: "a", .. } if self.is_in_link() => {}
            RawTag::Start { .. } if self.open.len() >= MAX_NESTING => {}
            RawTag::Start { name, html } => self.open.push(Open::Tag { name, at, html }),
            RawTag::End { name, html } => {
                if let Some((start, opened)) = self.close(name) {
                    self.out[start] = Event::InlineHtml(opened.into());
                    self.out[at] = Event::InlineHtml(html.into());
                }
            }
        }
    }

    /// Closes the tag of this name within the innermost element of Markdown.
    /// Forgets the unclosed tags within it.
    fn close(&mut self, wanted: &str) -> Option<(usize, String)> {
        let tags = self.open.iter().rev();
        let place = tags
            .take_while(|open| matches!(open, Open::Tag { .. }))
            .position(|open| matches!(open, Open::Tag { name, .. } if *name == wanted))?;
        self.open.truncate(self.open.len() - place);
        match self.open.pop() {
            Some(Open::Tag { at, html, .. }) => Some((at, html)),
            _ => None,
        }
    }

    /// Ends an HTML block and emits it as a paragraph.
    fn html_block(&mut self) {
        let block = std::mem::take(&mut self.html_block);
        self.start(Tag::Paragraph);
        let mut rest = block.trim_ascii_end();
        while let Some(at) = rest.find('<') {
            let (before, from) = rest.split_at(at);
            self.html_text(before);
            let length = match raw_html::tag(from) {
                Some((tag, length)) => {
                    self.tag(&from[..length], tag);
                    length
                }
                None => {
                    self.html_text("<");
                    "<".len()
                }
            };
            rest = &from[length..];
        }
        self.html_text(rest);
        self.end(TagEnd::Paragraph);
    }

    /// Emits the text of an HTML block, in which entities are not decoded yet.
    fn html_text(&mut self, text: &str) {
        if !text.is_empty() {
            let text = text.replace('<', "&lt;").replace('>', "&gt;");
            self.out.push(Event::InlineHtml(text.into()));
        }
    }
}

impl Open {
    /// Turns the enclosing tag into text, because it contains a link of
    /// Markdown.
    fn forget_link(&mut self) {
        if let Self::Tag { name, .. } = self
            && *name == "a"
        {
            *name = "";
        }
    }
}

/// Returns the start of a link to an address that was found to be safe.
pub(super) fn link(url: CowStr<'_>) -> Event<'_> {
    Event::Start(Tag::Link {
        link_type: LinkType::Inline,
        dest_url: url,
        title: "".into(),
        id: "".into(),
    })
}

/// Gives headings the level of their depth, so that no level is skipped
/// whichever levels the text uses.
#[derive(Default)]
struct Headings {
    above: Vec<HeadingLevel>,
}

impl Headings {
    fn open<'a>(&mut self, level: HeadingLevel) -> Tag<'a> {
        while self.above.last().is_some_and(|last| *last >= level) {
            self.above.pop();
        }
        self.above.push(level);
        Tag::Heading {
            level: self.level(),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }
    }

    fn level(&self) -> HeadingLevel {
        let depth = self.above.len().saturating_sub(1);
        HeadingLevel::try_from(BELOW_CARD + depth).unwrap_or(HeadingLevel::H6)
    }
}
