//! What the data is and how fresh it is.

use super::error::Result;
use super::loader::{RequestLoader, SkippedKey, StatusKey};
use super::{Now, StaleAfter};
use crate::entity::{data_status, skipped_file};
use async_graphql::{Context, Enum, Object, SimpleObject};
use time::OffsetDateTime;

/// What the data is and how fresh it is; none of it before the first sync.
pub(super) struct DataStatus(Option<data_status::Model>);

/// Where the advisories come from.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum DataSource {
    /// Nothing was read yet.
    None,
    /// The sample that the service carries: a part of the database, with texts
    /// made for it. Nothing to decide by.
    Sample,
    /// A folder with the advisory database's files.
    Folder,
}

/// A file that the last sync left out. What was known of it before stays.
#[derive(SimpleObject)]
pub(super) struct SkippedFile {
    /// Its path within its source.
    path: String,
    /// Why it was left out.
    reason: String,
}

impl DataStatus {
    pub(super) async fn load(ctx: &Context<'_>) -> Result<Self> {
        let loader = ctx.data_unchecked::<RequestLoader>();
        Ok(Self(loader.load_one(StatusKey).await?))
    }

    fn count(&self, of: impl Fn(&data_status::Model) -> i32) -> i32 {
        self.0.as_ref().map_or(0, of)
    }
}

/// What the data is and how fresh it is. Before the first sync all counts are 0
/// and `syncedAt` is null.
#[Object]
impl DataStatus {
    /// Grows by one with every sync that changed anything.
    async fn revision(&self) -> i32 {
        self.count(|status| status.revision)
    }

    /// Where the advisories come from.
    async fn source(&self) -> DataSource {
        match self.0.as_ref().map(|status| status.source) {
            None => DataSource::None,
            Some(data_status::Source::Sample) => DataSource::Sample,
            Some(data_status::Source::Folder) => DataSource::Folder,
        }
    }

    /// The commit of the advisory database. Null when the source has none.
    async fn commit(&self) -> Option<&str> {
        self.0.as_ref()?.commit.as_deref()
    }

    /// When the last good sync ended.
    async fn synced_at(&self) -> Option<OffsetDateTime> {
        Some(self.0.as_ref()?.synced_at)
    }

    /// Whether the last good sync is longer ago than the service is told to allow.
    async fn is_stale(&self, ctx: &Context<'_>) -> bool {
        let Now(now) = ctx.data_unchecked::<Now>();
        let StaleAfter(limit) = ctx.data_unchecked::<StaleAfter>();
        self.0
            .as_ref()
            .is_none_or(|status| *now - status.synced_at > *limit)
    }

    /// How many advisories are known, on crates and on the toolchain, withdrawn
    /// ones included.
    async fn advisories(&self) -> i32 {
        self.count(|status| status.advisories)
    }

    /// How many crates an advisory names.
    async fn packages(&self) -> i32 {
        self.count(|status| status.packages)
    }

    /// How many published versions are known.
    async fn versions(&self) -> i32 {
        self.count(|status| status.versions)
    }

    /// The files that the last sync left out, by path.
    async fn skipped(&self, ctx: &Context<'_>) -> Result<Vec<SkippedFile>> {
        let loader = ctx.data_unchecked::<RequestLoader>();
        let rows = loader.load_one(SkippedKey).await?.unwrap_or_default();
        let file = |skipped_file::Model { path, reason }| SkippedFile { path, reason };
        Ok(rows.into_iter().map(file).collect())
    }
}
