//! The clone of the advisory-db on a full file system: a small one in memory, which a
//! process may mount in its own namespace, on machines that allow it.

use integration_tests::fixture::{Folders, advisory};
use integration_tests::host::Host;
use integration_tests::repository::{Change, TestRepository};
use integration_tests::skip::note;
use integration_tests::small_disk::SmallDisk;
use integration_tests::{SYNCED_AT, TestDatabase, git_server};
use sea_orm::{DatabaseConnection, EntityTrait};
use server::entity::sync_attempt::{self, Problem};
use server::entity::{advisory as advisories, data_status};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use time::Duration as Span;

/// The size of the disk, in megabytes.
const MEGABYTES: u32 = 1;

/// A process with its own disk. It is killed when dropped.
struct Running(
    Child,
    #[expect(dead_code, reason = "it lives as long")] SmallDisk,
);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Both the first clone and a fetch name the disk as the problem.
#[tokio::test(flavor = "multi_thread")]
async fn of_the_clone() {
    let repository = TestRepository::new();
    let folders = Folders::new();
    let disk = folders.path("disk");
    std::fs::create_dir(&disk).expect("a folder");
    if SmallDisk::mount(&disk, MEGABYTES).is_none() {
        return note("skipped of_the_clone: this machine lets nobody mount a file system");
    }
    let commit = |number: usize, size: usize| {
        let id = format!("RUSTSEC-2024-{number:04}");
        let text = advisory(&id, "widget", "patched = []");
        let path = format!("crates/widget/{id}.md");
        let advisory = Change::Write(path, text.into_bytes());
        // Data that cannot be compressed, beside the advisories.
        let mut random = noise_of(number);
        let noise: Vec<u8> = (0..size).map(|_| random()).collect();
        let noise = Change::Write(format!("noise/{number}"), noise);
        let at = SYNCED_AT + Span::minutes(i64::try_from(number).expect("small"));
        repository.commit(&[advisory, noise], at);
    };
    let host = Host::over(git_server::routes(&repository)).await;
    let sync = |database: &TestDatabase| {
        let small = SmallDisk::mount(&disk, MEGABYTES).expect("a small disk");
        let process = small
            .command(env!("CARGO_BIN_EXE_syncing-server").as_ref())
            .arg(&database.url)
            .arg(host.url("/advisory-db"))
            .arg(disk.join("clone.git"))
            .arg(folders.path("index"))
            .arg("500")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Running(process.expect("the server runs"), small)
    };

    commit(1, 100);
    let fetched = TestDatabase::sqlite().await;
    let running = sync(&fetched);
    until(&fetched.db, Some(1), None).await;
    commit(2, 3_000_000);
    until(&fetched.db, Some(1), Some(Problem::Database)).await;
    drop(running);

    let cloned = TestDatabase::sqlite().await;
    let _running = sync(&cloned);
    until(&cloned.db, None, Some(Problem::Database)).await;
}

/// Waits until this number of advisories is known and this is the problem of the last
/// attempt. Fails if another problem comes before.
async fn until(db: &DatabaseConnection, count: Option<usize>, problem: Option<Problem>) {
    let begin = Instant::now();
    loop {
        let status = data_status::Entity::current().one(db).await;
        let is_known = status.expect("the database").is_some();
        let found = advisories::Entity::find()
            .all(db)
            .await
            .expect("advisories");
        let last = sync_attempt::Entity::last().one(db).await;
        let last: Option<Option<Problem>> = last.expect("the database").map(|last| last.problem);
        let now = (is_known.then_some(found.len()), last);
        if now == (count, Some(problem)) {
            return;
        }
        let is_other = last.flatten().is_some_and(|last| Some(last) != problem);
        assert!(!is_other, "{now:?}");
        let is_late = begin.elapsed() > Duration::from_secs(20);
        assert!(!is_late, "not {count:?}, {problem:?} but {now:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Returns numbers without a pattern, from a seed.
fn noise_of(seed: usize) -> impl FnMut() -> u8 {
    let mut state = seed as u64;
    move || {
        // Knuth's linear congruential generator, MMIX.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}
