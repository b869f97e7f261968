//! Servers that sync into one database, and the state that readers see meanwhile:
//! killed at any moment, taking over from each other, with a database that is full,
//! locked, hung or gone.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use gix::ObjectId;
use integration_tests::fixture::{Folders, advisory, index_file};
use integration_tests::host::{Fault, Host, Outcome};
use integration_tests::repository::{Change, TestRepository};
use integration_tests::rows::rows;
use integration_tests::skip::note;
use integration_tests::{CONNECTIONS, SYNCED_AT, TestDatabase, git_server, postgres, skip};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, EntityTrait};
use server::app::before_doors;
use server::database::begin_read;
use server::entity::{advisory as advisories, data_status};
use server::sync::{AdvisoryDb, Git, Guard, Sources, SyncError};
use server::tab::SamplePolicy;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use time::Duration as Span;
use url::Url;

const REFS: &str = "/advisory-db/info/refs";

/// The number of advisories in the repository, each on its own crate.
const ADVISORIES: usize = 150;

/// An advisory-db that alternates between two states.
struct Turning {
    repository: TestRepository,
    host: Host,
    folders: Folders,
    states: [ObjectId; 2],
}

impl Turning {
    async fn new() -> Self {
        let repository = TestRepository::new();
        let folders = Folders::new();
        let versions: Vec<String> = (0..20).map(|minor| format!("1.{minor}.0")).collect();
        let versions: Vec<(&str, bool)> =
            versions.iter().map(|num| (num.as_str(), false)).collect();
        let commit = |patched: &str, at| {
            let changes: Vec<Change> = (0..ADVISORIES)
                .map(|number| {
                    let (package, id) = (
                        format!("crate-{number}"),
                        format!("RUSTSEC-2024-{number:04}"),
                    );
                    let text = advisory(&id, &package, patched);
                    Change::Write(format!("crates/{package}/{id}.md"), text.into_bytes())
                })
                .collect();
            repository.commit(&changes, at)
        };
        for number in 0..ADVISORIES {
            let path = format!("cr/at/crate-{number}");
            folders.write(&format!("index/{path}"), &index_file(&path, &versions));
        }
        let states = [
            commit("patched = [\">= 1.10.0\"]", SYNCED_AT - Span::days(2)),
            commit("patched = []", SYNCED_AT - Span::days(1)),
        ];
        let host = Host::over(git_server::routes(&repository)).await;
        Self {
            repository,
            host,
            folders,
            states,
        }
    }

    fn sources(&self) -> Sources {
        let url = Url::parse(&self.host.url("/advisory-db")).expect("an address");
        let clone = self.repository.clone_path();
        Sources {
            advisory_db: AdvisoryDb::Git(Git { url, clone }),
            ..self.folders.sources()
        }
    }

    /// Returns the rows of each state, synced from empty.
    async fn rows(&self) -> [Vec<String>; 2] {
        let mut both = Vec::new();
        for state in self.states {
            self.repository.reset_to(state);
            let fresh = TestDatabase::sqlite().await;
            fresh
                .sync(&self.sources())
                .await
                .expect("the sync from empty");
            both.push(rows(&fresh).await);
        }
        both.try_into().expect("two")
    }

