//! Reads of the database that each see a single revision.

use super::Catalog;
use super::advisory::Advisory;
use super::dossier::Dossier;
use super::edition::Revision;
use super::names::Names;
use crate::database;
use crate::domain::crate_name::CrateName;
use crate::entity::{advisory, data_status, krate, skipped_file, sync_attempt, version};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, QuerySelect};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time limit of a statement.
const STATEMENT: Duration = Duration::from_secs(3);

/// The reason why data could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// A sync has committed a newer revision since the request began, or the database has
    /// been replaced.
    Moved,
    /// The database does not answer. The cause is for the log only.
    Unavailable(Arc<str>),
    /// The rows contain something that no sync writes.
    Damaged,
}

/// A state of the database, the same from the first statement to the last.
pub(super) struct Snapshot {
    transaction: DatabaseTransaction,
    status: Option<data_status::Model>,
}

impl Snapshot {
    /// Opens the current state of the database.
    pub(super) async fn now(catalog: &Catalog) -> Result<Self, ReadError> {
        let begin = Instant::now();
        let transaction = in_time(database::begin_read(catalog.db())).await;
        let wait = &catalog.0.measures.database_wait;
        wait.record(begin.elapsed());
        let transaction = transaction?;
        let status = in_time(data_status::Entity::current().one(&transaction)).await?;
        Ok(Self {
            transaction,
            status,
        })
    }

    /// Opens the database at a revision.
    pub(super) async fn at(catalog: &Catalog, revision: &Revision) -> Result<Self, ReadError> {
        let snapshot = Self::now(catalog).await?;
        match snapshot.revision() {
            now if now == *revision => Ok(snapshot),
            _ => Err(ReadError::Moved),
        }
    }

    pub(super) fn status(&self) -> Option<&data_status::Model> {
        self.status.as_ref()
    }

    pub(super) fn revision(&self) -> Revision {
        let revision = |status: &data_status::Model| Revision {
            number: status.revision,
            id: status.revision_id.as_deref().map(Into::into),
        };
        self.status.as_ref().map(revision).unwrap_or_default()
    }

    /// Returns the names of all crates, as they were published.
    pub(super) async fn names(&self) -> Result<Names, ReadError> {
        let names = krate::Entity::find()
            .select_only()
            .column(krate::Column::Name)
            .into_tuple::<String>()
            .all(&self.transaction);
        in_time(names).await.map(Names::new)
    }

    /// Returns the names of the crates with an advisory, as they were published.
    pub(super) async fn crates_with_advisories(&self) -> Result<Vec<String>, ReadError> {
        let names = krate::Entity::with_advisories()
            .select_only()
            .column(krate::Column::Name)
            .into_tuple::<String>()
            .all(&self.transaction);
        in_time(names).await
    }

    /// Returns a crate, or `None` if no row has its name.
    pub(super) async fn dossier(&self, lookup: &str) -> Result<Option<Dossier>, ReadError> {
        let db = &self.transaction;
        let krate = krate::Entity::with_lookup_names([lookup].into_iter()).one(db);
        let Some(krate) = in_time(krate).await? else {
            return Ok(None);
        };
        let ids = [krate.id];
        let versions = in_time(version::Entity::of_crates(&ids).all(db)).await?;
        let advisories = in_time(advisory::Entity::of_crates(&ids).all(db)).await?;
        let is_listed = krate.index_hash.is_some();
        let dossier = Dossier::new(krate.name, is_listed, versions, advisories);
        dossier.map(Some).map_err(|error| {
            tracing::error!(
                ?error,
                krate = lookup,
                "the database has invalid rows for the crate {lookup}"
            );
            ReadError::Damaged
        })
    }

    /// Returns the advisory with this id, and the name of its crate.
    pub(super) async fn advisory(
        &self,
        id: &str,
    ) -> Result<Option<(Advisory, Option<CrateName>)>, ReadError> {
        let rows = advisory::Entity::with_advisory_ids([id].into_iter());
        let Some(row) = in_time(rows.one(&self.transaction)).await? else {
            return Ok(None);
        };
        let krate = row.crate_id.and_then(|_| CrateName::parse(&row.package));
        let advisory = Advisory::new(row).map_err(|error| {
            tracing::error!(
                ?error,
                id,
                "the database has an invalid row for the advisory {id}"
            );
            ReadError::Damaged
        })?;
        Ok(Some((advisory, krate)))
    }

    /// Returns the files that the last good sync skipped, by path.
    pub(super) async fn skipped(&self) -> Result<Vec<skipped_file::Model>, ReadError> {
        in_time(skipped_file::Entity::by_path().all(&self.transaction)).await
    }

    /// Returns the last attempt to sync.
    pub(super) async fn attempt(&self) -> Result<Option<sync_attempt::Model>, ReadError> {
        in_time(sync_attempt::Entity::last().one(&self.transaction)).await
    }
}

/// Returns the result of a read within the time limit: a database that hangs must not
/// block its readers.
async fn in_time<T>(read: impl Future<Output = Result<T, DbErr>>) -> Result<T, ReadError> {
    match tokio::time::timeout(STATEMENT, read).await {
        Ok(Ok(rows)) => Ok(rows),
        Ok(Err(error)) => Err(ReadError::Unavailable(error.to_string().into())),
        Err(_) => {
            let cause = format!("no answer in {STATEMENT:?}");
            Err(ReadError::Unavailable(cause.into()))
        }
    }
}
