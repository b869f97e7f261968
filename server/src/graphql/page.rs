//! Pages of versions, by the GraphQL Cursor Connections Specification (Relay).

use super::MaxPage;
use super::error::{Error, Result};
use super::version::Version;
use crate::catalog::Dossier;
use crate::domain::version;
use async_graphql::{Context, Object, SimpleObject};
use std::ops::Range;
use std::sync::Arc;

/// The size of a page if neither `first` nor `last` is given.
pub const DEFAULT_PAGE: u64 = 100;

/// The four arguments of a Relay connection.
#[derive(Debug, Default)]
pub(super) struct PageArgs {
    pub(super) first: Option<i32>,
    pub(super) after: Option<String>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
}

impl PageArgs {
    /// Returns the requested part of a list of `count` items. `find` returns
    /// the position of a cursor.
    fn slice(
        &self,
        count: usize,
        find: impl Fn(&str) -> Option<usize>,
        MaxPage(max): MaxPage,
    ) -> Result<Range<usize>> {
        let size = |asked| size(asked, max);
        let position =
            |cursor: &String| find(cursor).ok_or_else(|| Error::BadCursor(cursor.clone()));
        let start = match &self.after {
            Some(cursor) => position(cursor)? + 1,
            None => 0,
        };
        let end = match &self.before {
            Some(cursor) => position(cursor)?.max(start),
            None => count,
        };
        match (size(self.first)?, size(self.last)?) {
            (Some(_), Some(_)) => Err(Error::BadPage("`first` and `last` cannot be combined")),
            (Some(first), None) => Ok(start..end.min(start + first)),
            (None, Some(last)) => Ok(start.max(end.saturating_sub(last))..end),
            (None, None) => Ok(start..end.min(start + size_of_page(DEFAULT_PAGE))),
        }
    }
}

fn size(asked: Option<i32>, max: u32) -> Result<Option<usize>> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    match u32::try_from(asked) {
        Err(_) => Err(Error::BadPage("`first` and `last` cannot be negative")),
        Ok(size) if size > max => Err(Error::PageTooLarge(max)),
        Ok(size) => Ok(usize::try_from(size).ok()),
    }
}

fn size_of_page(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

/// A list of a crate's versions, newest first.
pub(super) enum List {
    /// All versions.
    All,
    /// The versions with these indexes.
    Some(Arc<[usize]>),
}

/// A page of a crate's versions, newest first.
pub(super) struct VersionConnection {
    dossier: Arc<Dossier>,
    list: List,
    page: Range<usize>,
}

impl VersionConnection {
    pub(super) fn new(
        ctx: &Context<'_>,
        dossier: Arc<Dossier>,
        list: List,
        args: &PageArgs,
    ) -> Result<Self> {
        let mut connection = Self {
            dossier,
            list,
            page: 0..0,
        };
        let find = |cursor: &str| connection.find(cursor);
        let max = *ctx.data_unchecked::<MaxPage>();
        connection.page = args.slice(connection.count(), find, max)?;
        Ok(connection)
    }

    fn count(&self) -> usize {
        match &self.list {
            List::All => self.dossier.versions.len(),
            List::Some(indexes) => indexes.len(),
        }
    }

    fn index(&self, position: usize) -> usize {
        match &self.list {
            List::All => position,
            List::Some(indexes) => indexes[position],
        }
    }

    fn version(&self, position: usize) -> Version {
        Version::published(&self.dossier, self.index(position))
    }

    /// Returns the version's number, which identifies it within its crate even
    /// after a sync.
    fn cursor(&self, position: usize) -> String {
        self.dossier.versions[self.index(position)].num.clone()
    }

    fn find(&self, cursor: &str) -> Option<usize> {
        let index = self.dossier.position(&version::parse(cursor)?)?;
        match &self.list {
            List::All => Some(index),
            List::Some(indexes) => indexes.binary_search(&index).ok(),
        }
    }
}

/// A page of published versions, newest first by SemVer precedence.
#[Object(serial)]
impl VersionConnection {
    /// The number of versions in the whole list.
    async fn total_count(&self) -> usize {
        self.count()
    }

    /// The position of the page in the list.
    async fn page_info(&self) -> PageInfo {
        let ends = (!self.page.is_empty()).then(|| (self.page.start, self.page.end - 1));
        PageInfo {
            has_previous_page: self.page.start > 0,
            has_next_page: self.page.end < self.count(),
            start_cursor: ends.map(|(start, _)| self.cursor(start)),
            end_cursor: ends.map(|(_, end)| self.cursor(end)),
        }
    }

    /// The versions on this page, each with its cursor.
    async fn edges(&self) -> Vec<VersionEdge> {
        let edge = |position| VersionEdge {
            cursor: self.cursor(position),
            node: self.version(position),
        };
        self.page.clone().map(edge).collect()
    }

    /// The versions on this page.
    async fn nodes(&self) -> Vec<Version> {
        self.page
            .clone()
            .map(|position| self.version(position))
            .collect()
    }
}

/// A version on a page.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct VersionEdge {
    /// The cursor of the version, for `after` and `before`.
    cursor: String,
    /// The version.
    node: Version,
}

/// The position of a page in its list.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct PageInfo {
    /// True if newer versions come before this page.
    has_previous_page: bool,
    /// True if older versions come after this page.
    has_next_page: bool,
    /// The cursor of the first version on this page. Null if the page is empty.
    start_cursor: Option<String>,
    /// The cursor of the last version on this page. Null if the page is empty.
    end_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(args: PageArgs) -> Result<Range<usize>> {
        let cursors = ["3.0.0", "2.0.0", "1.0.0"];
        let find = |cursor: &str| cursors.iter().position(|given| *given == cursor);
        args.slice(cursors.len(), find, MaxPage(1000))
    }

    #[test]
    fn pages_of_three() {
        let after = Some("3.0.0".to_owned());
        let before = Some("1.0.0".to_owned());
        for (args, expect) in [
            (PageArgs::default(), 0..3),
            (
                PageArgs {
                    first: Some(2),
                    ..PageArgs::default()
                },
                0..2,
            ),
            (
                PageArgs {
                    first: Some(0),
                    ..PageArgs::default()
                },
                0..0,
            ),
            (
                PageArgs {
                    last: Some(2),
                    ..PageArgs::default()
                },
                1..3,
            ),
            (
                PageArgs {
                    after: after.clone(),
                    ..PageArgs::default()
                },
                1..3,
            ),
            (
                PageArgs {
                    after: after.clone(),
                    first: Some(1),
                    ..PageArgs::default()
                },
                1..2,
            ),
            (
                PageArgs {
                    before: before.clone(),
                    last: Some(1),
                    ..PageArgs::default()
                },
                1..2,
            ),
            (
                PageArgs {
                    after: before,
                    before: after,
                    ..PageArgs::default()
                },
                3..3,
            ),
        ] {
            assert_eq!(slice(args), Ok(expect));
        }
    }

    #[test]
    fn pages_that_cannot_be() {
        for args in [
            PageArgs {
                first: Some(-1),
                ..PageArgs::default()
            },
            PageArgs {
                first: Some(1),
                last: Some(1),
                ..PageArgs::default()
            },
        ] {
            assert!(matches!(slice(args), Err(Error::BadPage(_))));
        }
        let args = PageArgs {
            last: Some(1001),
            ..PageArgs::default()
        };
        assert_eq!(slice(args), Err(Error::PageTooLarge(1000)));
        let args = PageArgs {
            after: Some("\0".to_owned()),
            ..PageArgs::default()
        };
        assert_eq!(slice(args), Err(Error::BadCursor("\0".to_owned())));
    }
}
