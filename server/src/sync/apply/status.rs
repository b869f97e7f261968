//! The row about the last good sync.

use crate::entity::{advisory, data_status, skipped_file, version};
use crate::sync::apply::rows::insert_all;
use crate::sync::report::{Report, Skipped};
use crate::sync::source::sources::Opened;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect,
};
use time::OffsetDateTime;

/// Records what was read and when, under a new revision if anything differs from
/// the known status.
pub(in crate::sync) async fn write(
    db: &DatabaseTransaction,
    report: &mut Report,
    known: Option<data_status::Model>,
    opened: Opened,
    index_stamp: Option<String>,
    now: OffsetDateTime,
) -> Result<(), DbErr> {
    let source = opened.source;
    let (commit, committed_at) = opened.commit.unzip();
    let skipped_known = skipped_file::Entity::by_path().all(db).await?;
    let mut skipped: Vec<skipped_file::Model> = report
        .skipped
        .iter()
        .map(|Skipped { path, reason }| skipped_file::Model {
            path: path.clone(),
            reason: reason.to_string(),
        })
        .collect();
    skipped.sort_by(|a, b| a.path.cmp(&b.path));

    report.is_changed = !report.advisories.is_empty()
        || !report.crates.is_empty()
        || !report.versions.is_empty()
        || skipped != skipped_known
        || known.as_ref().is_none_or(|known| known.source != source);
    let packages = packages(db).await?;
    report.packages = packages.try_into().unwrap_or_default();
    report.revision = known.as_ref().map_or(0, |known| known.revision);
    let known_id = known.as_ref().and_then(|known| known.revision_id.clone());
    let revision_id = known_id.filter(|_| !report.is_changed);
    let mut status = data_status::Model {
        id: data_status::ONLY_ROW,
        revision: report.revision,
        revision_id: revision_id.or_else(|| Some(format!("{:032x}", fastrand::u128(..)))),
        source,
        commit,
        committed_at,
        // Not everything was read, so the known data is as old as before.
        synced_at: match (&known, report.problem) {
            (Some(known), Some(_)) => known.synced_at,
            _ => now,
        },
        index_stamp,
        advisories: 0,
        packages,
        versions: 0,
    };
    if report.is_changed {
        report.revision += 1;
        status.revision = report.revision;
        status.advisories = count::<advisory::Entity>(db).await?;
        status.versions = count::<version::Entity>(db).await?;
        report.affected_versions = Some(pairs(db).await?);
        skipped_file::Entity::delete_many().exec(db).await?;
        let skipped = skipped
            .into_iter()
            .map(IntoActiveModel::into_active_model)
            .collect();
        insert_all::<skipped_file::Entity>(db, skipped).await?;
    } else if let Some(known) = &known {
        status.advisories = known.advisories;
        status.versions = known.versions;
    }
    let status = status.into_active_model();
    match known {
        Some(_) => status.reset_all().update(db).await.map(drop),
        None => status.insert(db).await.map(drop),
    }
}

async fn count<E>(db: &DatabaseTransaction) -> Result<i32, DbErr>
where
    E: EntityTrait,
    E::Model: Sync,
{
    let count = E::find().count(db).await?;
    Ok(count.try_into().unwrap_or(i32::MAX))
}

/// Counts the packages of the collection `crates` that an advisory names.
async fn packages(db: &DatabaseTransaction) -> Result<i32, DbErr> {
    let count = advisory::Entity::find()
        .select_only()
        .column(advisory::Column::CrateId)
        .filter(advisory::Column::CrateId.is_not_null())
        .distinct()
        .count(db)
        .await?;
    Ok(count.try_into().unwrap_or(i32::MAX))
}

/// Counts the pairs of an advisory and a published version that it affects.
async fn pairs(db: &DatabaseTransaction) -> Result<u64, DbErr> {
    // SQLite and PostgreSQL happen to have this function under the same name.
    let length = Expr::cust("CAST(SUM(json_array_length(affected_versions)) AS bigint)");
    let pairs: Option<Option<i64>> = advisory::Entity::find()
        .select_only()
        .column_as(length, "pairs")
        .into_tuple()
        .one(db)
        .await?;
    Ok(pairs.flatten().unwrap_or(0).try_into().unwrap_or(0))
}
