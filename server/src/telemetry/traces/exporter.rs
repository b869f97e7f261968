//! Exports spans under readable names.

use crate::redact;
use opentelemetry::trace::SpanKind;
use opentelemetry_otlp::SpanExporter as Otlp;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Sends spans over OTLP. Logs an outage of the collector once when it begins and once when
/// it ends. Spans of that time are lost.
#[derive(Debug)]
pub(super) struct Exporter {
    otlp: Otlp,
    is_lost: AtomicBool,
}

impl Exporter {
    pub(super) fn new(otlp: Otlp) -> Self {
        Self {
            otlp,
            is_lost: AtomicBool::new(false),
        }
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(rename);
        let result = self.otlp.export(batch).await;
        match (&result, self.is_lost.load(Ordering::Relaxed)) {
            (Err(error), false) => {
                let error = redact::text(&error.to_string());
                tracing::warn!(%error, "cannot export traces");
            }
            (Ok(()), true) => tracing::info!("traces are exported again"),
            _ => {}
        }
        self.is_lost.store(result.is_err(), Ordering::Relaxed);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.otlp.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.otlp.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.otlp.set_resource(resource);
    }
}

/// Sets the exported name and kind of a span. Span names in the code are constant, so this
/// adds the part that varies, such as the route, from the span's fields.
fn rename(span: &mut SpanData) {
    let field = |key: &str| {
        let mut attributes = span.attributes.iter();
        let found = attributes.find(|attribute| attribute.key.as_str() == key);
        found.map(|attribute| attribute.value.to_string())
    };
    let with = |verb: &str, field: Option<String>| match field {
        Some(field) => format!("{verb} {field}"),
        None => verb.to_owned(),
    };
    let (name, kind) = match &*span.name {
        "request" => {
            let method = field("http.request.method").unwrap_or_default();
            (with(&method, field("http.route")), SpanKind::Server)
        }
        "graphql" => (with("graphql", field("operation")), SpanKind::Internal),
        "ask" => (with("graphql", field("operation")), SpanKind::Client),
        name => {
            let Some(call) = name.strip_prefix("sea_orm.") else {
                return;
            };
            let verb = match field("db.operation") {
                Some(verb) if verb != "EXECUTE" => verb.to_lowercase(),
                _ => call.to_owned(),
            };
            (format!("sql {verb}"), SpanKind::Client)
        }
    };
    span.name = name.into();
    span.span_kind = kind;
}
