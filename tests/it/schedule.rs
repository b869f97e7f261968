//! The times at which a server syncs, and its reports of failed attempts.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use futures_util::FutureExt;
use integration_tests::fixture::{Folders, advisory};
use integration_tests::host::Host;
use integration_tests::repository::{Change, TestRepository};
use integration_tests::{SYNCED_AT, TestDatabase, git_server, serve};
use sea_orm::ConnectionTrait;
use server::app::{App, before_doors};
use server::clock::Clock;
use server::entity::data_status::{self, Source};
use server::entity::sync_attempt::{self, Problem};
use server::schedule::Schedule;
use server::sync::{AdvisoryDb, Git, Guard, Index, Sources};
use server::tab::SamplePolicy;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

/// An advisory-db and an index of every kind.
struct World {
    repository: TestRepository,
    folders: Folders,
    host: Host,
}

impl World {
    async fn new() -> Self {
        let repository = TestRepository::new();
        let folders = Folders::new();
        let index = folders.path("index");
        let file = async move |Path(path): Path<String>| fs::read_to_string(index.join(path)).ok();
        let file = async move |path| file(path).await.ok_or(StatusCode::NOT_FOUND);
        let index = Router::new().route("/index/{*path}", get(file));
        let host = Host::over(git_server::routes(&repository).merge(index)).await;
        let world = Self {
            repository,
            folders,
            host,
        };
        world.publish(1);
        world
    }

    /// Publishes an advisory in the folder and in the repository.
    fn publish(&self, number: usize) {
        let id = format!("RUSTSEC-2024-{number:04}");
        let text = advisory(&id, "widget", "patched = [\">= 1.1.0\"]");
        let path = format!("crates/widget/{id}.md");
        self.folders.write(&format!("advisory-db/{path}"), &text);
        let change = Change::Write(path, text.into_bytes());
        self.repository.commit(&[change], SYNCED_AT);
    }

    fn folder(&self) -> AdvisoryDb {
        AdvisoryDb::Folder(self.folders.path("advisory-db"))
    }

    fn cloned(&self) -> AdvisoryDb {
        let url = Url::parse(&self.host.url("/advisory-db")).expect("an address");
        let clone = self.repository.clone_path();
        AdvisoryDb::Git(Git { url, clone })
    }

    fn sparse(&self) -> Index {
        let url = format!("sparse+{}/", self.host.url("/index"));
        Index::parse(&url).expect("a sparse index")
    }
}

/// A clock that a test moves forward.
#[derive(Clone, Default)]
struct Seconds(Arc<AtomicU64>);

impl Seconds {
    fn pass(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let seconds = self.0.clone();
        Clock::new(move || SYNCED_AT + Duration::from_secs(seconds.load(Ordering::Relaxed)))
    }
}

/// Returns the schedule of a server over this database, with these sources.
async fn schedule(
    database: &TestDatabase,
    sources: Sources,
    every: Option<Duration>,
    clock: Clock,
) -> Schedule {
    let options = serve(&["--database-url", &database.url]);
    let app = App::new(&options, clock).await.expect("the service starts");
    let schedule = app.schedule().expect("it has the data itself").clone();
    Schedule {
        sources,
        every,
        ..schedule
    }
}

async fn status(database: &TestDatabase) -> data_status::Model {
    let status = data_status::Entity::current().one(&database.db).await;
    status.expect("the database").expect("a status")
}

/// Returns the problem that the database has on record.
async fn problem(database: &TestDatabase) -> Option<Problem> {
    let last = sync_attempt::Entity::last().one(&database.db).await;
    last.expect("the database")?.problem
}

