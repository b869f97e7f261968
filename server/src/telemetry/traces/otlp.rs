//! Traces in a build with the feature `otel`.

use super::client::Client;
use super::exporter::Exporter;
use super::is_wanted;
use crate::redact;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Status, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use reqwest::header::HeaderMap;
use std::error::Error;
use std::time::Duration;
use tracing::subscriber::Interest;
use tracing::{Level, Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::Context as LayerContext;
use tracing_subscriber::registry::LookupSpan;

/// The default name of the service in traces.
const SERVICE: &str = "crates-io-security";

/// The environment variable that overrides the name of the service.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// The spans that may begin a trace. Other spans are exported only inside one of these.
/// Otherwise, the check for new data every second would be a trace.
const ROOTS: [&str; 2] = ["request", "sync"];

/// The timeout for exporting the last spans when the process stops.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// Exports traces to a collector. Exports the last spans when dropped.
pub struct Traces(Option<SdkTracerProvider>);

/// The error that prevents exporting traces. Its message is for operators.
#[derive(Debug, thiserror::Error)]
#[error("cannot export traces to OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
pub struct TracesError(String);

impl Traces {
    /// Exports to the collector that the environment variables of OpenTelemetry name, such as
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`. Exports nothing if they are not set.
    ///
    /// # Errors
    /// Returns [`TracesError`] if a variable does not hold a valid URL, or the HTTP client
    /// cannot be created.
    pub fn from_environment() -> Result<Self, TracesError> {
        match is_wanted() {
            true => Self::export(None),
            false => Ok(Self(None)),
        }
    }

    /// Exports to the collector at this URL, such as `http://127.0.0.1:4318/v1/traces`.
    ///
    /// # Errors
    /// Returns [`TracesError`] if `endpoint` is not a valid URL, or the HTTP client cannot be
    /// created.
    pub fn to(endpoint: &str) -> Result<Self, TracesError> {
        Self::export(Some(endpoint))
    }

    fn export(endpoint: Option<&str>) -> Result<Self, TracesError> {
        let error = |error: &dyn Error| TracesError(redact::text(&error.to_string()));
        let client = Client::new().map_err(|cause| error(&*cause))?;
        let mut exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_protocol(Protocol::HttpBinary);
        if let Some(endpoint) = endpoint {
            exporter = exporter.with_endpoint(endpoint);
        }
        let exporter = exporter.build().map_err(|cause| error(&cause))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let mut resource = Resource::builder().with_attribute(version);
        if std::env::var_os(SERVICE_NAME).is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(Exporter::new(exporter))
            .build();
        Ok(Self(Some(provider)))
    }

    /// Returns the layer that exports the spans of requests and syncs.
    pub fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let tracer = self.0.as_ref()?.tracer(SERVICE);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        let is_traced = dynamic_filter_fn(is_traced)
            .with_callsite_filter(|metadata| match is_ours(metadata) {
                true => Interest::sometimes(),
                false => Interest::never(),
            })
            .with_max_level_hint(LevelFilter::DEBUG);
        Some(layer.with_filter(is_traced))
    }

    /// Logs that traces are exported, if they are.
    pub fn announce(&self) {
        if self.0.is_some() {
            tracing::info!("exporting traces");
        }
    }

    /// Exports all spans that have ended, and waits for the export.
    pub fn flush(&self) {
        if let Some(provider) = &self.0 {
            // The exporter has logged the failure.
            drop(provider.force_flush());
        }
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(provider) = &self.0 {
            drop(provider.shutdown_with_timeout(SHUTDOWN));
        }
    }
}

/// Continues the trace that the request's headers name (W3C, "Trace Context"), or begins a
/// new trace.
pub fn begin(span: &Span, method: &str, route: &str, headers: &HeaderMap) {
    let context = TraceContextPropagator::new()
        .extract_with_context(&Context::new(), &HeaderExtractor(headers));
    // This fails if traces are not exported.
    drop(span.set_parent(context));
    span.set_attribute("http.request.method", method.to_owned());
    span.set_attribute("http.route", route.to_owned());
}

/// Adds the status of the answer to the span. Marks the span as an error for 5xx.
pub fn answered(span: &Span, status: u16) {
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}

/// Adds the headers that let the next process continue the trace.
pub fn send_on(headers: &mut HeaderMap) {
    let context = Span::current().context();
    TraceContextPropagator::new().inject_context(&context, &mut HeaderInjector(headers));
}

/// Returns true if a span or an event belongs to a trace.
fn is_traced<S>(metadata: &Metadata<'_>, context: &LayerContext<'_, S>) -> bool
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    is_ours(metadata) && (ROOTS.contains(&metadata.name()) || context.lookup_current().is_some())
}

/// Returns true for spans and events of the service and of its SQL statements. Excludes
/// events below `INFO`, which only the log contains.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let level = match metadata.is_event() {
        true => Level::INFO,
        false => Level::DEBUG,
    };
    let has_target = target.starts_with("server::") || target.starts_with("sea_orm::");
    has_target && *metadata.level() <= level
}
