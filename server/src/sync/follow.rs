//! Finds and writes the difference between the sources and the database, batch by
//! batch.

use super::apply::write::Writer;
use super::parse::advisory_file;
use super::parse::index_file::{self, FileState};
use super::plan::known::Known;
use super::report::Report;
use super::source::listing::Listing;
use super::source::sources::Sources;
use super::{Guard, Lost, SyncError};
use crate::domain::crate_name::CrateName;
use crate::entity::data_status::{self, Source};
use crate::entity::sync_attempt::Problem;
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::DatabaseTransaction;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tracing::{Instrument, debug_span};

/// The number of crates whose index files are in memory at a time.
const BATCH: usize = 1000;

/// The input of a sync.
pub(super) struct Sync<'a> {
    pub(super) sources: &'a Sources,
    pub(super) guard: &'a Guard,
    /// The time when it began.
    pub(super) now: OffsetDateTime,
    /// The status before it.
    pub(super) status: Option<&'a data_status::Model>,
    /// The crates that the index lists, if all of them are kept.
    pub(super) listing: Option<Listing>,
}

impl Sync<'_> {
    /// Brings crates, versions, advisories and verdicts up to date.
    pub(super) async fn follow(
        self,
        transaction: &DatabaseTransaction,
        known: &mut Known,
        report: &mut Report,
        advisories: advisory_file::Advisories,
    ) -> Result<(), SyncError> {
        known
            .load_crates(transaction)
            .instrument(debug_span!("know_crates"))
            .await?;
        let names = wanted_crates(known, &advisories, self.listing);
        let skipped_advisories = report.skipped.len();
        let mut writer = Writer::new(transaction, known, report);
        let progress = progress_bar(names.len());
        // Read a batch while the previous one is written.
        let mut batches = names.chunks(BATCH);
        let mut batch = batches.next();
        let read = |batch: Option<&[CrateName]>, known: &Known| {
            batch.and_then(|batch| read_index(self.sources, known, batch, self.now))
        };
        let mut reading = read(batch, writer.known);
        while let Some(names) = batch {
            let files = match reading {
                Some(reading) => {
                    let files = reading.instrument(debug_span!("read_index")).await;
                    Some(files.map_err(|_| SyncError::Interrupted)??)
                }
                None => None,
            };
            batch = batches.next();
            reading = read(batch, writer.known);
            writer
                .write_crates(names, files)
                .instrument(debug_span!("write_crates"))
                .await?;
            progress.inc(names.len() as u64);
        }
        progress.finish_and_clear();
        if let Some(status) = self.status {
            let lost = writer.report.versions.removed.len();
            let of = usize::try_from(status.versions).unwrap_or_default();
            if status.source != Source::Sample {
                self.guard.check_loss(Lost::Versions, lost, of)?;
            }
        }
        // If the index gave mostly unusable answers, the sync is not a good one.
        let unread = writer.report.skipped.len() - skipped_advisories;
        if unread * 2 > names.len() {
            writer.report.problem = Some(Problem::IndexUnreachable);
        }

        writer
            .write_advisories(advisories)
            .instrument(debug_span!("write_advisories"))
            .await?;
        if self.sources.index.is_some() {
            writer.remove_crates_except(&names).await?;
        }
        writer
            .judge_versions()
            .instrument(debug_span!("judge_versions"))
            .await?;
        Ok(())
    }
}

/// Starts to read the index files of these crates.
fn read_index(
    sources: &Sources,
    known: &Known,
    names: &[CrateName],
    now: OffsetDateTime,
) -> Option<JoinHandle<Result<Vec<FileState>, SyncError>>> {
    let index = sources.index.clone()?;
    let known: Vec<index_file::KnownFile> = known.index_files(names);
    let names = names.to_vec();
    Some(tokio::spawn(async move {
        index.read_all(names, known, now).await
    }))
}

/// Returns the crates to keep, in order of lookup name: those that an advisory
/// names, and those of the listing.
fn wanted_crates(
    known: &Known,
    advisories: &advisory_file::Advisories,
    listing: Option<Listing>,
) -> Vec<CrateName> {
    let named = advisories.crate_names(known).into_iter();
    let listed = listing.map(|listing| listing.names).unwrap_or_default();
    // Of two spellings, the index's wins.
    let wanted = named.chain(listed).map(|name| (name.lookup(), name));
    let wanted: BTreeMap<String, CrateName> = wanted.collect();
    wanted.into_values().collect()
}

/// Makes a progress bar, which is shown on a terminal only.
fn progress_bar(crates: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("reading the index {bar:40} {pos}/{len} crates")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(crates as u64).with_style(style)
}
