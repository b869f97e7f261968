//! A server that syncs again and again, for tests that kill it:
//! `syncing-server DATABASE REPOSITORY CLONE INDEX MILLISECONDS`.

use anyhow::{Context, Result};
use server::schedule::Schedule;
use server::state::Clock;
use server::sync::{AdvisoryDb, Git, Guard, Index, Sources};
use server::sync_health::SyncHealth;
use std::time::Duration;
use time::OffsetDateTime;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().context("an argument is missing");
    let database = next()?;
    let git = Git {
        url: next()?.parse()?,
        clone: next()?.into(),
    };
    let index = match next()?.as_str() {
        "crates-io" => Index::crates_io()?,
        index => Index::parse(index)?,
    };
    let every = Duration::from_millis(next()?.parse()?);
    let schedule = Schedule {
        db: server::database::open(&database, integration_tests::CONNECTIONS).await?,
        sources: Sources {
            advisory_db: AdvisoryDb::Git(git),
            index: Some(index),
            all_crates: false,
        },
        guard: Guard {
            is_forced: true,
            ..Guard::default()
        },
        every,
        clock: Clock::new(now),
        health: SyncHealth::default(),
    };
    schedule.keep().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program of its own")]
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}
