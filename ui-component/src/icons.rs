//! Small icons beside words that do not depend on them.

use maud::{Markup, html};

/// A triangle with a mark: this version is affected.
pub(crate) fn affected() -> Markup {
    icon(
        "M8 1.2 15.3 14H.7L8 1.2Zm0 2.9L3 12.6h10L8 4.1ZM7.3 7h1.4v3H7.3V7Zm0 3.7h1.4v1.2H7.3v-1.2Z",
    )
}

/// A page with lines: advisories were read, and none affects this version.
pub(crate) fn clear() -> Markup {
    icon(
        "M2.5 1h8l3 3v11h-11V1Zm1.4 1.4v11.2h8.2v-9H9.7V2.4H3.9Zm1.6 4h5v1.2h-5V6.4Zm0 2.6h5v1.2h-5V9Z",
    )
}

/// A circle with an i: something to know.
pub(crate) fn notice() -> Markup {
    icon(
        "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 1.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4ZM7.3 7h1.4v4.4H7.3V7Zm0-2.4h1.4V6H7.3V4.6Z",
    )
}

fn icon(path: &str) -> Markup {
    html! {
        svg class="cs-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" {
            path fill="currentColor" fill-rule="evenodd" d=(path) {}
        }
    }
}
