//! How much a request may ask for.

use clap::Args;
use std::time::Duration;

/// The limits of the internal door, also with `--dev`. The tab's own document
/// is within all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
#[command(next_help_heading = "Limits of the internal door")]
pub struct Limits {
    /// The largest request, in bytes
    #[arg(long, env = "SECURITY_MAX_REQUEST", default_value_t = Self::DEFAULT.max_request, value_name = "BYTES")]
    pub max_request: usize,
    /// The most tokens of a document
    #[arg(long, env = "SECURITY_MAX_TOKENS", default_value_t = Self::DEFAULT.max_tokens, value_name = "COUNT")]
    pub max_tokens: usize,
    /// How deep fields and fragments may be nested
    #[arg(long, env = "SECURITY_MAX_DEPTH", default_value_t = Self::DEFAULT.max_depth, value_name = "LEVELS", value_parser = clap::value_parser!(u32).range(..=32))]
    pub max_depth: u32,
    /// The most fields of an answer, computed from the document: a page counts as
    /// often as it has items, and a field that judges a version 10 or 30 times
    #[arg(long, env = "SECURITY_MAX_COMPLEXITY", default_value_t = Self::DEFAULT.max_complexity, value_name = "COUNT")]
    pub max_complexity: u64,
    /// The most aliases, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_ALIASES", default_value_t = Self::DEFAULT.max_aliases, value_name = "COUNT")]
    pub max_aliases: u64,
    /// The most fields at the root of an operation
    #[arg(long, env = "SECURITY_MAX_ROOT_FIELDS", default_value_t = Self::DEFAULT.max_root_fields, value_name = "COUNT")]
    pub max_root_fields: u64,
    /// The most directives, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_DIRECTIVES", default_value_t = Self::DEFAULT.max_directives, value_name = "COUNT")]
    pub max_directives: u64,
    /// The most uses of fragments, counted again wherever a fragment repeats them
    #[arg(long, env = "SECURITY_MAX_FRAGMENTS", default_value_t = Self::DEFAULT.max_fragments, value_name = "COUNT")]
    pub max_fragments: u64,
    /// The most items of a page; the tab needs 1000
    #[arg(long, env = "SECURITY_MAX_PAGE", default_value_t = Self::DEFAULT.max_page, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1000..))]
    pub max_page: u32,
    /// How long a query may run, in milliseconds: less than the ten seconds of a
    /// request, so that a page can still fall back on the one made last
    #[arg(long, env = "SECURITY_MAX_TIME", default_value_t = Self::DEFAULT.max_time, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=7000))]
    pub max_time: u64,
    /// How many queries may run at once; more wait for a moment, and are then
    /// turned away. By default as many as half the cores: the rest is the tab's
    #[arg(long, env = "SECURITY_MAX_CONCURRENT", default_value_t = half_the_cores(), value_name = "COUNT")]
    pub max_concurrent: usize,
    /// The largest answer, in bytes
    #[arg(long, env = "SECURITY_MAX_ANSWER", default_value_t = Self::DEFAULT.max_answer, value_name = "BYTES")]
    pub max_answer: usize,
}

impl Limits {
    /// Several times what the tab's own document takes, and GraphiQL's.
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

    /// [`Limits::max_time`] as a span of time.
    #[must_use]
    pub fn max_time(&self) -> Duration {
        Duration::from_millis(self.max_time)
    }
}

/// A query keeps a core busy from its first field to its last.
fn half_the_cores() -> usize {
    let cores = std::thread::available_parallelism();
    cores.map_or(1, |cores| cores.get() / 2).max(1)
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
