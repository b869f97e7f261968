//! The outside world into rows. The only writer.
//!
//! A sync reads, compares with what the database knows, and writes the
//! difference in one transaction. It can be killed at any moment, and a second
//! run on the same input changes nothing.

mod advisory_file;
mod attempt;
mod bulk;
mod derivation;
mod disk;
mod files;
mod git;
mod guard;
mod index_file;
mod judge;
mod known;
mod leader;
mod network;
mod report;
mod rows;
mod sample;
mod sources;
mod sparse;
mod status;
mod write;

pub use git::Git;
pub use guard::Guard;
pub use report::{Changes, Names, Report, SkipReason, Skipped};
pub(crate) use sources::FETCH;
pub use sources::{AdvisoryDb, Index, NotAnAdvisoryDb, Sources};
pub use sparse::{NotAnIndex, Sparse};

use crate::domain::crate_name::CrateName;
use crate::entity::data_status;
use crate::entity::sync_attempt::Problem;
use indicatif::{ProgressBar, ProgressStyle};
use known::Known;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tracing::{Instrument, debug_span};
use write::Writer;

/// Why a sync ended without a change. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The advisory-db's repository cannot be reached, or breaks off.
    #[error("the advisory-db at {0} cannot be fetched")]
    Unreachable(String),
    /// The advisory-db has no folder `crates`, or it cannot be listed.
    #[error("{0} is not a readable advisory-db: it needs a folder `crates` of advisories")]
    NotAnAdvisoryDb(String),
    /// The advisory-db has more files than any real one.
    #[error("the advisory-db has more than {} files", advisory_file::MAX_FILES)]
    TooManyFiles,
    /// Most files of the advisory-db were skipped: more likely a fault of ours
    /// or of the source than of each file.
    #[error("{unreadable} of {of} files of the advisory-db cannot be read as an advisory")]
    MostlyUnreadable {
        /// Files that were skipped.
        unreadable: usize,
        /// All files.
        of: usize,
    },
    /// More would go at once than is plausible.
    #[error("{lost} of {of} {what} would be gone or withdrawn; `sync --force` does it")]
    TooMuchLost {
        /// What would go.
        what: Lost,
        /// How many.
        lost: usize,
        /// Of how many.
        of: usize,
    },
    /// The advisory-db's commit is older than the one that is known.
    #[error("the commit of {now} is older than the known one of {last}; `sync --force` takes it")]
    GoneBackwards {
        /// The commit's time.
        now: OffsetDateTime,
        /// The time of the one that is known.
        last: OffsetDateTime,
    },
    /// The index cannot be listed or asked.
    #[error("{0} is not a readable index")]
    NotAnIndex(String),
    /// An index over HTTP does not say which crates it has.
    #[error("`--all-crates` needs an index in a folder")]
    NotListable,
    /// The disk failed: it is full, or cannot be written.
    #[error("the clone of the advisory-db cannot be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The database failed; nothing was written.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// Another process is syncing into the same database.
    #[error("another process is syncing")]
    AnotherIsSyncing,
    /// Another process is using the clone of the advisory-db.
    #[error("another process is using the clone of the advisory-db at {}", .0.display())]
    CloneInUse(PathBuf),
    /// Reading was cut short, as when the process stops.
    #[error("reading was cut short")]
    Interrupted,
}

/// What a sync may lose.
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
    /// What this is in the data status. `None`: nothing is wrong.
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

/// How many crates' index files are held in memory at a time.
const BATCH: usize = 1000;

/// Brings the database up to what the sources say now, or leaves it as it was.
/// A failure is noted in the data status, if the database takes it.
///
/// # Errors
/// [`SyncError`]; nothing else is written then.
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

/// The same, if the last attempt of any process began at least `every` ago.
/// `None`: it did not, or another process is syncing.
///
/// # Errors
/// As [`run`].
pub async fn run_if_due(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    every: Duration,
    now: OffsetDateTime,
) -> Result<Option<Report>, SyncError> {
    // Asked twice: first where it costs next to nothing, then where nobody
    // else can sync in between.
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
    // A clone in use is free again soon, or is noted by whoever waits for it.
    let is_passing = matches!(error, SyncError::CloneInUse(_));
    if let Some(problem) = error.problem().filter(|_| !is_passing) {
        note_problem(db, problem, now).await;
    }
    Err(error)
}

