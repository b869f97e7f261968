//! The command line: each option a flag and an environment variable.

use crate::door::DoorAddr;
use crate::engine::Limits;
use crate::mode::Mode;
use crate::sync::{self, AdvisoryDb, Guard, Index};
use crate::telemetry::log;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The default address of the tab door, which `serve` opens and `health` checks.
const TAB_ADDR: &str = "127.0.0.1:4001";

/// The Security tab of crates.io: RustSec advisories over GraphQL and as HTML.
#[derive(Debug, Parser)]
#[command(
    name = "crates-io-security",
    version,
    args_conflicts_with_subcommands = true,
    args_override_self = true
)]
pub struct Cli {
    /// The command; `serve` by default.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The format of the log: by default text on a terminal, else JSON
    #[arg(
        long,
        env = "SECURITY_LOG_FORMAT",
        value_enum,
        global = true,
        value_name = "FORMAT"
    )]
    pub log_format: Option<log::Format>,
    /// The options of `serve`.
    #[command(flatten)]
    pub serve: Box<Serve>,
}

/// A command of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service: answer at both doors, and sync on schedule (default)
    Serve(Box<Serve>),
    /// Sync once, print what changed, and exit
    Sync(Sync),
    /// Apply the pending database migrations, or revert some
    Migrate(Migrate),
    /// Print the id and the file of every document that the internal door runs
    Documents(Documents),
    /// Ask a running service whether it is healthy: exits with 0 or 1
    Health(Health),
    /// Print the GraphQL schema
    Schema,
}

/// The options for the database.
#[derive(Clone, Debug, Args)]
pub struct Database {
    /// The database: `sqlite:PATH` or `postgres://USER@HOST/NAME`
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite:data/crates-io-security.db"
    )]
    pub database_url: String,
}

/// The options for the data's sources, and how much of it one sync may remove.
#[derive(Clone, Debug, Args)]
pub struct Sources {
    /// RustSec's advisory-db: the URL of a git repository (`https://…`, or
    /// `file://…`, which is read in place), a folder, or `sample` for the bundled
    /// sample, which is served on loopback addresses only
    #[arg(
        long,
        env = "SECURITY_ADVISORY_DB",
        hide_env_values = true,
        default_value = "https://github.com/rustsec/advisory-db",
        value_name = "URL|FOLDER"
    )]
    pub advisory_db: String,
    /// The folder for the clone of the advisory-db; not used for `file://…`
    #[arg(
        long,
        env = "SECURITY_ADVISORY_DB_CLONE",
        default_value = "data/advisory-db.git",
        value_name = "FOLDER"
    )]
    pub advisory_db_clone: PathBuf,
    /// The index of versions: `crates-io` (or its replacement in cargo's
    /// configuration), a sparse index (`sparse+https://…`), a folder in the plain
    /// layout (`op/en/openssl`), or `none` to leave version lists unchanged
    #[arg(
        long,
        env = "SECURITY_INDEX",
        hide_env_values = true,
        default_value = "crates-io",
        value_name = "URL|FOLDER"
    )]
    pub index: String,
    /// Keep the versions of every crate in the index, not only of crates with
    /// advisories; requires `--index` to be a folder
    #[arg(long, env = "SECURITY_ALL_CRATES")]
    pub all_crates: bool,
    /// Refuse a sync that would remove or withdraw more than this percentage of the
    /// known advisories, or of the known versions; up to ten are always accepted
    #[arg(
        long,
        env = "SECURITY_MAX_LOSS",
        default_value_t = 5,
        value_name = "PERCENT"
    )]
    pub max_loss: u8,
}

/// The options for the documents that the internal door runs.
#[derive(Clone, Debug, Args)]
pub struct Documents {
    /// A folder with more documents that the internal door may run: every
    /// `*.graphql` in it
    #[arg(long, env = "SECURITY_DOCUMENTS", value_name = "FOLDER")]
    pub documents: Option<PathBuf>,
    /// The limits of a request.
    #[command(flatten)]
    pub limits: Limits,
}

