//! The log: lines for people on a terminal, JSON elsewhere.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging to standard error. `RUST_LOG` chooses what; by default all of
/// ours from `info` on, and warnings of everything else.
pub fn init() {
    let default = "warn,server=info,crates_io_security=info";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    // How long each step took, for those who ask with `RUST_LOG=server=debug`.
    let spans = match filter.max_level_hint() {
        Some(level) if level < LevelFilter::DEBUG => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(spans)
        .with_writer(stderr);
    if stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().init();
    }
    // A line of the log like any other, with the request that it happened in.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a panic")));
}
