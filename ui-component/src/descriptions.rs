//! Descriptions of advisories as HTML. They are made apart from the tab, because
//! formatting takes longer than everything else and its result can be kept.

use std::sync::Arc;

use maud::Render;

use crate::{Data, markdown};

/// An advisory's description, formatted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    text: Arc<str>,
    html: Arc<str>,
}

impl Description {
    /// Formats a text. The time that it takes is proportional to the text's
    /// length. A text that is too long or too deeply nested is shown as written.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            html: markdown::block(text).into_string().into(),
        }
    }

    /// Returns the text as the advisory has it.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Returns the text as HTML.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// The formatted descriptions that [`security_tab`](crate::security_tab) needs.
///
/// They are a list, because a crate has few: most texts differ in length, so
/// comparing them takes less time than hashing one.
#[derive(Clone, Debug, Default)]
pub struct Descriptions(Vec<Description>);

impl Descriptions {
    /// Formats every description of an answer.
    #[must_use]
    pub fn of(data: &Data) -> Self {
        texts(data).map(Description::new).collect()
    }

    /// Shows the text as HTML, or as written if it is not in this list.
    pub(crate) fn show<'a>(&'a self, text: &'a str) -> impl Render + 'a {
        let known = self.0.iter().find(|known| *known.text == *text);
        match known {
            Some(description) => Shown::Html(description.html()),
            None => Shown::AsWritten(text),
        }
    }
}

/// A text in the tab, which is copied into the tab once.
enum Shown<'a> {
    Html(&'a str),
    AsWritten(&'a str),
}

impl Render for Shown<'_> {
    fn render_to(&self, buffer: &mut String) {
        match self {
            Self::Html(html) => buffer.push_str(html),
            Self::AsWritten(text) => markdown::as_written(text).render_to(buffer),
        }
    }
}

impl FromIterator<Description> for Descriptions {
    fn from_iter<I: IntoIterator<Item = Description>>(descriptions: I) -> Self {
        Self(descriptions.into_iter().collect())
    }
}

/// Returns the descriptions that the tab shows of an answer, as the advisories
/// have them.
pub fn texts(data: &Data) -> impl Iterator<Item = &str> {
    let advisories = data.crate_.iter().flat_map(|krate| &krate.advisories);
    let texts = advisories.map(|advisory| advisory.description.as_str());
    texts.filter(|text| !text.trim().is_empty())
}
