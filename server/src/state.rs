//! What the HTTP handlers share.

use crate::access::Access;
use crate::document::Documents;
use crate::graphql::Schema;
use crate::tab_data::TabData;
use crate::turns::Turns;
use sea_orm::DatabaseConnection;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;

/// Tells the time. Passed in, so that tests choose it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        (self.0)()
    }
}

/// For whom the doors are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// For crates.io: the tab, and the documents that are registered.
    Production,
    /// For developers at their desks, on loopback only: also any document,
    /// introspection, GraphiQL and the preview.
    Dev,
}

/// What the internal door answers from.
#[derive(Clone)]
pub struct Internal {
    /// The schema.
    pub schema: Schema,
    /// The database.
    pub db: DatabaseConnection,
    /// The time of a request.
    pub clock: Clock,
    /// What may be asked.
    pub documents: Documents,
    /// For whom it is open.
    pub mode: Mode,
    /// Who gets in.
    pub access: Access,
    /// Where GraphiQL's files are, for [`Mode::Dev`].
    pub graphiql: PathBuf,
    /// How many documents run at once.
    pub turns: Turns,
}

/// What the tab door answers from.
#[derive(Clone)]
pub struct Tab {
    /// Where the tab's data comes from.
    pub data: TabData,
    /// For whom it is open.
    pub mode: Mode,
}
