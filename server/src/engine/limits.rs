//! The limits of a request.

use clap::Args;
use std::time::Duration;

/// The limits of the internal door, also with `--dev`. The tab's own document
/// is within all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
#[command(next_help_heading = "Limits of the internal door")]
pub struct Limits {
    /// The largest request body, in bytes
    #[arg(long, env = "SECURITY_MAX_REQUEST", default_value_t = Self::DEFAULT.max_request, value_name = "BYTES")]
    pub max_request: usize,
    /// The most tokens in a document
    #[arg(long, env = "SECURITY_MAX_TOKENS", default_value_t = Self::DEFAULT.max_tokens, value_name = "COUNT")]
    pub max_tokens: usize,
    /// The deepest nesting of fields and fragments, in levels; 32 at most
    #[arg(long, env = "SECURITY_MAX_DEPTH", default_value_t = Self::DEFAULT.max_depth, value_name = "LEVELS", value_parser = clap::value_parser!(u32).range(..=32))]
    pub max_depth: u32,
    /// The most fields in an answer, computed from the document: the fields of a page
    /// count once for each item, those of a list of requirements once for each row, and
    /// a field that judges a version or searches releases counts as 10 to 100
    #[arg(long, env = "SECURITY_MAX_COMPLEXITY", default_value_t = Self::DEFAULT.max_complexity, value_name = "COUNT")]
    pub max_complexity: u64,
    /// The most aliases, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_ALIASES", default_value_t = Self::DEFAULT.max_aliases, value_name = "COUNT")]
    pub max_aliases: u64,
    /// The most root fields in an operation
    #[arg(long, env = "SECURITY_MAX_ROOT_FIELDS", default_value_t = Self::DEFAULT.max_root_fields, value_name = "COUNT")]
    pub max_root_fields: u64,
    /// The most directives, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_DIRECTIVES", default_value_t = Self::DEFAULT.max_directives, value_name = "COUNT")]
    pub max_directives: u64,
    /// The most fragment spreads, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_FRAGMENTS", default_value_t = Self::DEFAULT.max_fragments, value_name = "COUNT")]
    pub max_fragments: u64,
    /// The most items on a page; at least 1000, which the tab needs
    #[arg(long, env = "SECURITY_MAX_PAGE", default_value_t = Self::DEFAULT.max_page, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1000..))]
    pub max_page: u32,
    /// The longest that a query may run, in milliseconds; 7000 at most, so that a request
    /// can still fall back on an older page within its ten seconds
    #[arg(long, env = "SECURITY_MAX_TIME", default_value_t = Self::DEFAULT.max_time, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=7000))]
    pub max_time: u64,
    /// The most queries at once, not counting the tab's own; further ones wait for a
    /// quarter of a second and are then refused. The default is half the cores
    #[arg(long, env = "SECURITY_MAX_CONCURRENT", default_value_t = half_the_cores(), value_name = "COUNT")]
    pub max_concurrent: usize,
    /// The largest answer, in bytes
    #[arg(long, env = "SECURITY_MAX_ANSWER", default_value_t = Self::DEFAULT.max_answer, value_name = "BYTES")]
    pub max_answer: usize,
}

impl Limits {
    /// Several times the needs of the tab's own document, and of GraphiQL's.
    pub const DEFAULT: Self = Self {
        max_request: 64 * 1024,
        max_tokens: 2000,
        max_depth: 24,
        max_complexity: 50_000,
        max_aliases: 30,
        max_root_fields: 10,
        max_directives: 20,
        max_fragments: 200,
        max_page: 1000,
        max_time: 5000,
        max_concurrent: 1,
        max_answer: 4 * 1024 * 1024,
    };

    /// Returns [`Limits::max_time`] as a duration.
    #[must_use]
    pub fn max_time(&self) -> Duration {
        Duration::from_millis(self.max_time)
    }
}

/// Returns half the cores, because a query keeps one busy from its first field to its
/// last.
fn half_the_cores() -> usize {
    let cores = std::thread::available_parallelism();
    cores.map_or(1, |cores| cores.get() / 2).max(1)
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
