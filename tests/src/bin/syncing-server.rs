//! A server that syncs repeatedly, for tests that kill it:
//! `syncing-server DATABASE REPOSITORY CLONE INDEX MILLISECONDS`.

use anyhow::{Context, Result};
use server::app::App;
use server::clock::Clock;
use std::time::Duration;
use time::OffsetDateTime;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, repository, clone, index, every] = &arguments[..] else {
        anyhow::bail!("five arguments are needed");
    };
    let options = integration_tests::serve(&[
        "--database-url",
        database,
        "--advisory-db",
        repository,
        "--advisory-db-clone",
        clone,
        "--index",
        index,
    ]);
    let app = App::new(&options, Clock::new(now)).await?;
    let mut schedule = app.schedule().context("a schedule")?.clone();
    schedule.every = Some(Duration::from_millis(every.parse()?));
    schedule.guard.is_forced = true;
    schedule.keep(false).await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