/// `--sync-every 0`: one sync at the start, from sources of every kind, over an empty
/// database and over one with an older state; then no more.
#[tokio::test]
async fn without_an_interval_there_is_one_sync() {
    let world = World::new().await;
    let in_place = AdvisoryDb::Git(world.repository.in_place());
    let folder = Index::Folder(world.folders.path("index"));
    let kinds = [
        ("folder, folder", world.folder(), Some(folder.clone())),
        ("folder, no index", world.folder(), None),
        ("folder, sparse", world.folder(), Some(world.sparse())),
        ("file://, folder", in_place.clone(), Some(folder.clone())),
        ("file://, no index", in_place, None),
        ("http://, folder", world.cloned(), Some(folder)),
        ("http://, sparse", world.cloned(), Some(world.sparse())),
    ];
    let mut published = 1;
    for (kind, advisory_db, index) in kinds {
        let sources = Sources {
            advisory_db,
            index,
            all_crates: false,
        };
        let database = TestDatabase::sqlite().await;
        for sample in [SamplePolicy::Show, SamplePolicy::Hide] {
            published += 1;
            world.publish(published);
            let guard = Guard::default();
            let start = before_doors(&database.db, &sources, &guard, sample, SYNCED_AT).await;
            let has_tried = start.expect(kind).has_tried;
            let schedule =
                schedule(&database, sources.clone(), None, Seconds::default().clock()).await;
            let health = schedule.health.clone();
            // The schedule ends by itself.
            schedule.keep(has_tried).await;
            assert_eq!(health.problem(), None, "{kind}");
            let status = status(&database).await;
            assert_ne!(status.source, Source::Sample, "{kind}");
            assert_eq!(usize::try_from(status.advisories), Ok(published), "{kind}");
        }
    }
}

/// Readers of the same process are notified of a sync at once.
#[tokio::test]
async fn readers_are_told_of_a_sync() {
    let world = World::new().await;
    let database = TestDatabase::sqlite().await;
    let every = Some(Duration::from_secs(300));
    let schedule = schedule(
        &database,
        world.folders.sources(),
        every,
        Seconds::default().clock(),
    )
    .await;
    assert!(schedule.synced.notified().now_or_never().is_none());
    schedule.look().await;
    assert!(schedule.synced.notified().now_or_never().is_some());
    // No sync was due.
    schedule.look().await;
    assert!(schedule.synced.notified().now_or_never().is_none());
}

/// A failure that only this process knows of is cleared when the database answers
/// again, whichever server syncs next.
#[tokio::test]
async fn a_problem_that_is_over_is_cleared() {
    let world = World::new().await;
    for (database, _server) in TestDatabase::each("a problem that is over").await {
        let sources = world.folders.sources();
        database.sync(&sources).await.expect("the sync");
        let schedule = schedule(
            &database,
            sources,
            Some(Duration::from_secs(300)),
            Seconds::default().clock(),
        )
        .await;
        let rename = async |from: &str, to: &str| {
            let statement = format!("ALTER TABLE {from} RENAME TO {to}");
            let renamed = database.db.execute_unprepared(&statement).await;
            renamed.expect("a table of this name");
        };
        rename("sync_attempts", "away").await;
        schedule.look().await;
        let (problem, _) = schedule.health.problem().expect("a problem");
        assert_eq!(problem, Problem::Database);
        rename("away", "sync_attempts").await;
        schedule.look().await;
        assert_eq!(schedule.health.problem(), None, "no sync is due");
    }
}

/// Another process uses the clone: that becomes a problem only after the time that a
/// fetch may take.
#[tokio::test]
async fn a_clone_that_stays_in_use_is_a_problem() {
    let world = World::new().await;
    let database = TestDatabase::sqlite().await;
    let every = Duration::from_secs(60);
    let sources = Sources {
        advisory_db: world.cloned(),
        index: None,
        all_crates: false,
    };
    let now = Seconds::default();
    let schedule = schedule(&database, sources, Some(every), now.clock()).await;
    let mut lock = world.repository.clone_path().into_os_string();
    lock.push(".lock");
    let lock = fs::File::create(lock).expect("the lock");
    lock.lock().expect("ours");

    for passed in [0, 10, 280] {
        now.pass(passed);
        schedule.look().await;
        assert_eq!(schedule.health.problem(), None);
        assert_eq!(problem(&database).await, None);
    }
    now.pass(20);
    schedule.look().await;
    let in_use = Some(Problem::CloneInUse);
    assert_eq!(problem(&database).await, in_use, "after 310 seconds");

    // It counts as an attempt, so the next one comes in time, and clears the problem.
    drop(lock);
    now.pass(10);
    schedule.look().await;
    assert_eq!(problem(&database).await, in_use, "not due");
    now.pass(60);
    schedule.look().await;
    assert_eq!(problem(&database).await, None);
    assert_eq!(status(&database).await.source, Source::Git);
}
