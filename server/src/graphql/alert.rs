//! The prominence of a verdict or an advisory.

use crate::domain::alert;
use async_graphql::Enum;

/// The prominence that a verdict or an advisory deserves.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "alert::Alert")]
pub(super) enum Alert {
    /// Malicious code, or a vulnerability that is rated Critical or High, or
    /// not rated.
    Alarm,
    /// A vulnerability rated Medium or lower, or unsoundness.
    Warning,
    /// Nothing that another version fixes.
    None,
}
