//! What the data is and how fresh it is.

use super::error::Result;
use crate::catalog::{Edition, ReadError, View};
use crate::entity::data_status::{self, Source};
use crate::entity::skipped_file;
use crate::entity::sync_attempt::{self, Problem};
use crate::sync_health::SyncHealth;
use async_graphql::{Context, Enum, Object, SimpleObject};
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

/// The fields of `DataStatus` that a check of the source changes though the data
/// stays the same. An answer with one of them is never kept.
pub const CHANGES_WITH_EVERY_CHECK: [&str; 3] = ["syncedAt", "triedAt", "problem"];

/// The origin of the data and its freshness.
#[derive(Default)]
pub(super) struct DataStatus {
    checked: OnceCell<Checked>,
}

/// The status as the last check of the source left it, and that check.
type Checked = (Option<data_status::Model>, Option<sync_attempt::Model>);

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
#[graphql(serial)]
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
    /// Another process has been using the clone of the advisory database for
    /// minutes.
    CloneInUse,
    /// The attempt was cut short.
    Interrupted,
}

/// A file that the last sync left out. What was known of it before stays.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct SkippedFile {
    /// Its path within its source.
    path: String,
    /// Why it was left out.
    reason: String,
}

impl DataStatus {
    async fn checked(&self, ctx: &Context<'_>) -> std::result::Result<&Checked, ReadError> {
        let read = || ctx.data_unchecked::<Arc<View>>().checked();
        self.checked.get_or_try_init(read).await
    }
}

fn edition<'a>(ctx: &Context<'a>) -> &'a Edition {
    ctx.data_unchecked::<Arc<View>>().edition()
}

/// What the data is and how fresh it is. Before the first sync all counts are 0
/// and `syncedAt` is null.
#[Object(serial)]
impl DataStatus {
    /// Grows by one with every sync that changed anything.
    async fn revision(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).version.revision
    }

    /// The origin of the advisories.
    async fn source(&self, ctx: &Context<'_>) -> DataSource {
        match edition(ctx).source {
            None => DataSource::None,
            Some(Source::Sample) => DataSource::Sample,
            Some(Source::Folder) => DataSource::Folder,
            Some(Source::Git) => DataSource::Git,
        }
    }

    /// The commit of the advisory database. Null when the source has none.
    async fn commit<'a>(&self, ctx: &Context<'a>) -> Option<&'a str> {
        edition(ctx).version.commit.as_deref()
    }

    /// The time of that commit, by its committer's clock. Null when the source
    /// has no commits.
    async fn committed_at(&self, ctx: &Context<'_>) -> Option<OffsetDateTime> {
        edition(ctx).committed_at
    }

    /// The time of the last good sync. It changes with every check of the source,
    /// the data does not. Null before the first sync.
    async fn synced_at(&self, ctx: &Context<'_>) -> Result<Option<OffsetDateTime>> {
        let (status, _) = self.checked(ctx).await?;
        Ok(status.as_ref().map(|status| status.synced_at))
    }

    /// Whether the last good sync is longer ago than the service is told to
    /// allow, or lies in the future, as after a clock was set back.
    async fn is_stale(&self, ctx: &Context<'_>) -> bool {
        edition(ctx).version.is_stale
    }

    /// The time of the last attempt to sync, good or not. Null before the first.
    async fn tried_at(&self, ctx: &Context<'_>) -> Result<Option<OffsetDateTime>> {
        let (_, attempt) = self.checked(ctx).await?;
        Ok(attempt.as_ref().map(|attempt| attempt.tried_at))
    }

    /// The problem of the last attempt to sync. Null when it was a good one.
    async fn problem(&self, ctx: &Context<'_>) -> Result<Option<SyncProblem>> {
        let attempt = match self.checked(ctx).await {
            Ok((_, attempt)) => attempt.as_ref(),
            Err(error) => match ctx.data_unchecked::<Arc<View>>().catalog().problem() {
                Some(problem) => return Ok(Some(SyncProblem::new(problem))),
                None => return Err(error.into()),
            },
        };
        let noted = attempt.and_then(|attempt| attempt.problem.zip(attempt.problem_since));
        // A problem that could not be written to the database.
        let problem = noted.or_else(|| ctx.data_unchecked::<SyncHealth>().problem());
        Ok(problem.map(SyncProblem::new))
    }

    /// The number of advisories, on crates and on the toolchain, withdrawn ones
    /// included.
    async fn advisories(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).advisories
    }

    /// The number of crates that an advisory names.
    async fn packages(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).packages
    }

    /// The number of published versions.
    async fn versions(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).versions
    }

    /// The files that the last sync skipped, by path.
    async fn skipped(&self, ctx: &Context<'_>) -> Result<Vec<SkippedFile>> {
        let rows = ctx.data_unchecked::<Arc<View>>().skipped().await?;
        let file = |skipped_file::Model { path, reason }| SkippedFile { path, reason };
        Ok(rows.into_iter().map(file).collect())
    }
}

impl SyncProblem {
    fn new((kind, since): (Problem, OffsetDateTime)) -> Self {
        Self {
            kind: kind.into(),
            since,
        }
    }
}
