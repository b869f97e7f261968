//! Reads for one request: batched, remembered, and all of one state of the
//! database.

use super::dossier::Dossier;
use super::error::Error;
use crate::database;
use crate::domain::crate_name::CrateName;
use crate::entity::{
    advisory, affected_version, data_status, krate, skipped_file, sync_attempt, version,
};
use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// How long one statement may take.
const READ: Duration = Duration::from_secs(3);

/// The loader of one request.
pub(super) type RequestLoader = DataLoader<Reader, HashMapCache>;

/// Makes the loader of one request.
pub(super) fn new(db: DatabaseConnection) -> RequestLoader {
    let reader = Reader {
        db,
        transaction: OnceCell::new(),
    };
    DataLoader::with_cache(reader, tokio::spawn, HashMapCache::default()).delay(Duration::ZERO)
}

/// Reads rows and makes of them what resolvers need.
pub(super) struct Reader {
    db: DatabaseConnection,
    /// Begun by the first read; ends with the request.
    transaction: OnceCell<DatabaseTransaction>,
}

/// A crate's look-up name ([`CrateName::lookup`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CrateKey(pub(super) String);

/// An advisory's id as RustSec writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct AdvisoryKey(pub(super) String);

/// The data status, of which there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct StatusKey;

/// The skipped files, as one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SkippedKey;

/// How the last sync went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct AttemptKey;

impl Reader {
    async fn transaction(&self) -> Result<&DatabaseTransaction, Error> {
        let begun = || in_time(database::begin_read(&self.db));
        self.transaction.get_or_try_init(begun).await
    }
}

/// What a read gives, in time or not at all: a database that hangs must not
/// hang those who ask.
async fn in_time<T>(read: impl Future<Output = Result<T, DbErr>>) -> Result<T, Error> {
    match tokio::time::timeout(READ, read).await {
        Ok(rows) => rows.map_err(|error| Error::internal(&error)),
        Err(error) => Err(Error::internal(&error)),
    }
}

impl Loader<CrateKey> for Reader {
    type Value = Arc<Dossier>;
    type Error = Error;

    async fn load(&self, keys: &[CrateKey]) -> Result<HashMap<CrateKey, Self::Value>, Error> {
        let db = self.transaction().await?;
        let lookups = keys.iter().map(|key| key.0.as_str());
        let crates = in_time(krate::Entity::with_lookup_names(lookups).all(db)).await?;
        if crates.is_empty() {
            return Ok(HashMap::new());
        }

        let ids: Vec<i32> = crates.iter().map(|krate| krate.id).collect();
        let versions = in_time(version::Entity::of_crates(&ids).all(db)).await?;
        let advisories = in_time(advisory::Entity::of_crates(&ids).all(db)).await?;
        let links = in_time(affected_version::Entity::of_crates(&ids).all(db)).await?;

        let mut versions = group(versions, |row| Some(row.crate_id));
        let mut advisories = group(advisories, |row| row.crate_id);
        let crates = crates.into_iter().map(|krate| {
            let dossier = Dossier::new(
                krate.name,
                krate.index_hash.is_some(),
                versions.remove(&krate.id).unwrap_or_default(),
                advisories.remove(&krate.id).unwrap_or_default(),
                &links,
            );
            let dossier = dossier.map_err(|error| {
                tracing::error!(
                    ?error,
                    krate = krate.lookup_name,
                    "a crate's rows cannot be read"
                );
                Error::Internal
            })?;
            Ok((CrateKey(krate.lookup_name), Arc::new(dossier)))
        });
        crates.collect()
    }
}

impl Loader<AdvisoryKey> for Reader {
    type Value = advisory::Model;
    type Error = Error;

    async fn load(&self, keys: &[AdvisoryKey]) -> Result<HashMap<AdvisoryKey, Self::Value>, Error> {
        let db = self.transaction().await?;
        let ids = keys.iter().map(|key| key.0.as_str());
        let rows = in_time(advisory::Entity::with_advisory_ids(ids).all(db)).await?;
        let keyed = rows
            .into_iter()
            .map(|row| (AdvisoryKey(row.advisory_id.clone()), row));
        Ok(keyed.collect())
    }
}

impl Loader<StatusKey> for Reader {
    type Value = data_status::Model;
    type Error = Error;

    async fn load(&self, _: &[StatusKey]) -> Result<HashMap<StatusKey, Self::Value>, Error> {
        let db = self.transaction().await?;
        let row = in_time(data_status::Entity::current().one(db)).await?;
        Ok(row.map(|row| (StatusKey, row)).into_iter().collect())
    }
}

impl Loader<SkippedKey> for Reader {
    type Value = Vec<skipped_file::Model>;
    type Error = Error;

    async fn load(&self, _: &[SkippedKey]) -> Result<HashMap<SkippedKey, Self::Value>, Error> {
        let db = self.transaction().await?;
        let rows = in_time(skipped_file::Entity::by_path().all(db)).await?;
        Ok(HashMap::from([(SkippedKey, rows)]))
    }
}

impl Loader<AttemptKey> for Reader {
    type Value = sync_attempt::Model;
    type Error = Error;

    async fn load(&self, _: &[AttemptKey]) -> Result<HashMap<AttemptKey, Self::Value>, Error> {
        let db = self.transaction().await?;
        let row = in_time(sync_attempt::Entity::last().one(db)).await?;
        Ok(row.map(|row| (AttemptKey, row)).into_iter().collect())
    }
}

/// The crate of this name, or one of which nothing is known.
pub(super) async fn dossier(
    loader: &RequestLoader,
    name: &CrateName,
) -> Result<Arc<Dossier>, Error> {
    let known = loader.load_one(CrateKey(name.lookup())).await?;
    Ok(known.unwrap_or_else(|| Arc::new(Dossier::unknown(name.as_str().to_owned()))))
}

fn group<T>(rows: Vec<T>, key: impl Fn(&T) -> Option<i32>) -> HashMap<i32, Vec<T>> {
    let mut groups: HashMap<i32, Vec<T>> = HashMap::new();
    for row in rows {
        if let Some(key) = key(&row) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}
