//! Traces: a tree of spans for each request, down to its SQL statements. The cargo feature
//! `otel` exports them over OTLP. Without it, the functions of this module do nothing.

#[cfg(feature = "otel")]
mod client;
#[cfg(feature = "otel")]
mod exporter;
#[cfg(feature = "otel")]
mod otlp;
#[cfg(not(feature = "otel"))]
mod without;

#[cfg(feature = "otel")]
pub use otlp::{Traces, TracesError, answered, begin, send_on};
#[cfg(not(feature = "otel"))]
pub use without::{Traces, TracesError, answered, begin, send_on};

/// The environment variables that may hold the address of the collector.
const VARIABLES: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// Returns true if an environment variable names a collector.
fn is_wanted() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    VARIABLES.into_iter().any(is_set)
}
