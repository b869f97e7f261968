//! The tabs of a crate's page.

use maud::{Markup, html};

/// The tabs of a crate's page that have a page of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Versions,
    Dependencies,
    Security,
}

impl Place {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Versions => "Versions",
            Self::Dependencies => "Dependencies",
            Self::Security => "Security",
        }
    }
}

/// Makes the tabs of crates.io. Security leads to the version that its highlight is
/// about, the lists are those of `lists_of`, and the others lead nowhere.
pub(super) fn tab_bar(
    current: Place,
    lists_of: Option<&str>,
    version: &str,
    badge: &Markup,
) -> Markup {
    let address = |place: Place| match (place, lists_of) {
        (Place::Security, _) if current == place => Some(version.to_owned()),
        (Place::Security, krate) => krate.map(|krate| format!("/embedded/{krate}")),
        (Place::Versions, krate) => krate.map(|krate| format!("/embedded/{krate}/versions")),
        (Place::Dependencies, krate) => {
            krate.map(|krate| format!("/embedded/{krate}/dependencies"))
        }
    };
    let tab = |place: Place| {
        let is_current = (place == current).then_some("page");
        html! {
            li {
                @if let Some(address) = address(place) {
                    a href=(address) aria-current=[is_current] {
                        (place.label())
                        @if place == Place::Security { (badge) }
                    }
                } @else {
                    span { (place.label()) }
                }
            }
        }
    };
    html! {
        nav class="host-tabs" aria-label="Crate" {
            ul {
                @for name in ["Readme", "Code"] { li { span { (name) } } }
                (tab(Place::Versions))
                (tab(Place::Dependencies))
                li { span { "Dependents" } }
                (tab(Place::Security))
            }
        }
    }
}
