//! A build without the feature `otel`.

use super::is_wanted;
use reqwest::header::HeaderMap;
use std::convert::Infallible;
use tracing::{Span, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Identity;

/// The export of traces, which this build does not have.
pub struct Traces(());

/// There is no error.
pub type TracesError = Infallible;

impl Traces {
    /// Exports nothing.
    ///
    /// # Errors
    /// Never.
    pub fn from_environment() -> Result<Self, TracesError> {
        Ok(Self(()))
    }

    /// Returns a layer that does nothing.
    pub fn layer<S: Subscriber>(&self) -> impl Layer<S> + use<S> {
        Identity::new()
    }

    /// Warns if the environment asks for traces.
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
