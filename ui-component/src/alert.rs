//! The colour of a verdict or of an advisory, as a class of the stylesheet.

use crate::answer::Alert;

/// `cs-alarm` or `cs-warn`; nothing for what deserves no colour, and for a level
/// that this tab does not know.
pub(crate) fn class(alert: &Alert) -> &'static str {
    match alert {
        Alert::ALARM => "cs-alarm",
        Alert::WARNING => "cs-warn",
        Alert::NONE | Alert::Other(_) => "",
    }
}
