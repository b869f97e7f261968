//! A collector of traces on loopback.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Router, serve};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A collector that keeps all requests. It runs in its own thread, so that a test can block
/// until an export is done.
#[derive(Clone, Default)]
pub(crate) struct Collector {
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
    is_down: Arc<AtomicBool>,
}

impl Collector {
    /// Starts a collector and returns it with its address.
    pub(crate) fn start() -> (Self, String) {
        let collector = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("its address");
        listener.set_nonblocking(true).expect("non-blocking");
        let it = collector.clone();
        let receive = move |body: Bytes| async move { it.receive(&body) };
        let routes = Router::new().route("/v1/traces", post(receive));
        thread::spawn(move || run(listener, routes));
        (collector, format!("http://{addr}/v1/traces"))
    }

    /// Makes the collector fail all requests, or accept them again.
    pub(crate) fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }

    fn receive(&self, body: &[u8]) -> StatusCode {
        if self.is_down.load(Ordering::Relaxed) {
            // The exporter does not retry after this status.
            return StatusCode::BAD_REQUEST;
        }
        let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
        self.requests.lock().expect("the requests").push(request);
        StatusCode::OK
    }

    /// Returns all spans that were received.
    pub(crate) fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().expect("the requests");
        let resources = requests.iter().flat_map(|request| &request.resource_spans);
        let scopes = resources.flat_map(|resource| &resource.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    /// Returns the name of the service in the first request.
    pub(crate) fn service(&self) -> String {
        let requests = self.requests.lock().expect("the requests");
        let resource = requests[0].resource_spans[0].resource.clone();
        let attributes = resource.expect("a resource").attributes;
        let name = attributes.into_iter().find(|it| it.key == "service.name");
        let value = name.and_then(|name| name.value?.value);
        match value {
            Some(Value::StringValue(name)) => name,
            other => panic!("no name: {other:?}"),
        }
    }
}

/// Returns the tree of spans below the span with this id. Each line has a span's name and
/// kind, indented by its depth.
pub(crate) fn tree(spans: &[Span], parent: &[u8], depth: usize) -> Vec<String> {
    let mut children: Vec<&Span> = spans
        .iter()
        .filter(|span| span.parent_span_id == parent)
        .collect();
    children.sort_by_key(|span| span.start_time_unix_nano);
    let lines = children.into_iter().flat_map(|span| {
        let kind = match span.kind() {
            SpanKind::Server => "server",
            SpanKind::Client => "client",
            _ => "internal",
        };
        let line = format!("{}{} ({kind})", "  ".repeat(depth), span.name);
        let below = tree(spans, &span.span_id, depth + 1);
        [vec![line], below].concat()
    });
    lines.collect()
}

#[tokio::main(flavor = "current_thread")]
async fn run(listener: TcpListener, routes: Router) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    serve(listener, routes).await.expect("the collector");
}