/// Notes for all servers why an attempt to sync failed, if the database takes it.
pub(crate) async fn note_problem(db: &DatabaseConnection, problem: Problem, now: OffsetDateTime) {
    if let Err(error) = attempt::note(db, Some(problem), now).await {
        tracing::error!(%error, "cannot note that the sync failed");
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

    let wanted = wanted_crates(&known, &advisories, sources).await?;
    let skipped_advisories = report.skipped.len();
    let mut writer = Writer::new(transaction, &mut known, &mut report);
    let progress = progress_bar(wanted.len());
    let names: Vec<CrateName> = wanted.into_values().collect();
    // A batch is read while the one before it is written.
    let mut batches = names.chunks(BATCH);
    let mut batch = batches.next();
    let mut reading = batch.and_then(|batch| read_index(sources, writer.known, batch));
    while let Some(names) = batch {
        let read = match reading {
            Some(reading) => {
                let read = reading.instrument(debug_span!("read_index")).await;
                Some(read.map_err(|_| SyncError::Interrupted)??)
            }
            None => None,
        };
        batch = batches.next();
        reading = batch.and_then(|batch| read_index(sources, writer.known, batch));
        writer
            .write_crates(names, read)
            .instrument(debug_span!("write_crates"))
            .await?;
        progress.inc(names.len() as u64);
    }
    progress.finish_and_clear();
    if let Some(status) = &status {
        let lost = writer.report.versions.removed.len();
        let of = usize::try_from(status.versions).unwrap_or_default();
        if status.source != data_status::Source::Sample {
            guard.check_loss(Lost::Versions, lost, of)?;
        }
    }
    // An index that mostly gave no usable answer makes no good sync.
    let unread = writer.report.skipped.len() - skipped_advisories;
    if unread * 2 > names.len() {
        writer.report.problem = Some(Problem::IndexUnreachable);
    }

    writer
        .write_advisories(advisories)
        .instrument(debug_span!("write_advisories"))
        .await?;
    if sources.index.is_some() {
        writer.remove_crates_except(&names).await?;
    }
    writer
        .judge_versions()
        .instrument(debug_span!("judge_versions"))
        .await?;
    // The sample fills in until the first attempt, and is none.
    let is_sample = opened.source == data_status::Source::Sample;
    status::write(transaction, &mut report, status, opened, now)
        .instrument(debug_span!("write_status"))
        .await?;
    if !is_sample {
        attempt::note(transaction, report.problem, now).await?;
    }
    Ok(report)
}

/// Begins to read the index files of these crates.
fn read_index(
    sources: &Sources,
    known: &Known,
    names: &[CrateName],
) -> Option<JoinHandle<Result<Vec<index_file::Read>, SyncError>>> {
    let index = sources.index.clone()?;
    let (known, names) = (known.index_files(names), names.to_vec());
    Some(tokio::spawn(async move {
        index.read_all(names, known).await
    }))
}

/// The crates to keep, by look-up name: those that an advisory names, and with
/// `all_crates` those of the index.
async fn wanted_crates(
    known: &Known,
    advisories: &advisory_file::Read,
    sources: &Sources,
) -> Result<BTreeMap<String, CrateName>, SyncError> {
    let mut wanted = BTreeMap::new();
    for name in advisories.crate_names(known) {
        wanted.insert(name.lookup(), name);
    }
    if let (true, Some(index)) = (sources.all_crates, &sources.index) {
        for name in index.names().await? {
            wanted.insert(name.lookup(), name);
        }
    }
    Ok(wanted)
}

/// Shown on a terminal only.
fn progress_bar(crates: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("reading the index {bar:40} {pos}/{len} crates")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(crates as u64).with_style(style)
}

/// Runs file work where it does not hold up readers.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SyncError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| SyncError::Interrupted)
}

/// Whether a text could be an advisory's file at this path of the advisory-db.
///
/// # Errors
/// [`SkipReason`], when a sync would leave it out.
pub fn check_advisory(path: &str, text: &str) -> Result<(), SkipReason> {
    advisory_file::parse(path, text, String::new()).map(drop)
}

/// Whether bytes could be a crate's index file.
///
/// # Errors
/// [`SkipReason`], when a sync would leave it out.
pub fn check_index_file(bytes: &[u8]) -> Result<(), SkipReason> {
    index_file::parse(bytes, String::new()).map(drop)
}
