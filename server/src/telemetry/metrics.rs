//! The metrics at `/metrics`, in Prometheus' format, for the operator's monitoring.

use crate::database::begin_read;
use crate::entity::data_status;
use crate::entity::sync_attempt::{self, Problem};
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sea_orm::{DatabaseConnection, DbErr, Iterable};
use std::sync::OnceLock;

/// Attempts of this process to sync, by outcome: `ok` or a [`Problem`].
const SYNCS: &str = "security_syncs_total";

/// Documents that were not run, because too many were running.
const TURNED_AWAY: &str = "security_turned_away_total";

/// Counts an attempt to sync, by its outcome.
pub fn synced(problem: Option<Problem>) {
    recorder();
    let outcome = problem.map_or_else(|| "ok".to_owned(), Problem::name);
    counter!(SYNCS, "outcome" => outcome).increment(1);
}

/// Counts a document that was not run, because too many were running: one of the `tab`'s
/// own or one of the `others`.
pub fn turned_away(of: &'static str) {
    recorder();
    counter!(TURNED_AWAY, "of" => of).increment(1);
}

/// Returns all metrics as text. Those of the data come from the database, so every server
/// reports the same.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub async fn render(db: &DatabaseConnection) -> Result<String, DbErr> {
    let recorder = recorder();
    let (status, attempt) = read(db).await?;
    if let Some(status) = status {
        gauge!("security_data_revision").set(status.revision);
        gauge!("security_data_synced_timestamp_seconds")
            .set(seconds(status.synced_at.unix_timestamp()));
        gauge!("security_data_advisories").set(status.advisories);
        gauge!("security_data_packages").set(status.packages);
        gauge!("security_data_versions").set(status.versions);
    }
    let problem = attempt.and_then(|attempt| attempt.problem);
    for each in Problem::iter() {
        let is_so = f64::from(problem == Some(each));
        gauge!("security_sync_problem", "kind" => each.name()).set(is_so);
    }
    Ok(recorder.render())
}

/// Reads the data status and the last attempt to sync in one state of the database: never
/// the data from before a sync with the outcome from after it.
///
/// # Errors
/// Returns [`DbErr`] if the database does not answer.
pub async fn read(
    db: &DatabaseConnection,
) -> Result<(Option<data_status::Model>, Option<sync_attempt::Model>), DbErr> {
    let view = begin_read(db).await?;
    let status = data_status::Entity::current().one(&view).await?;
    let attempt = sync_attempt::Entity::last().one(&view).await?;
    Ok((status, attempt))
}

/// Returns the recorder, which the first use installs. Metrics recorded before that are
/// lost.
fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // No other code installs one.
        drop(metrics::set_global_recorder(recorder));
        metrics::describe_counter!(SYNCS, "Sync attempts of this process, by outcome.");
        metrics::describe_counter!(
            TURNED_AWAY,
            "Documents refused because too many were running."
        );
        metrics::describe_gauge!(
            "security_data_revision",
            "Revision of the data; grows with every change."
        );
        metrics::describe_gauge!(
            "security_data_synced_timestamp_seconds",
            "Time at which the last good sync read its sources, in seconds since 1970."
        );
        metrics::describe_gauge!("security_data_advisories", "Known advisories.");
        metrics::describe_gauge!("security_data_packages", "Crates with an advisory.");
        metrics::describe_gauge!("security_data_versions", "Known published versions.");
        metrics::describe_gauge!(
            "security_sync_problem",
            "1 for the problem that the last sync ran into, else 0."
        );
        handle
    })
}

/// Converts seconds, exactly until far beyond any date.
#[expect(clippy::cast_precision_loss, reason = "seconds fit into 52 bits")]
fn seconds(seconds: i64) -> f64 {
    seconds as f64
}
