//! The origin of the data and its freshness.

use super::error::Result;
use crate::catalog::{Edition, ReadError, View};
use crate::entity::data_status::{self, Source};
use crate::entity::skipped_file;
use crate::entity::sync_attempt::{self, Problem};
use crate::sync_health::SyncHealth;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

/// The fields of `DataStatus` that a check of the source changes even if the data
/// stays the same. An answer with one of them is never cached.
pub const CHANGES_WITH_EVERY_CHECK: [&str; 3] = ["syncedAt", "triedAt", "problem"];

/// The origin of the data and its freshness.
#[derive(Default)]
pub(super) struct DataStatus {
    checked: OnceCell<Checked>,
}

/// The status after the last check of the source, and that check.
type Checked = (Option<data_status::Model>, Option<sync_attempt::Model>);

/// The source of the advisories.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum DataSource {
    /// No data yet.
    None,
    /// The sample built into the service: a part of the database, with made-up
    /// texts. Not for decisions.
    Sample,
    /// A folder with the files of the advisory database.
    Folder,
    /// The advisory database's git repository.
    Git,
}

/// The problem that keeps the data from being updated. Until it is solved, the
/// service answers from the last good revision.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct SyncProblem {
    /// The kind of problem. The operator's log has the details.
    kind: SyncProblemKind,
    /// The time since which no attempt has succeeded, by the service's clock.
    since: OffsetDateTime,
}

/// The kinds of problems that keep the data from being updated.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Problem")]
pub(super) enum SyncProblemKind {
    /// The advisory database cannot be reached, or the connection was lost.
    SourceUnreachable,
    /// The source is not an advisory database, or not an index.
    NotASource,
    /// Most advisories cannot be parsed.
    MostlyUnreadable,
    /// The sync would remove or withdraw more than is plausible.
    TooMuchLost,
    /// The advisory database's commit is older than the one last synced.
    GoneBackwards,
    /// The index cannot be reached: advisories are up to date, version lists
    /// are not.
    IndexUnreachable,
    /// The service's own database or disk failed.
    Database,
    /// Another process has been using the clone of the advisory database for
    /// several minutes.
    CloneInUse,
    /// The sync was interrupted.
    Interrupted,
}

/// A file that the last sync skipped. Data read from it earlier is kept.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct SkippedFile {
    /// The path within the source.
    path: String,
    /// The reason for skipping the file.
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

/// The origin, freshness and size of the data. Before the first sync all counts
/// are 0 and `syncedAt` is null.
#[Object(serial)]
impl DataStatus {
    /// The revision of the data. Increases by one with every sync that changes
    /// something.
    async fn revision(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).version.revision.number
    }

    /// An opaque id of the revision. Two databases can have the same revision with
    /// different data, but not the same id. Null before the first sync.
    async fn revision_id(&self, ctx: &Context<'_>) -> Option<ID> {
        let id = edition(ctx).version.revision.id.as_deref();
        id.map(Into::into)
    }

    /// The source of the advisories.
    async fn source(&self, ctx: &Context<'_>) -> DataSource {
        match edition(ctx).source {
            None => DataSource::None,
            Some(Source::Sample) => DataSource::Sample,
            Some(Source::Folder) => DataSource::Folder,
            Some(Source::Git) => DataSource::Git,
        }
    }

    /// The commit of the advisory database. Null if the source has no commits.
    async fn commit<'a>(&self, ctx: &Context<'a>) -> Option<&'a str> {
        edition(ctx).version.commit.as_deref()
    }

    /// The commit's time, by the committer's clock. Null if the source has no
    /// commits.
    async fn committed_at(&self, ctx: &Context<'_>) -> Option<OffsetDateTime> {
        edition(ctx).committed_at
    }

    /// The time of the last good sync, also if it found nothing new. Null
    /// before the first sync.
    async fn synced_at(&self, ctx: &Context<'_>) -> Result<Option<OffsetDateTime>> {
        let (status, _) = self.checked(ctx).await?;
        Ok(status.as_ref().map(|status| status.synced_at))
    }

    /// True if the last good sync is older than the service allows (`--stale-
    /// after`), or lies in the future because a clock was set back.
    async fn is_stale(&self, ctx: &Context<'_>) -> bool {
        edition(ctx).version.is_stale
    }

    /// The time of the last attempt to sync, successful or not. Null before the
    /// first attempt.
    async fn tried_at(&self, ctx: &Context<'_>) -> Result<Option<OffsetDateTime>> {
        let (_, attempt) = self.checked(ctx).await?;
        Ok(attempt.as_ref().map(|attempt| attempt.tried_at))
    }

    /// The problem of the last attempt to sync. Null if it succeeded.
    async fn problem(&self, ctx: &Context<'_>) -> Result<Option<SyncProblem>> {
        let attempt = match self.checked(ctx).await {
            Ok((_, attempt)) => attempt.as_ref(),
            Err(error) => match ctx.data_unchecked::<Arc<View>>().catalog().problem() {
                Some(problem) => return Ok(Some(SyncProblem::new(problem))),
                None => return Err(error.into()),
            },
        };
        let noted = attempt.and_then(|attempt| attempt.problem.zip(attempt.problem_since));
        // Includes a problem that could not be written to the database.
        let problem = noted.or_else(|| ctx.data_unchecked::<SyncHealth>().problem());
        Ok(problem.map(SyncProblem::new))
    }

    /// The number of advisories on crates and on the toolchain, including
    /// withdrawn ones.
    async fn advisories(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).advisories
    }

    /// The number of crates with an advisory.
    async fn packages(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).packages
    }

    /// The number of published versions.
    async fn versions(&self, ctx: &Context<'_>) -> i32 {
        edition(ctx).versions
    }

    /// The files that the last sync skipped, sorted by path.
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
