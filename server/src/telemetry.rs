//! The log: lines for people on a terminal, JSON elsewhere.

use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging to standard error. `RUST_LOG` chooses what; by default all of
/// ours from `info` on, and warnings of everything else.
pub fn init() {
    let default = "warn,server=info,crates_io_security=info";
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // How long each step took, for those who ask with `RUST_LOG=server=debug`.
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(stderr);
    if stderr().is_terminal() {
        log.compact().init();
    } else {
        log.json().init();
    }
}
