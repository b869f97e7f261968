//! The errors that a client sees: a closed set of codes, each with a message of
//! ours.
//!
//! The type deliberately has no `Display`: async-graphql would send the text of
//! any type that has one, including error messages of the database.

use super::{MAX_REQUIREMENTS, codes};
use crate::catalog::ReadError;
use async_graphql::ErrorExtensions;

/// The longest part of an input that an answer repeats, in characters.
const MAX_ECHO: usize = 80;

/// The reason why a field could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Error {
    /// Not a name that a crate on crates.io could have.
    BadCrateName(String),
    /// Not a Semantic Versioning version.
    BadVersion(String),
    /// Not a version requirement.
    BadRequirement(String),
    /// A list of more than [`MAX_REQUIREMENTS`].
    TooManyRequirements,
    /// Not an advisory's id.
    BadAdvisoryId(String),
    /// Page arguments that contradict each other or are negative.
    BadPage(&'static str),
    /// A page with more items than this limit.
    PageTooLarge(u32),
    /// A cursor that does not belong to this list.
    BadCursor(String),
    /// A failure of the service; the cause is in the log.
    Internal,
}

/// The result of a resolver.
pub(super) type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn code(&self) -> &'static str {
        match self {
            Self::BadCrateName(_) => codes::BAD_CRATE_NAME,
            Self::BadVersion(_) => codes::BAD_VERSION,
            Self::BadRequirement(_) => codes::BAD_REQUIREMENT,
            Self::TooManyRequirements => codes::TOO_MANY_REQUIREMENTS,
            Self::BadAdvisoryId(_) => codes::BAD_ADVISORY_ID,
            Self::BadPage(_) => codes::BAD_PAGE,
            Self::PageTooLarge(_) => codes::PAGE_TOO_LARGE,
            Self::BadCursor(_) => codes::BAD_CURSOR,
            Self::Internal => codes::INTERNAL,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::BadCrateName(name) => format!("{} is not a valid crate name", echo(name)),
            Self::BadVersion(num) => {
                format!("{} is not a valid version; use the form 1.2.3", echo(num))
            }
            Self::BadRequirement(req) => format!(
                "{} is not a valid version requirement; use a form such as ^1.2 or >=1.2, <2",
                echo(req)
            ),
            Self::TooManyRequirements => {
                format!("a list holds at most {MAX_REQUIREMENTS} requirements")
            }
            Self::BadAdvisoryId(id) => format!(
                "{} is not a valid advisory id; use the form RUSTSEC-2024-0357",
                echo(id)
            ),
            Self::BadPage(why) => (*why).to_owned(),
            Self::PageTooLarge(max) => format!("a page has at most {max} items"),
            Self::BadCursor(cursor) => format!("{} is not a cursor of this list", echo(cursor)),
            Self::Internal => "internal error; the service's log has the cause".to_owned(),
        }
    }
}

/// The cause is not logged here, because the catalogue has logged it.
impl From<ReadError> for Error {
    fn from(_: ReadError) -> Self {
        Self::Internal
    }
}

impl From<Error> for async_graphql::Error {
    fn from(error: Error) -> Self {
        let code = error.code();
        Self::new(error.message()).extend_with(|_, extensions| extensions.set("code", code))
    }
}

/// Returns an input for an error message: quoted, escaped and truncated.
fn echo(input: &str) -> String {
    let cut: String = input.chars().take(MAX_ECHO).collect();
    let rest = if cut.len() < input.len() { "…" } else { "" };
    format!("{cut:?}{rest}")
}
