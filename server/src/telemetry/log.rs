//! The log: readable text on a terminal, JSON elsewhere.

use super::traces::Traces;
use clap::ValueEnum;
use std::ffi::OsStr;
use std::io::{IsTerminal, stderr};
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{self, DefaultFields, FmtSpan};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

/// The environment variable that holds the filter of the log.
const VARIABLE: &str = "RUST_LOG";

/// The default filter: our own events at `info` and above, and all others at `warn` and
/// above.
const DEFAULT: &str = "warn,server=info,crates_io_security=info";

/// The layer that writes the log.
type Lines<S> = Box<dyn Layer<S> + Send + Sync>;

/// `RUST_LOG` cannot be used. The start fails, because a log with fewer lines than
/// intended would be noticed only when it is needed.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// It is not a list of directives.
    #[error("invalid directive {directive:?} in {VARIABLE}: {cause}; use the form {DEFAULT:?}")]
    Invalid {
        /// The first invalid directive.
        directive: String,
        /// The reason.
        cause: ParseError,
    },
    /// It is not text.
    #[error("{VARIABLE} is not valid UTF-8")]
    NotText,
}

/// The format of a line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Readable text.
    Text,
    /// A JSON object.
    Json,
}

/// Starts logging to standard error, and exporting traces. Without a `format`, the log is
/// text on a terminal and JSON elsewhere. `RUST_LOG` filters it.
///
/// # Errors
/// Returns [`FilterError`] if `RUST_LOG` is not a valid filter. Nothing is logged then.
pub fn init(format: Option<Format>, traces: &Traces) -> Result<(), FilterError> {
    let filter = filter(std::env::var_os(VARIABLE).as_deref())?;
    // With `RUST_LOG=server=debug`, log the duration of each step.
    let spans = match filter.max_level_hint() {
        Some(level) if level < LevelFilter::DEBUG => FmtSpan::NONE,
        _ => FmtSpan::CLOSE,
    };
    let is_terminal = stderr().is_terminal();
    let default = || match is_terminal {
        true => Format::Text,
        false => Format::Json,
    };
    let log = fmt::layer().with_span_events(spans).with_ansi(is_terminal);
    let log = lines(format.unwrap_or_else(default), log.with_writer(stderr));
    // The layers have separate filters, so that `RUST_LOG` does not remove spans from traces.
    let log = registry().with(log.with_filter(filter));
    log.with(traces.layer()).init();
    // Log a panic like any other event, within the request in which it happened.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "thread panicked")));
    traces.announce();
    Ok(())
}

/// Returns the layer that writes the log. In both formats, a line has the fields of all
/// enclosing spans, such as the id of the request.
fn lines<S, W>(format: Format, log: fmt::Layer<S, DefaultFields, format::Format, W>) -> Lines<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        Format::Text => log.compact().boxed(),
        Format::Json => log.json().boxed(),
    }
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
    filter.map_err(|cause| {
        // A directive may contain commas in braces. Its parts may then all be valid, and the
        // error names the whole value.
        let mut directives = value.split(',');
        let wrong = directives.find(|it| EnvFilter::builder().parse(it).is_err());
        FilterError::Invalid {
            directive: wrong.unwrap_or(value).to_owned(),
            cause,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File};
    use std::sync::Arc;

    /// In both formats, the lines of a request have its id, including those of its steps.
    #[test]
    fn each_line_has_the_id_of_its_request() {
        for (format, id) in [
            (Format::Text, r#"id="a1b2""#),
            (Format::Json, r#""id":"a1b2""#),
        ] {
            let file = tempfile::NamedTempFile::new().expect("a file");
            let writer = Arc::new(File::create(file.path()).expect("a writer"));
            let log = fmt::layer().with_ansi(false).with_writer(writer);
            let log = registry().with(lines(format, log));
            tracing::subscriber::with_default(log, || {
                let request = tracing::info_span!("request", id = "a1b2", path = "/graphql");
                let _request = request.enter();
                let _step = tracing::info_span!("graphql", operation = "Tab").entered();
                tracing::Span::current().in_scope(|| tracing::event!(tracing::Level::WARN, "odd"));
            });
            let text = fs::read_to_string(file.path()).expect("the log");
            assert!(text.contains("odd") && text.contains(id), "{text}");
        }
    }

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
        for (value, directive) in [
            ("server=inf", "server=inf"),
            ("server=debug,=", "="),
            ("info,server=loud,hyper=warn", "server=loud"),
        ] {
            let error = parse(Some(value)).expect_err(value).to_string();
            let begin = format!("invalid directive {directive:?} in RUST_LOG: ");
            assert!(error.starts_with(&begin), "{error}");
        }
    }
}
