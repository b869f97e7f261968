//! The time, passed in so that tests choose it.

use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A clock. Only `main` reads the system's clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl Clock {
    /// Creates a clock that calls `now` for the time.
    pub fn new(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        (self.0)()
    }
}

/// Formats a time for people and logs, as in `2026-11-23T08:40:00Z` (RFC 3339).
#[must_use]
pub fn rfc3339(time: OffsetDateTime) -> String {
    let formatted = time.format(&Rfc3339);
    // RFC 3339 ends with the year 9999.
    formatted.unwrap_or_else(|_| time.to_string())
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
