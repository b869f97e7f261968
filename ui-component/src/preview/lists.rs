//! The preview's lists of versions and of dependencies, with their marks.

use maud::{Markup, html};

use super::tabs::{Place, tab_bar};
use super::{Files, Shell, document};
use crate::{Data, links, words};

/// A row of the list of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The name in `Cargo.toml`, if the dependency is renamed.
    pub alias: Option<String>,
    /// The crate.
    pub krate: String,
    /// The version requirement.
    pub req: String,
    /// The purpose of the dependency.
    pub kind: Kind,
}

/// The purpose of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Needed by every build.
    Mandatory,
    /// Needed by builds with a feature.
    Optional,
    /// Needed by tests and examples. Never marked, because users of the crate
    /// do not build it.
    Dev,
}

impl Dependency {
    /// Returns a mandatory dependency without an alias.
    #[must_use]
    pub fn new(krate: impl Into<String>, req: impl Into<String>) -> Self {
        Self {
            alias: None,
            krate: krate.into(),
            req: req.into(),
            kind: Kind::Mandatory,
        }
    }

    /// Returns a list that shows each case once; its crates are in the bundled
    /// sample.
    #[must_use]
    pub fn telling() -> Vec<Self> {
        let of_kind = |krate, req, kind| Self {
            kind,
            ..Self::new(krate, req)
        };
        vec![
            // Every release that it allows is affected.
            Self::new("rsa", "^0.9"),
            // Newer releases that it allows are not affected.
            Self::new("tokio", "^1"),
            // Every release that it allows is affected, by unsoundness alone.
            Self::new("bitmaps", "^3.2"),
            // No advisory.
            Self::new("serde", "^1"),
            // Renamed: asked about under the crate's own name.
            Self {
                alias: Some("old-chrono".to_owned()),
                ..Self::new("chrono", "^0.2")
            },
            of_kind("openssl", "^0.9", Kind::Optional),
            // A row without much room.
            of_kind("actix-http", ">=0.2.0, <2.0.0", Kind::Optional),
            of_kind("time", "^0.1", Kind::Dev),
        ]
    }
}

/// Makes the page with the crate's versions, newest first.
#[must_use]
pub fn versions(data: &Data, files: &Files) -> Markup {
    let krate = data.crate_.as_ref();
    let name = krate.map_or("?", |krate| krate.name.as_str());
    let nodes = krate.map_or(&[][..], |krate| &krate.versions.nodes);
    let rows = html! {
        @for version in nodes {
            li data-security-version=(version.num) {
                a class="host-name" href={ "/embedded/" (name) (links::version(&version.num)) } { (version.num) }
                @if version.is_yanked { span class="host-label" { "yanked" } }
                @if version.is_prerelease { span class="host-label" { "pre-release" } }
                span data-security-mark {}
                p { "by a maintainer, MIT OR Apache-2.0" }
            }
        }
    };
    let list = html! {
        p { (words::count(nodes.len(), "version", "versions")) ", newest first" }
        crate-security-marks crate=(name) tab="/embedded/{crate}" { ul class="host-rows" { (rows) } }
    };
    page(Place::Versions, name, list, files)
}

/// Makes the page with these dependencies of a crate.
#[must_use]
pub fn dependencies(krate: &str, dependencies: &[Dependency], files: &Files) -> Markup {
    let list = |title: &str, is_shown: fn(Kind) -> bool| {
        let rows = || dependencies.iter().filter(move |it| is_shown(it.kind));
        html! {
            @if rows().next().is_some() {
                h2 { (title) }
                ul class="host-rows" { @for it in rows() { (dependency(it)) } }
            }
        }
    };
    let lists = html! {
        (list("Dependencies", |kind| kind != Kind::Dev))
        (list("Dev-dependencies", |kind| kind == Kind::Dev))
    };
    let lists = html! { crate-security-marks tab="/embedded/{crate}" { (lists) } };
    page(Place::Dependencies, krate, lists, files)
}

fn dependency(it: &Dependency) -> Markup {
    let may_mark = it.kind != Kind::Dev;
    html! {
        li data-security-crate=[may_mark.then_some(&it.krate)] data-security-req=[may_mark.then_some(&it.req)] {
            a class="host-name" href={ "/embedded/" (it.krate) } { (it.krate) }
            span class="host-req" { (it.req) }
            @if it.kind == Kind::Optional { span class="host-label" { "optional" } }
            @if may_mark { span data-security-mark {} }
            p { @if let Some(alias) = &it.alias { "as " code { (alias) } ", " } "about this crate" }
        }
    }
}

fn page(place: Place, krate: &str, list: Markup, files: &Files) -> Markup {
    let badge = html! { crate-security-badge crate=(krate) {} };
    document(
        &format!("{krate}: {}", place.label()),
        files,
        Shell::Lists,
        html! {
            div class="host-title" { h1 { (krate) } }
            (tab_bar(place, Some(krate), "", &badge))
            (list)
        },
    )
}
