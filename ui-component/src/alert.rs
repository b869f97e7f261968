//! The colour of a verdict or of an advisory, as a class of the stylesheet.

use crate::answer::Alert;

/// Returns `cs-alarm` or `cs-warn`, or nothing for a level without a colour or
/// one that this tab does not know.
pub(crate) fn class(alert: &Alert) -> &'static str {
    match alert {
        Alert::ALARM => "cs-alarm",
        Alert::WARNING => "cs-warn",
        Alert::NONE | Alert::Other(_) => "",
    }
}
