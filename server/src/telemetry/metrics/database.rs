//! The metrics of the database's connections and statements.

use super::Metrics;
use super::names::{DATABASE_CONNECTIONS, DATABASE_MAX_CONNECTIONS, STATEMENTS};
use sea_orm::{DatabaseConnection, DbBackend, metric};

/// Returns the number of open connections, the number of idle connections among them, and the
/// maximum.
fn size(db: &DatabaseConnection) -> (u32, usize, u32) {
    match db.get_database_backend() {
        DbBackend::Postgres => {
            let pool = db.get_postgres_connection_pool();
            let max = pool.options().get_max_connections();
            (pool.size(), pool.num_idle(), max)
        }
        _ => {
            let pool = db.get_sqlite_connection_pool();
            let max = pool.options().get_max_connections();
            (pool.size(), pool.num_idle(), max)
        }
    }
}

impl Metrics {
    /// Reports the connections of the pool of `db` at each scrape.
    pub fn watch_pool(&self, db: DatabaseConnection) {
        let of = |state| {
            self.record()
                .gauge(DATABASE_CONNECTIONS, &[("state", state)])
        };
        let (idle, used) = (of("idle"), of("used"));
        let max = self.record().gauge(DATABASE_MAX_CONNECTIONS, &[]);
        self.before_each_scrape(move || {
            let (all, unused, most) = size(&db);
            let unused = u32::try_from(unused).unwrap_or(u32::MAX);
            idle.set(unused);
            used.set(all.saturating_sub(unused));
            max.set(most);
        });
    }

    /// Returns a callback that records the duration and outcome of a statement.
    pub fn statement(&self) -> impl Fn(&metric::Info<'_>) + Send + Sync + 'static {
        let of = |outcome| self.record().histogram(STATEMENTS, &[("outcome", outcome)]);
        let (ok, error) = (of("ok"), of("error"));
        move |info| match info.failed {
            false => ok.record(info.elapsed),
            true => error.record(info.elapsed),
        }
    }
}
