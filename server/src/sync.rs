//! The outside world into rows. The only writer.
//!
//! A sync reads, compares with what the database knows, and writes the
//! difference in one transaction. It can be killed at any moment, and a second
//! run on the same input changes nothing.

mod advisory_file;
mod files;
mod index_file;
mod known;
mod report;
mod sample;
mod write;

pub use files::Files;
pub use report::{Changes, Report, SkipReason, Skipped};

use crate::domain::crate_name::CrateName;
use crate::entity::data_status::Source;
use indicatif::{ProgressBar, ProgressStyle};
use known::Known;
use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};
use std::collections::BTreeMap;
use std::path::PathBuf;
use time::OffsetDateTime;
use tracing::{Instrument, debug_span};
use write::Writer;

/// Where a sync reads from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The advisory-db.
    pub advisories: Files,
    /// The index. `None`: the version lists stay as the database has them.
    pub index: Option<Files>,
    /// Whether to keep the versions of every crate of the index, not only of
    /// those that an advisory names.
    pub all_crates: bool,
    /// How this is called in the data status.
    pub kind: Source,
}

impl Sources {
    /// The sample that the binary carries.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            advisories: Files::Embedded(sample::ADVISORY_DB),
            index: Some(Files::Embedded(sample::INDEX)),
            all_crates: false,
            kind: Source::Sample,
        }
    }

    /// Folders: a checkout of the advisory-db, and an index in the plain layout.
    #[must_use]
    pub fn folders(advisory_db: PathBuf, index: Option<PathBuf>, all_crates: bool) -> Self {
        Self {
            advisories: Files::Folder(advisory_db),
            index: index.map(Files::Folder),
            all_crates,
            kind: Source::Folder,
        }
    }
}

/// Why a sync ended without a change. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The advisory-db has no folder `crates`, or it cannot be listed.
    #[error("{0} is not a readable advisory-db: it needs a folder `crates` of advisories")]
    NotAnAdvisoryDb(String),
    /// Every file of the advisory-db was skipped: more likely a fault of ours
    /// or of the source than of each file.
    #[error("none of the {0} files of the advisory-db could be read as an advisory")]
    NothingReadable(usize),
    /// The index folder cannot be listed.
    #[error("{0} is not a readable index")]
    NotAnIndex(String),
    /// The database failed; nothing was written.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// Reading was cut short, as when the process stops.
    #[error("reading was cut short")]
    Interrupted,
}

/// How many crates' index files are held in memory at a time.
const BATCH: usize = 1000;

/// Brings the database up to what the sources say now, or leaves it as it was.
///
/// # Errors
/// [`SyncError`]; nothing is written then.
pub async fn run(
    db: &DatabaseConnection,
    sources: &Sources,
    now: OffsetDateTime,
) -> Result<Report, SyncError> {
    let transaction = db.begin().await?;
    let mut known = Known::load(&transaction)
        .instrument(debug_span!("know"))
        .await?;

    let advisories = {
        let files = sources.advisories.clone();
        let seen = known.advisory_files();
        blocking(move || advisory_file::read_all(&files, &seen))
            .instrument(debug_span!("read_advisories"))
            .await??
    };
    if advisories.is_empty() {
        return Err(SyncError::NothingReadable(advisories.skipped.len()));
    }

    let mut report = Report::default();
    report.advisories.read = advisories.count();
    report.skipped.extend(advisories.skipped.iter().cloned());

    let wanted = wanted_crates(&known, &advisories, sources).await?;
    let mut writer = Writer::new(&transaction, &mut known, &mut report);
    let progress = progress_bar(wanted.len());
    let names: Vec<CrateName> = wanted.into_values().collect();
    for batch in names.chunks(BATCH) {
        let read = match &sources.index {
            Some(index) => {
                let (index, batch) = (index.clone(), batch.to_vec());
                let hashes = writer.known.index_hashes(&batch);
                Some(
                    blocking(move || index_file::read_all(&index, &batch, &hashes))
                        .instrument(debug_span!("read_index"))
                        .await?,
                )
            }
            None => None,
        };
        writer
            .write_crates(batch, read)
            .instrument(debug_span!("write_crates"))
            .await?;
        progress.inc(batch.len() as u64);
    }
    progress.finish_and_clear();

    writer
        .write_advisories(advisories)
        .instrument(debug_span!("write_advisories"))
        .await?;
    if sources.index.is_some() {
        writer.remove_crates_except(&names).await?;
    }
    writer
        .link_affected_versions()
        .instrument(debug_span!("link_affected_versions"))
        .await?;
    writer.write_status(sources.kind, now).await?;
    transaction
        .commit()
        .instrument(debug_span!("commit"))
        .await?;
    Ok(report)
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
        let index = index.clone();
        for name in blocking(move || index_file::names(&index)).await?? {
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
