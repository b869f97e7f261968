//! Measures the speed of the service: its release binary against nginx and
//! PostGraphile, its first views, its memory. Prints Markdown tables, as in
//! docs/SPEED.md.
//!
//! ```sh
//! cargo build --release -p server
//! export ADVISORY_DB=../advisory-db INDEX=../index
//! cargo run -p integration-tests --example speed -- hits
//! ```
//!
//! Without `ADVISORY_DB` and `INDEX` it measures the bundled sample. Linux only:
//! CPU time and memory are read from `/proc`.

mod client;
mod first_views;
mod graphql;
mod hits;
mod memory;
mod nginx;
mod postgraphile;
mod process;
mod renewal;
mod service;
mod wrk;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Measures the speed of the service.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    what: What,
}

/// The measurements.
#[derive(Subcommand)]
enum What {
    /// Pages that are made already, against nginx with the same bytes in files
    Hits(hits::Options),
    /// Pages that are not made yet: CPU time of each
    FirstViews(first_views::Options),
    /// A query of PostgreSQL's data, against PostGraphile
    Graphql(graphql::Options),
    /// Memory, after every page of every version of every crate, twice
    Memory(Common),
    /// All default pages after new data, and visitors meanwhile
    Renewal(renewal::Options),
}

/// The options of every measurement.
#[derive(Args, Clone)]
struct Common {
    /// The service's binaries; with several, rounds alternate between them
    #[arg(long, default_value = "target/release/crates-io-security")]
    server: Vec<PathBuf>,
    /// RustSec's advisory-db, a folder; without it, the bundled sample
    #[arg(long, env = "ADVISORY_DB")]
    advisory_db: Option<PathBuf>,
    /// The index, a folder
    #[arg(long, env = "INDEX")]
    index: Option<PathBuf>,
    /// Keep every crate of the index
    #[arg(long)]
    all_crates: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Options::parse().what {
        What::Hits(options) => hits::measure(&options).await,
        What::FirstViews(options) => first_views::measure(&options).await,
        What::Graphql(options) => graphql::measure(&options).await,
        What::Memory(options) => memory::measure(&options).await,
        What::Renewal(options) => renewal::measure(&options).await,
    }
}
