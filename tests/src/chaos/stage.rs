//! The processes of a run: PostgreSQL, the servers and their sources.

use super::ask::Ask;
use super::faults::Fault;
use super::ledger::{self, Entry};
use super::process::{Abilities, Doors, Server};
use super::read;
use super::scene::Scene;
use super::sources::Sources;
use super::world::{CRATES, State};
use crate::postgres;
use crate::rows::rows;
use crate::{SYNCED_AT, TestDatabase};
use reqwest::Client;
use sea_orm::Database;
use serde_json::{Value, json};
use server::engine::Document;
use server::sync::{self, Guard};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The GraphQL document with which this program queries the status of a server.
pub const STATUS: &str = "query Status { dataStatus { revision revisionId commit isStale \
     syncedAt problem { kind } skipped { path } } }";

/// The time within which a server notices a change of its clock and reads the database again.
/// Until then, it uses results that it computed with the wrong clock.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// The largest accepted difference between a server's clock and this program's.
const SKEW: time::Duration = time::Duration::seconds(30);

/// The time limit of a recovery, on a busy machine.
const RECOVERY: Duration = Duration::from_secs(180);

/// The processes of a run.
pub struct Stage {
    /// PostgreSQL.
    pub postgres: postgres::Server,
    /// The URL of the database.
    pub url: String,
    /// The sources.
    pub sources: Sources,
    /// The servers. The last one is a gate.
    pub servers: Vec<Server>,
    /// The faults that are possible on this machine.
    pub abilities: Abilities,
    /// The open connections of a flood.
    pub flood: Vec<TcpStream>,
    /// The number of connections in a flood.
    pub flood_size: usize,
    /// The state that is shared with the visitors.
    pub scene: Arc<Scene>,
    /// The HTTP client for checks of the servers' state.
    pub client: Client,
}

impl Stage {
    /// Starts a server whose process has ended.
    pub fn start(&mut self, server: usize) {
        // The server reads the database after this, so it knows at least this entry.
        let newest = self.scene.judge().ledger.newest();
        self.servers[server].start();
        let doors = &self.servers[server].doors;
        // A gate reads from another server, which may not have read this entry yet.
        if !doors.is_gate {
            doors.shows("", newest);
        }
    }

