//! Captures the log of a test's thread.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing::subscriber::DefaultGuard;

/// A captured log, as JSON.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Captures the log of this thread as long as the guard lives.
    pub(crate) fn keep(&self) -> DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        // A span that another test has met first, without a subscriber, counts as
        // disabled until then.
        tracing::callsite::rebuild_interest_cache();
        guard
    }

    /// Returns the captured text.
    pub(crate) fn text(&self) -> String {
        let log = self.0.lock().expect("the log").clone();
        String::from_utf8(log).expect("UTF-8")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
