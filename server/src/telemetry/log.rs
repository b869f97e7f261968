//! The log: lines for people on a terminal, JSON elsewhere.

use std::ffi::OsStr;
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::fmt::format::FmtSpan;

/// The environment variable with the filter of the log.
const VARIABLE: &str = "RUST_LOG";

/// Our own lines from `info` on, and warnings of everything else.
const DEFAULT: &str = "warn,server=info,crates_io_security=info";

/// `RUST_LOG` cannot be used. The start fails, because a log with fewer lines than
/// intended would be noticed only when it is needed.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// It is not a list of directives.
    #[error("invalid {VARIABLE} {value:?}: {cause}; use the form {DEFAULT:?}")]
    Invalid {
        /// The value.
        value: String,
        /// The error in it.
        cause: ParseError,
    },
    /// It is not text.
    #[error("{VARIABLE} is not valid UTF-8")]
    NotText,
}

/// Starts logging to standard error. `RUST_LOG` chooses the lines.
///
/// # Errors
/// Returns [`FilterError`]; nothing is logged then.
pub fn init() -> Result<(), FilterError> {
    let filter = filter(std::env::var_os(VARIABLE).as_deref())?;
    // With `RUST_LOG=server=debug`, log the duration of each step.
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
    // Log a panic like any other event, within the request in which it happened.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "thread panicked")));
    Ok(())
}

/// Parses the filter in the variable; without one, or with an empty one, returns the
/// default.
fn filter(value: Option<&OsStr>) -> Result<EnvFilter, FilterError> {
    let value = value.unwrap_or_default().to_str();
    let value = match value.ok_or(FilterError::NotText)?.trim() {
        "" => DEFAULT,
        value => value,
    };
    let filter = EnvFilter::builder().parse(value);
    filter.map_err(|cause| FilterError::Invalid {
        value: value.to_owned(),
        cause,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_a_filter_or_an_error() {
        let parse = |value: Option<&str>| filter(value.map(OsStr::new));
        for (value, level) in [
            (None, LevelFilter::INFO),
            (Some(""), LevelFilter::INFO),
            (Some(" "), LevelFilter::INFO),
            (Some("error"), LevelFilter::ERROR),
            (Some("warn,server=debug"), LevelFilter::DEBUG),
        ] {
            let filter = parse(value).expect("a filter");
            assert_eq!(filter.max_level_hint(), Some(level), "{value:?}");
        }
        for value in ["server=inf", "server=debug,=", "info,server=loud"] {
            let error = parse(Some(value)).expect_err(value).to_string();
            let begin = format!("invalid RUST_LOG {value:?}: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }
}