/// The options of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The options for the database.
    #[command(flatten)]
    pub database: Database,
    /// The options for the data's sources.
    #[command(flatten)]
    pub sources: Sources,
    /// The address of the internal door (GraphQL, health, metrics; with `--dev`
    /// also GraphiQL), or `unix:PATH`; one that is not loopback needs a secret
    #[arg(
        long,
        env = "SECURITY_GRAPHQL_ADDR",
        default_value = "127.0.0.1:4000",
        value_name = "ADDR"
    )]
    pub graphql_addr: DoorAddr,
    /// A file with the secret for the internal door (`Authorization: Bearer SECRET`).
    /// While the secret is being exchanged it has two, the new one first. It is read
    /// again every ten seconds; the log warns if every user of the machine can read
    /// it. Without this option the secret is in `SECURITY_GRAPHQL_SECRET`
    #[arg(long, env = "SECURITY_GRAPHQL_SECRET_FILE", value_name = "FILE")]
    pub graphql_secret_file: Option<PathBuf>,
    /// The address of the tab door (the tab; with `--dev` also its preview)
    #[arg(
        long,
        env = "SECURITY_TAB_ADDR",
        default_value = TAB_ADDR,
        value_parser = parse_addr,
        value_name = "ADDR"
    )]
    pub tab_addr: SocketAddr,
    /// Run only the tab door, with the data of another process's GraphQL, such as
    /// `http://127.0.0.1:4000/graphql` or `unix:PATH`
    #[arg(
        long,
        env = "SECURITY_GRAPHQL_URL",
        hide_env_values = true,
        value_parser = UrlParser,
        value_name = "URL",
        conflicts_with_all = ["advisory_db", "index", "all_crates"]
    )]
    pub graphql_url: Option<Url>,
    /// Minutes from one sync, by any server, to the next; 0: sync once at the start and
    /// never again
    #[arg(
        long,
        env = "SECURITY_SYNC_EVERY",
        default_value_t = 5,
        value_name = "MINUTES"
    )]
    pub sync_every: u32,
    /// Development mode, on loopback addresses only: any document, introspection,
    /// GraphiQL and the tab's preview
    #[arg(long, env = "SECURITY_DEV")]
    pub dev: bool,
    /// The folder with GraphiQL's files, for `--dev`
    #[arg(
        long,
        env = "SECURITY_GRAPHIQL",
        default_value = "server/graphiql/dist",
        value_name = "FOLDER"
    )]
    pub graphiql: PathBuf,
    /// Hours after the last good sync until the data counts as stale
    #[arg(
        long,
        env = "SECURITY_STALE_AFTER",
        default_value_t = 24,
        value_name = "HOURS"
    )]
    pub stale_after: u32,
    /// The options for the documents and their limits.
    #[command(flatten)]
    pub documents: Documents,
}

/// The options of `sync`.
#[derive(Clone, Debug, Args)]
pub struct Sync {
    /// The options for the database.
    #[command(flatten)]
    pub database: Database,
    /// The options for the data's sources.
    #[command(flatten)]
    pub sources: Sources,
    /// Accept the data of the sources even if a check finds it implausible
    #[arg(long)]
    pub force: bool,
}

/// The options of `migrate`.
#[derive(Clone, Debug, Args)]
pub struct Migrate {
    /// The options for the database.
    #[command(flatten)]
    pub database: Database,
    /// Revert this many migrations, newest first, and delete the data in their tables
    #[arg(long, value_name = "STEPS")]
    pub down: Option<u32>,
}

/// The options of `health`.
#[derive(Clone, Debug, Args)]
pub struct Health {
    /// The address to ask, such as `http://127.0.0.1:4000/ready`, or `unix:PATH` for
    /// `/ready` on that socket. Without it, the tab door is asked whether it is alive
    #[arg(value_parser = UrlParser)]
    pub url: Option<Url>,
    /// The address of the tab door
    #[arg(
        long,
        env = "SECURITY_TAB_ADDR",
        default_value = TAB_ADDR,
        value_parser = parse_addr,
        value_name = "ADDR"
    )]
    pub tab_addr: SocketAddr,
    /// Try again for this many seconds, until the answer is 200
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    pub wait: u64,
}

/// Parses an address with a port.
fn parse_addr(text: &str) -> Result<SocketAddr, &'static str> {
    let expected = "expected an address with a port, such as 127.0.0.1:4001";
    text.parse().map_err(|_| expected)
}

/// Parses a URL. A wrong one is not repeated, since it may hold a password.
#[derive(Clone)]
struct UrlParser;

impl TypedValueParser for UrlParser {
    type Value = Url;

