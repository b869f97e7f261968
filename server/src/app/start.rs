//! What there is to show when the doors open.

use crate::entity::data_status::{self, Source};
use crate::sync::{self, AdvisoryDb, Guard, Report, Sources, SyncError};
use crate::tab::SamplePolicy;
use sea_orm::{DatabaseConnection, DbErr};
use time::OffsetDateTime;

/// What happened before the doors open.
#[derive(Debug, Default)]
pub struct Start {
    /// What a sync did, if there was one.
    pub report: Option<Report>,
    /// Whether the sources were read, or tried: the sync at the start is done.
    pub has_tried: bool,
}

/// Why the doors stay shut. Its text is for the operator.
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

/// Reads sources that are files on this machine. The network is left to the schedule:
/// until it has answered, a server that only this machine can reach shows the sample.
///
/// # Errors
/// [`NoDataError`]. A failed sync is none where there is real data to show.
pub async fn before_doors(
    db: &DatabaseConnection,
    sources: &Sources,
    guard: &Guard,
    sample: SamplePolicy,
    now: OffsetDateTime,
) -> Result<Start, NoDataError> {
    let is_real = holds_real_data(db).await.map_err(SyncError::Database)?;
    match &sources.advisory_db {
        AdvisoryDb::Folder(_) if sources.is_local() => {
            let report = match sync::run(db, sources, guard, now).await {
                Ok(report) => Some(report),
                Err(error) if is_real => {
                    tracing::error!(%error, "sync failed; the database is unchanged");
                    None
                }
                Err(error) => return Err(error.into()),
            };
            Ok(Start {
                report,
                has_tried: true,
            })
        }
        AdvisoryDb::Sample if is_real => {
            tracing::warn!("ignoring --advisory-db sample: the database has real data");
            Ok(Start::default())
        }
        _ if is_real => Ok(Start::default()),
        _ if sample == SamplePolicy::Show => {
            tracing::warn!("serving the bundled sample until there is real data");
            let report = sync::run(db, &Sources::sample(), guard, now).await?;
            Ok(Start {
                report: Some(report),
                has_tried: false,
            })
        }
        AdvisoryDb::Sample => Err(NoDataError::SampleIsLocal),
        _ => {
            tracing::warn!("the database is empty; not ready until the first sync succeeds");
            Ok(Start::default())
        }
    }
}

/// Whether the database holds other data than the sample, which never takes its place.
///
/// # Errors
/// [`DbErr`] when the database does not answer.
pub async fn holds_real_data(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let status = data_status::Entity::current().one(db).await?;
    Ok(status.is_some_and(|status| status.source != Source::Sample))
}
