//! What the data is and how fresh it is.

use super::error::Result;
use super::loader::{AttemptKey, RequestLoader, SkippedKey, StatusKey};
use super::{Now, StaleAfter};
use crate::entity::sync_attempt::{self, Problem};
use crate::entity::{data_status, skipped_file};
use crate::sync_health::SyncHealth;
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
    /// The advisory database's git repository.
    Git,
}

/// What has kept the data from being brought up to date. What is served
/// meanwhile is the last good revision.
#[derive(SimpleObject)]
pub(super) struct SyncProblem {
    /// What it is. The operator's log has the details.
    kind: SyncProblemKind,
    /// Since when, by the service's clock, no attempt has gone well.
    since: OffsetDateTime,
}

/// What may keep the data from being brought up to date.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Problem")]
pub(super) enum SyncProblemKind {
    /// The advisory database cannot be reached, or breaks off.
    SourceUnreachable,
    /// What was read is no advisory database, or no index.
    NotASource,
    /// Most advisories cannot be parsed.
    MostlyUnreadable,
    /// More would be removed or withdrawn at once than is plausible.
    TooMuchLost,
    /// The advisory database's commit is older than the one that is known.
    GoneBackwards,
    /// The index cannot be reached: advisories are up to date, lists of
    /// versions are not.
    IndexUnreachable,
    /// The database, or the disk that it is on, failed.
    Database,
    /// The attempt was cut short.
    Interrupted,
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
            Some(data_status::Source::Git) => DataSource::Git,
        }
    }

    /// The commit of the advisory database. Null when the source has none.
    async fn commit(&self) -> Option<&str> {
        self.0.as_ref()?.commit.as_deref()
    }

    /// When the last good sync read its sources. Null before the first one.
    async fn synced_at(&self) -> Option<OffsetDateTime> {
        Some(self.0.as_ref()?.synced_at)
    }

    /// Whether the last good sync is longer ago than the service is told to
    /// allow, or lies in the future, as after a clock was set back.
    async fn is_stale(&self, ctx: &Context<'_>) -> bool {
        let Now(now) = ctx.data_unchecked::<Now>();
        let StaleAfter(limit) = ctx.data_unchecked::<StaleAfter>();
        self.0
            .as_ref()
            .is_none_or(|status| (*now - status.synced_at).abs() > *limit)
    }

    /// When a sync was last tried, good or not. Null before the first attempt.
    async fn tried_at(&self, ctx: &Context<'_>) -> Result<Option<OffsetDateTime>> {
        let attempt = attempt(ctx).await?;
        Ok(attempt.map(|attempt| attempt.tried_at))
    }

    /// What has kept the last attempt from being a good one. Null: it was.
    async fn problem(&self, ctx: &Context<'_>) -> Result<Option<SyncProblem>> {
        let attempt = attempt(ctx).await?;
        let noted = attempt.and_then(|attempt| attempt.problem.zip(attempt.problem_since));
        // What the database could not be told.
        let health = ctx.data_unchecked::<SyncHealth>();
        let problem = noted.or_else(|| health.problem());
        Ok(problem.map(|(kind, since)| SyncProblem {
            kind: kind.into(),
            since,
        }))
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

async fn attempt(ctx: &Context<'_>) -> Result<Option<sync_attempt::Model>> {
    let loader = ctx.data_unchecked::<RequestLoader>();
    loader.load_one(AttemptKey).await
}
