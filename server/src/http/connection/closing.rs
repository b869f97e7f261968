//! Marks a door that is about to close: it still answers, and tells its
//! clients.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// True if the door of a request is about to close. Each request has it as an
/// extension.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Closing(Arc<AtomicBool>);

impl Closing {
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(in crate::http) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Tells the client to send no more requests on this connection (RFC 9112,
    /// "Tear-down").
    pub(super) fn mark(&self, response: &mut Response) {
        if self.has_begun() {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
    }
}
