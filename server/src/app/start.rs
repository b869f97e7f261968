//! Ensures that there is data to show when the doors open.

use crate::entity::sync_attempt::Problem;
use crate::sync::{self, AdvisoryDb, Guard, Report, Sources, SyncError};
use crate::tab::SamplePolicy;
use sea_orm::DatabaseConnection;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::time::sleep;

/// The pause between two attempts to sync while another process does.
const AGAIN: Duration = Duration::from_millis(500);

/// The events before the doors open.
#[derive(Debug, Default)]
pub struct Start {
    /// The report of the sync, if there was one.
    pub report: Option<Report>,
    /// True if the sync at the start is done: the sources were read or tried.
    pub has_tried: bool,
    /// The problem of a failed sync. It did not prevent the start, because the database has
    /// real data.
    pub failed: Option<Problem>,
}

impl Start {
    /// Returns the outcome of the sync at the start: its problem, or `Some(None)` if it
    /// succeeded. Returns `None` if there was no sync.
    #[must_use]
    pub fn outcome(&self) -> Option<Option<Problem>> {
        match &self.report {
            Some(report) => Some(report.problem),
            None => self.failed.map(Some),
        }
    }
}

/// The reason why the doors stay shut. Its text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum NoDataError {
    /// The database is empty and the first sync failed.
    #[error("cannot start without data: {0}")]
    Sync(#[from] SyncError),
    /// The sample was chosen for a server that other machines can reach.
    #[error(
        "--advisory-db sample requires loopback addresses; other machines are never shown the sample"
    )]
    SampleIsLocal,
}

/// Reads sources that are files on this machine. Leaves the network to the schedule:
/// until it has answered, a server that only this machine can reach shows the sample.
///
/// # Errors
/// Returns [`NoDataError`]. A failed sync is not an error if there is real data to show.
pub async fn before_doors(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    sample: SamplePolicy,
    now: OffsetDateTime,
) -> Result<Start, NoDataError> {
    let is_real = sync::holds_real_data(db)
        .await
        .map_err(SyncError::Database)?;
    match &sources.advisory_db {
        AdvisoryDb::Folder(_) if sources.is_local() => {
            let synced = match is_real {
                true => sync::run(db, sources, guard, now).await.map(Some),
                false => first_sync(db, sources, guard, now).await,
            };
            let mut failed = None;
            let report = match synced {
                Ok(report) => report,
                Err(SyncError::AnotherIsSyncing) => {
                    tracing::info!("another process is syncing this database");
                    None
                }
                Err(error) if is_real => {
                    tracing::error!(%error, "sync failed; the database is unchanged");
                    failed = error.problem();
                    None
                }
                Err(error) => return Err(error.into()),
            };
            Ok(Start {
                report,
                has_tried: true,
                failed,
            })
        }
        AdvisoryDb::Sample if is_real => {
            tracing::warn!("ignoring --advisory-db sample: the database has real data");
            Ok(Start::default())
        }
        _ if is_real => Ok(Start::default()),
        // The network may become available later, but a missing folder is a mistake.
        AdvisoryDb::Folder(_) if !sources.advisory_db.is_there() => {
            let folder = sources.advisory_db.to_string();
            Err(SyncError::NotAnAdvisoryDb(folder).into())
        }
        _ if sample == SamplePolicy::Show => {
            tracing::warn!("serving the bundled sample until there is real data");
            let report = first_sync(db, &Sources::sample(), guard, now).await?;
            Ok(Start {
                report,
                ..Start::default()
            })
        }
        AdvisoryDb::Sample => Err(NoDataError::SampleIsLocal),
        _ => {
            tracing::warn!("the database is empty; not ready until the first sync succeeds");
            Ok(Start::default())
        }
    }
}

/// Syncs into a database without real data. If another process is syncing, waits for it,
/// so that servers that are started together all start. Returns `None` if the database
/// has data from the other process.
async fn first_sync(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    now: OffsetDateTime,
) -> Result<Option<Report>, SyncError> {
    let is_sample = matches!(sources.advisory_db, AdvisoryDb::Sample);
    let mut is_waiting = false;
    loop {
        match sync::run_first(db, sources, guard, now).await {
            Err(SyncError::AnotherIsSyncing) => {}
            synced => return synced,
        }
        // The sample from the other process is as good.
        if is_sample && sync::holds_data(db).await? {
            return Ok(None);
        }
        if !is_waiting {
            tracing::info!("another process is syncing this database; waiting for its data");
            is_waiting = true;
        }
        sleep(AGAIN).await;
    }
}