    /// Starts a server in its own process, with its own clone, that syncs into this
    /// database.
    fn server(&self, database: &str, name: &str, every: Duration) -> Server {
        let process = Command::new(env!("CARGO_BIN_EXE_syncing-server"))
            .arg(database)
            .arg(self.host.url("/advisory-db"))
            .arg(self.repository.clone_path().with_file_name(name))
            .arg(self.folders.path("index"))
            .arg(every.as_millis().to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Server(process.expect("the server runs"))
    }
}

/// A process that ends with the test.
struct Server(Child);

impl Server {
    /// `kill -9`.
    fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Forced, because one of the two states has an older commit.
const FORCED: Guard = Guard {
    max_loss: 5,
    is_forced: true,
};

async fn sync(db: &DatabaseConnection, turning: &Turning) {
    let synced = server::sync::run(db, &turning.sources(), &FORCED, SYNCED_AT).await;
    synced.expect("the sync");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment() {
    for (database, _server) in TestDatabase::each("killed at any moment").await {
        let turning = Turning::new().await;
        let states = turning.rows().await;
        turning.repository.reset_to(turning.states[0]);
        sync(&database.db, &turning).await;
        let start = || turning.server(&database.url, "killed.git", Duration::ZERO);

        // Measure the time of a complete sync on this machine, as busy as it is.
        turning.repository.reset_to(turning.states[1]);
        let begin = Instant::now();
        let mut server = start();
        while rows(&database).await != states[1] {
            let is_late = begin.elapsed() > Duration::from_secs(60);
            assert!(!is_late, "a server that is left alone syncs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let whole = begin.elapsed();
        server.kill();

        let mut seen = [0, 0];
        for round in 1..=24 {
            let target = usize::from(rows(&database).await == states[0]);
            turning.repository.reset_to(turning.states[target]);
            let mut server = start();
            tokio::time::sleep(whole * round / 16).await;
            server.kill();
            let now = rows(&database).await;
            let state = states.iter().position(|state| *state == now);
            let state = state.unwrap_or_else(|| panic!("round {round}: a mixture"));
            seen[usize::from(state == target)] += 1;
        }
        assert!(seen[0] > 0, "never killed before the end");
        note(&format!(
            "killed_at_any_moment: {seen:?} before and after the commit"
        ));
        turning.repository.reset_to(turning.states[1]);
        sync(&database.db, &turning).await;
        assert_eq!(rows(&database).await, states[1]);
    }
}

/// Reads once what a reader sees: the revision, and the number of pairs of an advisory
/// and a version.
async fn look(db: &DatabaseConnection) -> (i32, usize) {
    let view = begin_read(db).await.expect("a view");
    let status = data_status::Entity::current()
        .one(&view)
        .await
        .expect("a status");
    let advisories = advisories::Entity::find()
        .all(&view)
        .await
        .expect("advisories");
    assert_eq!(advisories.len(), ADVISORIES);
    let pairs = advisories.iter().map(|row| row.affected_versions.0.len());
    (status.expect("a status").revision, pairs.sum())
}

/// Readers see the whole old revision, then the whole new one.
#[tokio::test(flavor = "multi_thread")]
async fn readers_see_no_mixture() {
    for (database, _server) in TestDatabase::each("readers").await {
        let turning = Turning::new().await;
        turning.repository.reset_to(turning.states[0]);
        sync(&database.db, &turning).await;
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move {
                    let db = server::database::open(&url, CONNECTIONS)
                        .await
                        .expect("a replica");
                    let mut seen = vec![look(&db).await];
                    while seen.last().is_some_and(|(revision, _)| *revision < 6) {
                        let now = look(&db).await;
                        if seen.last() != Some(&now) {
                            seen.push(now);
                        }
                    }
                    seen
                })
            })
            .collect();
        for round in 1..6 {
            turning.repository.reset_to(turning.states[round % 2]);
            sync(&database.db, &turning).await;
        }
        let pairs = |revision: i32| if revision % 2 == 1 { 10 } else { 20 } * ADVISORIES;
        for reader in readers {
            let seen = tokio::time::timeout(Duration::from_secs(30), reader).await;
            let seen = seen
                .expect("the last revision is seen")
                .expect("the reader");
            for (revision, found) in seen {
                assert_eq!(found, pairs(revision), "revision {revision}");
            }
        }
    }
}

/// While a sync holds its transaction and waits for the network, many readers of the
/// same connections, as behind the server's doors, continue.
#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_waits_holds_up_no_reader() {
    for (database, _server) in TestDatabase::each("a sync that waits").await {
        let turning = Turning::new().await;
        turning.repository.reset_to(turning.states[0]);
        sync(&database.db, &turning).await;
        turning.repository.reset_to(turning.states[1]);
        let fetched = turning.host.outcomes(REFS).len();
        turning.host.fault(REFS, Fault::Hold);
        let (db, sources) = (database.db.clone(), turning.sources());
        let waiting =
            tokio::spawn(async move { server::sync::run(&db, &sources, &FORCED, SYNCED_AT).await });
        let is_fetching = |outcomes: Vec<Outcome>| outcomes.get(fetched) == Some(&Outcome::Open);
        until(|| is_fetching(turning.host.outcomes(REFS))).await;

        let mut views = Vec::new();
        for _ in 0..4 {
            let view = tokio::time::timeout(Duration::from_secs(2), begin_read(&database.db)).await;
            views.push(view.expect("no wait").expect("a view"));
            assert_eq!(look(&database.db).await, (1, 10 * ADVISORIES));
        }
        assert!(!waiting.is_finished());
        waiting.abort();
    }
}

/// One server syncs and the other waits. When the first is killed, the other takes
/// over.
#[tokio::test(flavor = "multi_thread")]
async fn another_server_takes_over() {
    let test = "another_server_takes_over";
    let Some(postgres) = postgres::server().await else {
        return skip::without_program(test, "PostgreSQL");
    };
    let database = TestDatabase::postgres(&postgres).await;
    let turning = Turning::new().await;
    turning.repository.reset_to(turning.states[0]);
    sync(&database.db, &turning).await;
    turning.repository.reset_to(turning.states[1]);
    let fetched = turning.host.outcomes(REFS).len();

    let every = Duration::from_secs(1);
    turning.host.fault(REFS, Fault::Hold);
    let mut first = turning.server(&database.url, "first.git", every);
    let is_fetching = |outcomes: Vec<Outcome>| outcomes.get(fetched) == Some(&Outcome::Open);
    until(|| is_fetching(turning.host.outcomes(REFS))).await;
    let _second = turning.server(&database.url, "second.git", every);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = turning.host.outcomes(REFS).len() - fetched;
    assert_eq!(asked, 1, "only one of them syncs");
    assert_eq!(look(&database.db).await, (1, 10 * ADVISORIES));

    first.kill();
    turning.host.fault(REFS, None);
    let killed = Instant::now();
    let db = &database.db;
    loop {
        match look(db).await {
            (1, pairs) => assert_eq!(pairs, 10 * ADVISORIES),
            (2, pairs) => break assert_eq!(pairs, 20 * ADVISORIES),
            (revision, _) => panic!("revision {revision}"),
        }
        assert!(
            killed.elapsed() < Duration::from_secs(20),
            "nobody took over"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    note(&format!("{test}: after {:?}", killed.elapsed()));
}

/// Two servers are started together over an empty database. The second waits for the
/// first one's sync, and shows its data; if that sync fails, it does its own.
#[tokio::test(flavor = "multi_thread")]
async fn started_together() {
    for succeeds in [true, false] {
        for (database, _server) in TestDatabase::each("started together").await {
            let turning = Turning::new().await;
            turning.host.fault(REFS, Fault::Hold);
            let (db, sources) = (database.db.clone(), turning.sources());
            let first =
                tokio::spawn(
                    async move { server::sync::run(&db, &sources, &FORCED, SYNCED_AT).await },
                );
            until(|| turning.host.outcomes(REFS) == [Outcome::Open]).await;

            let db = server::database::open(&database.url, CONNECTIONS).await;
            let (db, folders) = (db.expect("a connection"), Folders::new());
            let sources = folders.sources();
            let mut second = tokio::spawn(async move {
                let policy = SamplePolicy::Hide;
                before_doors(&db, &sources, &FORCED, policy, SYNCED_AT).await
            });
            // SQLite itself waits five seconds for the other server.
            let early = tokio::time::timeout(Duration::from_secs(7), &mut second).await;
            assert!(early.is_err(), "{early:?}");

            let refused = Fault::Answer(500, String::new());
            turning.host.fault(REFS, (!succeeds).then_some(refused));
            assert_eq!(first.await.expect("it runs").is_ok(), succeeds);
            let start = second.await.expect("it runs").expect("it starts");
            assert!(start.has_tried);
            assert_eq!(start.report.is_none(), succeeds, "{start:?}");
        }
    }
}

/// While another server replaces the sample by real data, a server that starts shows
/// the sample.
#[tokio::test(flavor = "multi_thread")]
async fn started_during_the_first_sync() {
    for (database, _server) in TestDatabase::each("started during the first sync").await {
        let synced = database.sync(&Sources::sample()).await;
        synced.expect("the sample syncs");
        let turning = Turning::new().await;
        turning.host.fault(REFS, Fault::Hold);
        let (db, sources) = (database.db.clone(), turning.sources());
        let first =
            tokio::spawn(async move { server::sync::run(&db, &sources, &FORCED, SYNCED_AT).await });
        until(|| turning.host.outcomes(REFS) == [Outcome::Open]).await;

        let (sources, policy) = (turning.sources(), SamplePolicy::Show);
        let start = before_doors(&database.db, &sources, &FORCED, policy, SYNCED_AT).await;
        let start = start.expect("it starts");
        assert!(!start.has_tried && start.report.is_none(), "{start:?}");
        first.abort();
    }
}

/// The replacement of crates.io, and the way to it and to the advisory-db, come from
/// Cargo's configuration: neither host exists.
#[tokio::test(flavor = "multi_thread")]
async fn cargos_configuration() {
    let database = TestDatabase::sqlite().await;
    let turning = Turning::new().await;
    turning.repository.reset_to(turning.states[0]);
    let index = turning.folders.path("index");
    let file = async move |Path(path): Path<String>| fs::read_to_string(index.join(path)).ok();
    let file = async move |path| file(path).await.ok_or(StatusCode::NOT_FOUND);
    let routes = git_server::routes(&turning.repository).route("/index/{*path}", get(file));
    let proxy = Host::over(routes).await;
    let home = TempDir::new().expect("a temporary folder");
    let configuration = format!(
        "[http]\nproxy = \"{}\"\n\n[source.crates-io]\nreplace-with = \"mirror\"\n\n\
         [source.mirror]\nregistry = \"sparse+http://mirror.invalid/index/\"\n",
        proxy.url("")
    );
    fs::write(home.path().join("config.toml"), configuration).expect("written");
    let process = Command::new(env!("CARGO_BIN_EXE_syncing-server"))
        .arg(&database.url)
        .arg("http://advisories.invalid/advisory-db")
        .arg(home.path().join("clone.git"))
        .args(["crates-io", "1000"])
        .current_dir(home.path())
        .env("CARGO_HOME", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _server = Server(process.expect("the server runs"));
    let begin = Instant::now();
    while data_status::Entity::current()
        .one(&database.db)
        .await
        .expect("the database")
        .is_none()
    {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "it does not sync"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(look(&database.db).await, (1, 10 * ADVISORIES));
}

async fn until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "it does not come about"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// SQLite's own limit stands in for a full disk.
#[tokio::test]
async fn a_full_disk() {
    let database = TestDatabase::sqlite().await;
    let turning = Turning::new().await;
    turning.repository.reset_to(turning.states[0]);
    sync(&database.db, &turning).await;
    let before = rows(&database).await;

    let mut options = ConnectOptions::new(&database.url);
    options.max_connections(1);
    let db = Database::connect(options).await.expect("a connection");
    db.execute_unprepared("PRAGMA max_page_count = 1")
        .await
        .expect("the limit");
    turning.repository.reset_to(turning.states[1]);
    let full = server::sync::run(&db, &turning.sources(), &FORCED, SYNCED_AT).await;
    assert!(matches!(full, Err(SyncError::Database(_))), "{full:?}");
    assert_eq!(rows(&database).await, before);

    db.execute_unprepared("PRAGMA max_page_count = 1000000")
        .await
        .expect("more room");
    sync(&db, &turning).await;
    assert_ne!(rows(&database).await, before);
}

/// Another process has the database open for writing, and keeps it.
#[tokio::test]
async fn a_locked_database() {
    let database = TestDatabase::sqlite().await;
    let turning = Turning::new().await;
    turning.repository.reset_to(turning.states[0]);
    sync(&database.db, &turning).await;
    let before = rows(&database).await;

    let other = Database::connect(&database.url)
        .await
        .expect("a connection");
    let lock = other.get_sqlite_connection_pool().acquire().await;
    let mut lock = lock.expect("a connection");
    use sea_orm::sqlx::Executor;
    lock.execute("BEGIN EXCLUSIVE").await.expect("the lock");
    turning.repository.reset_to(turning.states[1]);
    let locked = server::sync::run(&database.db, &turning.sources(), &FORCED, SYNCED_AT).await;
    assert!(
        matches!(locked, Err(SyncError::AnotherIsSyncing)),
        "{locked:?}"
    );
    assert_eq!(rows(&database).await, before, "readers go on");
    lock.execute("ROLLBACK").await.expect("the lock is free");

    sync(&database.db, &turning).await;
    assert_ne!(rows(&database).await, before);
}
