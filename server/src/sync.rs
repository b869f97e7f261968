//! Turns the sources into rows. The only module that writes them.
//!
//! A sync reads, compares with the database, and writes the difference in one
//! transaction. It can be killed at any moment, and a second run on the same input
//! changes nothing.

mod apply;
mod attempt;
mod first;
mod follow;
mod leader;
mod parse;
mod plan;
mod report;
mod source;

pub use first::{holds_data, holds_real_data, run_first};
pub use plan::guard::Guard;
pub use report::{Changes, Names, Report, SkipReason, Skipped};
pub use source::git::Git;
pub(crate) use source::sources::FETCH;
pub use source::sources::{AdvisoryDb, Index, NotAnAdvisoryDb, Sources};
pub use source::sparse::{NotAnIndex, Sparse};

use crate::clock::rfc3339;
use crate::entity::data_status;
use crate::entity::sync_attempt::Problem;
use follow::Sync;
use parse::{advisory_file, index_file};
use plan::known::Known;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;
use tracing::{Instrument, debug_span};

/// The reason why a sync ended without a change. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The advisory-db's repository cannot be reached, or the connection breaks.
    #[error(
        "cannot fetch the advisory-db from {0}; check the address and the network, or give \
         --advisory-db a folder"
    )]
    Unreachable(String),
    /// The advisory-db has no folder `crates`, or it cannot be listed.
    #[error(
        "{0} is not a readable advisory-db: expected a folder `crates` with advisories, as in a \
         clone of RustSec's repository"
    )]
    NotAnAdvisoryDb(String),
    /// The advisory-db has more files than any real one.
    #[error("the advisory-db has more than {} files", advisory_file::MAX_FILES)]
    TooManyFiles,
    /// Most files of the advisory-db were skipped: more likely a fault of ours or of the
    /// source than of each file.
    #[error("{unreadable} of {of} files in the advisory-db are not readable advisories")]
    MostlyUnreadable {
        /// The number of skipped files.
        unreadable: usize,
        /// The number of all files.
        of: usize,
    },
    /// More would be removed at once than is plausible.
    #[error(
        "{lost} of {of} {what} would be removed or withdrawn, more than --max-loss allows; \
         `sync --force` accepts it"
    )]
    TooMuchLost {
        /// The kind of data that would be removed.
        what: Lost,
        /// The number of items that would be removed.
        lost: usize,
        /// The number of known items.
        of: usize,
    },
    /// The advisory-db's commit is older than the one last synced.
    #[error(
        "the advisory-db's newest commit ({}) is older than the one last synced ({}); \
         `sync --force` accepts it",
        rfc3339(*.now),
        rfc3339(*.last)
    )]
    GoneBackwards {
        /// The commit's time.
        now: OffsetDateTime,
        /// The time of the commit last synced.
        last: OffsetDateTime,
    },
    /// The index cannot be read.
    #[error("cannot read the index {0}; check --index")]
    NotAnIndex(String),
    /// An index over HTTP cannot be listed.
    #[error("--all-crates requires --index to be a folder")]
    NotListable,
    /// The disk failed: it is full, or cannot be written.
    #[error("cannot write the clone of the advisory-db: {0}")]
    Disk(#[from] std::io::Error),
    /// The database failed; nothing was written.
    #[error("database error: {0}")]
    Database(#[from] DbErr),
    /// Another process is syncing into the same database.
    #[error("another process is syncing this database")]
    AnotherIsSyncing,
    /// Another process is using the clone of the advisory-db.
    #[error("another process is using the clone of the advisory-db at {}", .0.display())]
    CloneInUse(PathBuf),
    /// The sync was interrupted, for example because the process stops.
    #[error("the sync was interrupted")]
    Interrupted,
}

/// The kinds of data that a sync may remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Live advisories.
    Advisories,
    /// Published versions.
    Versions,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Advisories => "advisories",
            Self::Versions => "versions",
        })
    }
}

impl SyncError {
    /// Returns the problem to store in the data status, or `None` if nothing is wrong.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        Some(match self {
            Self::Unreachable(_) => Problem::SourceUnreachable,
            Self::NotAnAdvisoryDb(_) | Self::NotAnIndex(_) | Self::NotListable => {
                Problem::NotASource
            }
            Self::TooManyFiles | Self::MostlyUnreadable { .. } => Problem::MostlyUnreadable,
            Self::TooMuchLost { .. } => Problem::TooMuchLost,
            Self::GoneBackwards { .. } => Problem::GoneBackwards,
            Self::Disk(_) | Self::Database(_) => Problem::Database,
            Self::CloneInUse(_) => Problem::CloneInUse,
            Self::Interrupted => Problem::Interrupted,
            Self::AnotherIsSyncing => return None,
        })
    }
}

