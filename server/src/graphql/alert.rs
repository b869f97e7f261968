//! How prominently something deserves to be shown.

use crate::domain::alert;
use async_graphql::Enum;

/// How prominently a verdict or an advisory deserves to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "alert::Alert")]
pub(super) enum Alert {
    /// Malicious code, or a vulnerability rated Critical or High or not rated.
    Alarm,
    /// A vulnerability rated Medium or lower, or unsoundness.
    Warning,
    /// Nothing that another version cures.
    None,
}
