//! Traces in a build without the feature `otel`: nothing is exported.

use super::is_wanted;
use reqwest::header::HeaderMap;
use std::convert::Infallible;
use tracing::{Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Identity;

/// Stands in for the export of traces, which this build does not contain.
pub struct Traces(());

/// The error of [`Traces::from_environment`], which cannot fail in this build.
pub type TracesError = Infallible;

impl Traces {
    /// Returns a value that exports nothing.
    ///
    /// # Errors
    /// Never fails.
    pub fn from_environment() -> Result<Self, TracesError> {
        Ok(Self(()))
    }

    /// Returns a layer that does nothing.
    pub fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        Identity::new()
    }

    /// Logs a warning if the environment names a collector.
    pub fn announce(&self) {
        if is_wanted() {
            tracing::warn!("cannot export traces: this build is without the feature otel");
        }
    }
}

/// Does nothing.
pub fn begin(_: &Span, _method: &str, _route: &str, _: &HeaderMap) {}

/// Does nothing.
pub fn answered(_: &Span, _status: u16) {}

/// Does nothing.
pub fn send_on(_: &mut HeaderMap) {}