/// Brings the database up to date with the sources, or leaves it unchanged. Stores a
/// failure in the data status, if the database accepts it.
///
/// # Errors
/// Returns [`SyncError`]; nothing else is written then.
pub async fn run(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Report, SyncError> {
    let transaction = leader::begin(db).await?;
    let transaction = transaction.ok_or(SyncError::AnotherIsSyncing)?;
    run_within(db, transaction, sources, guard, now).await
}

/// Runs a sync if the last attempt of any process began at least `every` ago. Returns
/// `None` if it did not, or if another process is syncing.
///
/// # Errors
/// Returns an error as [`run`] does.
pub async fn run_if_due(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    every: Duration,
    now: OffsetDateTime,
) -> Result<Option<Report>, SyncError> {
    // Checked twice: first where it is cheap, then where no other process can sync in
    // between.
    if !attempt::is_due(db, every, now).await? {
        return Ok(None);
    }
    let Some(transaction) = leader::begin(db).await? else {
        return Ok(None);
    };
    if !attempt::is_due(&transaction, every, now).await? {
        return Ok(None);
    }
    let report = run_within(db, transaction, sources, guard, now).await;
    report.map(Some)
}

async fn run_within(
    db: &DatabaseConnection,
    transaction: DatabaseTransaction,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Report, SyncError> {
    run_traced(db, transaction, sources, guard, now)
        .instrument(debug_span!("sync"))
        .await
}

async fn run_traced(
    db: &DatabaseConnection,
    transaction: DatabaseTransaction,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Report, SyncError> {
    let error = match write(&transaction, sources, guard, now).await {
        Ok(report) => match commit(transaction).await {
            Ok(()) => return Ok(report),
            Err(error) => error,
        },
        Err(error) => {
            drop(transaction.rollback().await);
            error
        }
    };
    // A clone in use is soon free again. Otherwise the schedule, which waits for it,
    // stores the problem.
    let is_passing = matches!(error, SyncError::CloneInUse(_));
    if let Some(problem) = error.problem().filter(|_| !is_passing) {
        note_problem(db, problem, now).await;
    }
    Err(error)
}

/// Stores for all servers why an attempt to sync failed, if the database accepts it.
pub(crate) async fn note_problem(db: &DatabaseConnection, problem: Problem, now: OffsetDateTime) {
    if let Err(error) = attempt::note(db, Some(problem), now).await {
        tracing::error!(%error, "cannot record the failed sync");
    }
}

async fn commit(transaction: DatabaseTransaction) -> Result<(), SyncError> {
    let committed = transaction.commit().instrument(debug_span!("commit"));
    Ok(committed.await?)
}

async fn write(
    transaction: &DatabaseTransaction,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Report, SyncError> {
    let status = data_status::Entity::current().one(transaction).await?;
    let mut known = Known::load(transaction)
        .instrument(debug_span!("know"))
        .await?;

    let opened = sources
        .advisory_db
        .open()
        .instrument(debug_span!("open_advisory_db"))
        .await?;
    let advisories = {
        let (files, seen) = (opened.files.clone(), known.advisory_files());
        blocking(move || advisory_file::read_all(&files, &seen))
            .instrument(debug_span!("read_advisories"))
            .await??
    };
    guard.check_advisories(&known, status.as_ref(), &opened, &advisories)?;

    let mut report = Report::default();
    report.advisories.read = advisories.count();
    report.skipped.extend(advisories.skipped.iter().cloned());

    let listing = match (&sources.index, sources.all_crates) {
        (Some(index), true) => {
            let listing = index.list(now).instrument(debug_span!("list_index"));
            Some(listing.await?)
        }
        _ => None,
    };
    let mut index_stamp = listing.as_ref().and_then(|listing| listing.stamp.clone());
    let known_stamp = status
        .as_ref()
        .and_then(|status| status.index_stamp.as_ref());
    let is_known_index = index_stamp.is_some() && index_stamp.as_ref() == known_stamp;
    if !(is_known_index && advisories.is_as_known(&known)) {
        let skipped = report.skipped.len();
        let sync = Sync {
            sources,
            guard,
            now,
            status: status.as_ref(),
            listing,
        };
        sync.follow(transaction, &mut known, &mut report, advisories)
            .await?;
        // Every sync must report a skipped file, so the index must be read again.
        index_stamp = index_stamp.filter(|_| report.skipped.len() == skipped);
    }
    // Using the sample until the first attempt does not count as an attempt.
    let is_sample = opened.source == data_status::Source::Sample;
    apply::status::write(transaction, &mut report, status, opened, index_stamp, now)
        .instrument(debug_span!("write_status"))
        .await?;
    if !is_sample {
        attempt::note(transaction, report.problem, now).await?;
    }
    Ok(report)
}

/// Runs blocking file work where it does not delay readers.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| SyncError::Interrupted)
}

/// Checks that a text could be an advisory's file at this path of the advisory-db.
///
/// # Errors
/// Returns [`SkipReason`] if a sync would skip it.
pub fn check_advisory(path: &str, text: &str) -> Result<(), SkipReason> {
    advisory_file::parse(path, text, String::new()).map(drop)
}

/// Checks that bytes could be a crate's index file.
///
/// # Errors
/// Returns [`SkipReason`] if a sync would skip it.
pub fn check_index_file(bytes: &[u8]) -> Result<(), SkipReason> {
    index_file::parse(bytes, String::new()).map(drop)
}