    fn parse_ref(
        &self,
        command: &clap::Command,
        option: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Url, clap::Error> {
        Url::parse(&value.to_string_lossy()).map_err(|cause| {
            let option = option.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value for '{option}': {cause}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}

/// An option does not name a source. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// `--advisory-db`.
    #[error("--advisory-db: {0}")]
    AdvisoryDb(#[from] sync::NotAnAdvisoryDb),
    /// `--index`.
    #[error("--index: {0}")]
    Index(#[from] sync::NotAnIndex),
    /// `--all-crates` with an index that cannot be listed.
    #[error(
        "--all-crates requires --index to be a folder in the plain layout, such as a clone of \
         crates.io-index"
    )]
    AllCrates,
}

impl Sources {
    /// Returns the sources that these options name.
    ///
    /// # Errors
    /// Returns [`SourceError`].
    pub fn open(&self) -> Result<sync::Sources, SourceError> {
        if self.advisory_db == "sample" {
            return Ok(sync::Sources::sample());
        }
        let index = match self.index.as_str() {
            "none" => None,
            "crates-io" => Some(Index::crates_io()?),
            index => Some(Index::parse(index)?),
        };
        if self.all_crates && !matches!(index, Some(Index::Folder(_))) {
            return Err(SourceError::AllCrates);
        }
        Ok(sync::Sources {
            advisory_db: AdvisoryDb::parse(&self.advisory_db, &self.advisory_db_clone)?,
            index,
            all_crates: self.all_crates,
        })
    }

    /// Returns the plausibility checks that these options ask for.
    #[must_use]
    pub fn guard(&self, is_forced: bool) -> Guard {
        Guard {
            max_loss: self.max_loss,
            is_forced,
        }
    }
}
/// `--dev` with an address that other machines can reach.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "--dev requires loopback addresses, such as 127.0.0.1:4001; {0} is not one. Leave out --dev \
     to serve other machines"
)]
pub struct DevAddrError(DoorAddr);

impl Serve {
    /// Returns [`Serve::sync_every`] as a duration, or `None` for a single sync at the
    /// start.
    #[must_use]
    pub fn sync_every(&self) -> Option<Duration> {
        let minutes = u64::from(self.sync_every);
        (minutes > 0).then(|| Duration::from_secs(minutes * 60))
    }

    /// Returns the audience of the doors.
    ///
    /// # Errors
    /// Returns [`DevAddrError`] if `--dev` would open a door to a network.
    pub fn mode(&self) -> Result<Mode, DevAddrError> {
        if !self.dev {
            return Ok(Mode::Production);
        }
        let tab_addr = DoorAddr::Tcp(self.tab_addr);
        let mut addrs = [&self.graphql_addr, &tab_addr].into_iter();
        match addrs.find(|addr| !addr.is_local()) {
            Some(addr) => Err(DevAddrError(addr.clone())),
            None => Ok(Mode::Dev),
        }
    }

    /// Returns [`Serve::stale_after`] as a duration.
    #[must_use]
    pub fn stale_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.stale_after) * 60 * 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(arguments: &[&str]) -> Serve {
        let arguments = ["crates-io-security"].iter().chain(arguments);
        *Cli::try_parse_from(arguments).expect("arguments").serve
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn dev_is_for_loopback_only() {
        for (arguments, expect) in [
            (&[] as &[&str], Some(Mode::Production)),
            (&["--tab-addr", "0.0.0.0:1"], Some(Mode::Production)),
            (&["--dev"], Some(Mode::Dev)),
            (&["--dev", "--graphql-addr", "[::1]:1"], Some(Mode::Dev)),
            (&["--dev", "--graphql-addr", "unix:a.sock"], Some(Mode::Dev)),
            (&["--dev", "--tab-addr", "0.0.0.0:1"], None),
            (&["--dev", "--graphql-addr", "10.0.0.1:1"], None),
        ] {
            assert_eq!(serve(arguments).mode().ok(), expect, "{arguments:?}");
        }
    }

    #[test]
    fn how_often_to_sync() {
        for (arguments, expect) in [
            (&[] as &[&str], Some(Duration::from_secs(300))),
            (&["--sync-every", "1"], Some(Duration::from_secs(60))),
            (&["--sync-every", "0"], None),
        ] {
            assert_eq!(serve(arguments).sync_every(), expect, "{arguments:?}");
        }
    }

    #[test]
    fn limits_are_options() {
        let limits = Limits {
            max_concurrent: Limits::DEFAULT.max_concurrent,
            ..serve(&[]).documents.limits
        };
        assert_eq!(limits, Limits::DEFAULT);
        let of = |limits: Limits| {
            [
                ("--max-request", limits.max_request as u64),
                ("--max-tokens", limits.max_tokens as u64),
                ("--max-depth", limits.max_depth.into()),
                ("--max-complexity", limits.max_complexity),
                ("--max-aliases", limits.max_aliases),
                ("--max-root-fields", limits.max_root_fields),
                ("--max-directives", limits.max_directives),
                ("--max-fragments", limits.max_fragments),
                ("--max-page", limits.max_page.into()),
                ("--max-time", limits.max_time),
                ("--max-concurrent", limits.max_concurrent as u64),
                ("--max-answer", limits.max_answer as u64),
            ]
        };
        for (at, (flag, default)) in of(limits).into_iter().enumerate() {
            let other = default + 1;
            let given = serve(&[flag, &other.to_string()]).documents.limits;
            assert_eq!(of(given)[at], (flag, other));
        }
        // The tab needs pages of 1000, and async-graphql stops at 32 levels.
        for arguments in [
            ["--max-page", "999"],
            ["--max-depth", "33"],
            ["--max-time", "7001"],
        ] {
            let arguments = ["crates-io-security"].iter().chain(&arguments);
            assert!(Cli::try_parse_from(arguments).is_err());
        }
    }
}
