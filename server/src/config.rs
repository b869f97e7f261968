//! The command line: each option a flag and an environment variable.

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The Security tab of crates.io: RustSec's advisories, by GraphQL and as HTML.
#[derive(Debug, Parser)]
#[command(
    name = "crates-io-security",
    version,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// What to do. Without a command: `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of `serve`.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sync once, then answer on both doors (the default)
    Serve(Serve),
    /// Sync once, say what changed, and end
    Sync(Sync),
    /// Bring the database's tables up to date, or take steps back
    Migrate(Migrate),
    /// Print the GraphQL schema
    Schema,
}

/// Where the database is.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// The database: `sqlite:PATH` or `postgres://USER@HOST/NAME`
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:data/crates-io-security.db"
    )]
    pub database_url: String,
}

/// Where the data comes from.
#[derive(Clone, Debug, Args)]
pub struct Sources {
    /// A folder with RustSec's advisory-db. Without it: what the database holds,
    /// or when it is empty the bundled sample
    #[arg(long, env = "SECURITY_ADVISORY_DB", value_name = "FOLDER")]
    pub advisory_db: Option<PathBuf>,
    /// A folder with crates.io's index in the plain index layout (`op/en/openssl`)
    #[arg(
        long,
        env = "SECURITY_INDEX",
        value_name = "FOLDER",
        requires = "advisory_db"
    )]
    pub index: Option<PathBuf>,
    /// Keep the versions of every crate in the index, not only of those that an
    /// advisory names
    #[arg(long, env = "SECURITY_ALL_CRATES", requires = "index")]
    pub all_crates: bool,
}

/// The options of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where the database is.
    #[command(flatten)]
    pub database: Database,
    /// Where the data comes from.
    #[command(flatten)]
    pub sources: Sources,
    /// The internal door: GraphQL, GraphiQL and health
    #[arg(
        long,
        env = "SECURITY_GRAPHQL_ADDR",
        default_value = "127.0.0.1:4000",
        value_name = "ADDR"
    )]
    pub graphql_addr: SocketAddr,
    /// The tab door: the tab, and its preview
    #[arg(
        long,
        env = "SECURITY_TAB_ADDR",
        default_value = "127.0.0.1:4001",
        value_name = "ADDR"
    )]
    pub tab_addr: SocketAddr,
    /// Run the tab door alone and ask this GraphQL address, such as
    /// `http://127.0.0.1:4000/graphql`
    #[arg(
        long,
        env = "SECURITY_GRAPHQL_URL",
        value_name = "URL",
        conflicts_with_all = ["advisory_db", "index", "all_crates"]
    )]
    pub graphql_url: Option<Url>,
    /// How many hours after the last good sync the data counts as stale
    #[arg(
        long,
        env = "SECURITY_STALE_AFTER",
        default_value_t = 24,
        value_name = "HOURS"
    )]
    pub stale_after: u32,
}

/// The options of `sync`.
#[derive(Clone, Debug, Args)]
pub struct Sync {
    /// Where the database is.
    #[command(flatten)]
    pub database: Database,
    /// Where the data comes from.
    #[command(flatten)]
    pub sources: Sources,
}

/// The options of `migrate`.
#[derive(Clone, Debug, Args)]
pub struct Migrate {
    /// Where the database is.
    #[command(flatten)]
    pub database: Database,
    /// Take back this many migrations, newest first, with what their tables hold
    #[arg(long, value_name = "STEPS")]
    pub down: Option<u32>,
}

impl Serve {
    /// [`Serve::stale_after`] as a span of time.
    #[must_use]
    pub fn stale_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.stale_after) * 60 * 60)
    }
}
