//! The verdicts: which published versions an advisory affects. `rustsec` judges
//! every pair once, during the sync.

use crate::domain::verdict::Ranges;
use crate::entity::list::KeyList;
use crate::entity::{advisory, version};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use std::collections::HashMap;

/// Judges every version of these crates by every advisory on them, and writes the
/// verdicts that differ.
pub(in crate::sync) async fn judge_crates(
    db: &DatabaseTransaction,
    crate_ids: &[i32],
) -> Result<(), DbErr> {
    let advisories = advisory::Entity::of_crates(crate_ids).all(db).await?;
    let versions = version::Entity::of_crates(crate_ids).all(db).await?;
    let verdicts = judge(&advisories, versions);
    for (advisory, affected) in advisories.into_iter().zip(verdicts) {
        if advisory.affected_versions == affected {
            continue;
        }
        advisory::Entity::update_many()
            .col_expr(advisory::Column::AffectedVersions, Expr::value(affected))
            .filter(advisory::Column::Id.eq(advisory.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Returns, for each advisory, the versions of its crate that it affects.
/// Withdrawn advisories are judged too: readers leave them out of verdicts, but
/// can still show what they claimed.
pub(in crate::sync) fn judge(
    advisories: &[advisory::Model],
    versions: Vec<version::Model>,
) -> Vec<KeyList> {
    let mut versions_of: HashMap<i32, Vec<(i32, semver::Version)>> = HashMap::new();
    for row in versions {
        // The index parser has accepted it before.
        if let Ok(version) = semver::Version::parse(&row.num) {
            let versions = versions_of.entry(row.crate_id).or_default();
            versions.push((row.id, version));
        }
    }
    for versions in versions_of.values_mut() {
        versions.sort_unstable_by_key(|(id, _)| *id);
    }
    let affected = |advisory: &advisory::Model| {
        let versions = versions_of.get(&advisory.crate_id?)?.iter();
        // `rustsec` has accepted the file's own requirements before.
        let ranges = Ranges::parse(&advisory.patched.0, &advisory.unaffected.0).ok()?;
        let affected = versions.filter(|(_, version)| ranges.affects(version));
        Some(KeyList(affected.map(|(id, _)| *id).collect()))
    };
    let affected = advisories.iter().map(affected);
    affected.map(Option::unwrap_or_default).collect()
}
