//! Descriptions of advisories as HTML, made apart from the tab that shows them:
//! formatting takes longer than all the rest, and its result can be kept.

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
    /// Formats a text. The time that it takes is in proportion to the text's
    /// length; a text that is too long or too deeply nested for that is shown as
    /// it is written.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            html: markdown::block(text).into_string().into(),
        }
    }

    /// The text as the advisory has it.
    #[must_use]
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text as HTML.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// The formatted descriptions that [`security_tab`](crate::security_tab) needs.
///
/// A list, since a crate has few: most texts differ in length, so comparing them
/// takes less time than hashing one.
#[derive(Clone, Debug, Default)]
pub struct Descriptions(Vec<Description>);

impl Descriptions {
    /// Formats every description of an answer.
    #[must_use]
    pub fn of(data: &Data) -> Self {
        texts(data).map(Description::new).collect()
    }

    /// The text as HTML; one that is not here is shown as it is written.
    pub(crate) fn show<'a>(&'a self, text: &'a str) -> impl Render + 'a {
        let known = self.0.iter().find(|known| *known.text == *text);
        match known {
            Some(description) => Shown::Html(description.html()),
            None => Shown::AsWritten(text),
        }
    }
}

/// A text in the tab, which is copied there once.
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

/// The descriptions that the tab shows of an answer, as the advisories have them.
pub fn texts(data: &Data) -> impl Iterator<Item = &str> {
    let advisories = data.crate_.iter().flat_map(|krate| &krate.advisories);
    let texts = advisories.map(|advisory| advisory.description.as_str());
    texts.filter(|text| !text.trim().is_empty())
}