    /// Waits until the servers have recovered from the faults. Returns the duration.
    ///
    /// # Errors
    /// Returns a message with the first failing check if the recovery takes too long.
    pub async fn recover(&mut self, from: &[Fault]) -> Result<Duration, String> {
        let begin = Instant::now();
        let was_without_database = from.iter().any(Fault::is_of_database);
        let had_clocks_wrong = from.iter().any(|fault| matches!(fault, Fault::Clock(..)));
        if had_clocks_wrong {
            sleep(LOOK_AGAIN).await;
        }
        let since = now();
        loop {
            for server in 0..self.servers.len() {
                if self.servers[server].is_up() {
                    continue;
                }
                if !was_without_database {
                    return Err(format!("{} has ended", self.servers[server].doors.name));
                }
                // A server ends if it is started while there is no database.
                self.scene.report(|report| report.started_again += 1);
                self.start(server);
            }
            match self.is_well(since).await {
                Ok(()) => return Ok(begin.elapsed()),
                Err(why) if begin.elapsed() > RECOVERY => {
                    return Err(format!("not recovered within {RECOVERY:?}: {why}"));
                }
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Checks that the newest state is committed, that a sync has succeeded since `since`,
    /// and that each server shows the state without a problem.
    async fn is_well(&self, since: OffsetDateTime) -> Result<(), String> {
        let (newest, expected) = (self.sources.newest, self.sources.states());
        let entry = self.scene.judge().ledger.entries.last().cloned();
        let entry = entry.ok_or("nothing is committed")?;
        let is_newest = |state: &State| *state == newest;
        if expected.get(&entry.commit) != Some(&newest.advisories)
            || !entry.states.values().all(is_newest)
        {
            return Err(format!("{newest:?} is not committed, but {entry:?}"));
        }
        let status = json!({
            "revision": entry.revision,
            "revisionId": entry.revision_id,
            "commit": entry.commit,
            "isStale": false,
            "syncedAt": null,
            "problem": null,
            "skipped": [],
        });
        for server in &self.servers {
            let well = match server.doors.is_gate {
                true => self.shows(&server.doors, &entry).await,
                false => self.says(&server.doors, &status, since).await,
            };
            well.map_err(|why| format!("{}: {why}", server.doors.name))?;
        }
        Ok(())
    }

    /// Checks that a server reports this status, and that `/health` and `/ready` answer 200.
    async fn says(
        &self,
        doors: &Doors,
        status: &Value,
        since: OffsetDateTime,
    ) -> Result<(), String> {
        let origin = format!("http://127.0.0.1:{}", doors.internal);
        let body = json!({ "documentId": Document::id_of(STATUS) });
        let request = self.client.post(format!("{origin}/graphql")).json(&body);
        let answer = async { request.send().await?.json::<Value>().await };
        let mut answer = answer.await.map_err(|error| error.to_string())?;
        let synced_at = answer["data"]["dataStatus"]["syncedAt"].take();
        let synced_at = OffsetDateTime::parse(synced_at.as_str().unwrap_or("?"), &Rfc3339);
        if !synced_at.is_ok_and(|at| at >= since && at <= now() + SKEW) {
            return Err(format!("synced at {synced_at:?}, not since {since}"));
        }
        if answer["data"]["dataStatus"] != *status {
            return Err(format!("{answer}, not {status}"));
        }
        for path in ["/health", "/ready"] {
            let answer = self.client.get(format!("{origin}{path}")).send().await;
            let status = answer.map_err(|error| error.to_string())?.status();
            if status != 200 {
                return Err(format!("{path} answers {status}"));
            }
        }
        Ok(())
    }

    /// Checks that a gate shows this state without marking it as possibly out of date.
    async fn shows(&self, doors: &Doors, entry: &Entry) -> Result<(), String> {
        let ask = Ask::Tab(CRATES[0], None);
        let url = format!("http://127.0.0.1:{}{}", doors.tab, ask.path());
        let answer = self.client.get(url).send().await;
        let answer = answer.map_err(|error| error.to_string())?;
        let is_marked = answer.headers().contains_key("x-security-stale");
        let body = answer.text().await.map_err(|error| error.to_string())?;
        let said = read::read(&ask, &body)?;
        let world = self.scene.judge().ledger.world;
        match said.facts == ask.expected(world, entry) && !said.is_stale && !is_marked {
            true => Ok(()),
            false => Err(format!("{said:?}, marked: {is_marked}")),
        }
    }

    /// Compares the database with the result of a sync into an empty one.
    ///
    /// # Errors
    /// Returns a message with the rows that differ, or with the reason why they cannot be
    /// compared.
    pub async fn compare(&self, folder: &Path) -> Result<(), String> {
        let clone = TempDir::new_in(folder).map_err(|error| error.to_string())?;
        let sources = self.sources.open(&clone.path().join("clone.git"));
        let fresh = TestDatabase::sqlite().await;
        let synced = sync::run(&fresh.db, &sources, &Guard::default(), SYNCED_AT).await;
        synced.map_err(|error| format!("a sync from empty: {error}"))?;
        let db = Database::connect(&self.url)
            .await
            .map_err(|error| error.to_string())?;
        let here = TestDatabase {
            db,
            url: self.url.clone(),
            folder: None,
        };
        let (here, fresh) = (rows(&here).await, rows(&fresh).await);
        let differ: Vec<_> = here.iter().filter(|row| !fresh.contains(row)).collect();
        match here == fresh {
            true => Ok(()),
            false => Err(format!("not what a sync from empty makes: {differ:#?}")),
        }
    }

    /// Returns the lines of the servers' logs that no fault explains.
    #[must_use]
    pub fn bad_lines(&self) -> Vec<String> {
        let logs = self.servers.iter().map(|server| {
            let log = std::fs::read(server.log()).unwrap_or_default();
            String::from_utf8_lossy(&log).into_owned()
        });
        let is_bad = |line: &&str| line.contains("panicked") || line.contains("invalid row");
        logs.flat_map(|log| {
            log.lines()
                .filter(is_bad)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the servers' clocks are compared with it"
)]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Reads new rows of the ledger every 100 ms, until the future is dropped.
pub async fn follow_ledger(scene: Arc<Scene>, url: String) {
    let mut db = None;
    loop {
        let begin = Instant::now();
        let newest = scene.judge().ledger.newest();
        let read = async {
            let db = match &db {
                Some(db) => db,
                None => db.insert(Database::connect(&url).await?),
            };
            ledger::rows_after(db, newest).await
        };
        match timeout(Duration::from_secs(2), read).await {
            Ok(Ok(rows)) => scene.committed(begin, rows),
            _ => db = None,
        }
        sleep(Duration::from_millis(100)).await;
    }
}
