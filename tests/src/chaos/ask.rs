//! The requests of visitors, and the expected answer for each committed state.

use super::ledger::Entry;
use super::world::{self, CRATES, World};
use serde_json::{Value, json};
use server::engine::Document;
use ui_component::data_version;

/// A request of a visitor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// The tab of a crate, for the given version or the default version.
    Tab(&'static str, Option<String>),
    /// The badge of a version.
    Badge(&'static str, String),
    /// The marks for a list of a crate's versions.
    VersionMarks(&'static str),
    /// The marks for a list of dependencies that requires this version of each crate.
    RequirementMarks(String),
    /// The tab of a crate that was never published.
    Unknown(String),
    /// The GraphQL document of the tab, for a crate and a version.
    Document(&'static str, String),
    /// The GraphQL document that returns the version of the data.
    Status,
    /// `/metrics`.
    Metrics,
    /// `/health`.
    Health,
    /// `/ready`.
    Ready,
}

/// The content of an answer, as sorted lines that can be compared.
pub type Facts = Vec<String>;

impl Ask {
    /// Returns a random request, about versions up to this state of the index.
    pub fn any(rng: &mut fastrand::Rng, index: u32) -> Self {
        let krate = CRATES[rng.usize(..CRATES.len())];
        let version = match rng.u32(..12) {
            minor @ ..10 => format!("1.{minor}.0"),
            back => world::default_version((index + 11).saturating_sub(back)),
        };
        match rng.u32(..100) {
            ..25 => Self::Tab(krate, None),
            25..50 => Self::Tab(krate, Some(version)),
            50..56 => Self::Badge(krate, version),
            56..64 => Self::VersionMarks(krate),
            64..70 => Self::RequirementMarks(version),
            70..74 => Self::Unknown(format!("nobody-{}", rng.u32(..1000))),
            74..86 => Self::Document(krate, version),
            86..93 => Self::Status,
            93..96 => Self::Metrics,
            96..98 => Self::Health,
            _ => Self::Ready,
        }
    }

    /// Returns the name of the kind of request.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Tab(..) => "tab",
            Self::Badge(..) => "badge",
            Self::VersionMarks(_) => "version marks",
            Self::RequirementMarks(_) => "requirement marks",
            Self::Unknown(_) => "unknown crate",
            Self::Document(..) => "GraphQL: the tab's document",
            Self::Status => "GraphQL: the data version",
            Self::Metrics => "/metrics",
            Self::Health => "/health",
            Self::Ready => "/ready",
        }
    }

    /// Returns true for a request to the tab door.
    #[must_use]
    pub fn is_of_tab_door(&self) -> bool {
        !matches!(
            self,
            Self::Document(..) | Self::Status | Self::Metrics | Self::Health | Self::Ready
        )
    }

    /// Returns the path and query.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Tab(krate, None) => format!("/security-tab/{krate}"),
            Self::Tab(krate, Some(version)) => format!("/security-tab/{krate}/{version}"),
            Self::Badge(krate, version) => format!("/security-tab/{krate}/{version}/badge"),
            Self::VersionMarks(krate) => format!("/security-tab/{krate}/marks"),
            Self::RequirementMarks(version) => {
                let rows: Vec<String> = CRATES
                    .iter()
                    .map(|it| format!("{it}=%3D{version}"))
                    .collect();
                format!("/security-tab/-/marks?{}", rows.join("&"))
            }
            Self::Unknown(krate) => format!("/security-tab/{krate}"),
            Self::Document(..) | Self::Status => "/graphql".to_owned(),
            Self::Metrics => "/metrics".to_owned(),
            Self::Health => "/health".to_owned(),
            Self::Ready => "/ready".to_owned(),
        }
    }

    /// Returns the body of a GraphQL request, or `None` for other requests.
    #[must_use]
    pub fn body(&self) -> Option<Value> {
        match self {
            Self::Document(krate, version) => Some(json!({
                "documentId": Document::id_of(ui_component::DOCUMENT),
                "operationName": ui_component::OPERATION_NAME,
                "variables": { "crate": krate, "version": version },
            })),
            Self::Status => Some(json!({
                "documentId": Document::id_of(data_version::QUERY),
                "operationName": data_version::OPERATION_NAME,
            })),
            _ => None,
        }
    }

    /// Returns the content that an answer must have in a committed state.
    #[must_use]
    pub fn expected(&self, world: World, entry: &Entry) -> Facts {
        let state = |krate: &str| entry.states[krate];
        let mut facts = match self {
            Self::Tab(krate, version) => {
                let state = state(krate);
                let version = version
                    .clone()
                    .unwrap_or_else(|| world::default_version(state.index));
                let affected = world.affecting(krate, state.advisories, &version);
                let mut facts = vec![
                    format!("version {version}"),
                    format!("affected {affected}"),
                    format!("stamp {krate} {}", state.advisories),
                    format!("commit {}", &entry.commit[..7]),
                ];
                let advisories = world.advisories(krate, state.advisories).into_iter();
                facts.extend(advisories.map(|it| format!("advisory {}", it.id)));
                let releases = world.releases(krate, state.index).into_iter();
                facts.extend(releases.map(|(num, _)| format!("release {num}")));
                facts
            }
            Self::Badge(krate, version) => {
                let affected = world.affecting(krate, state(krate).advisories, version);
                vec![format!("affected {affected}")]
            }
            Self::VersionMarks(krate) => {
                let state = state(krate);
                let releases = world.releases(krate, state.index).into_iter();
                let counts = releases.map(|(num, _)| {
                    let count = world.affecting(krate, state.advisories, &num);
                    (num, count)
                });
                let marked = counts.filter(|(_, count)| *count > 0);
                marked
                    .map(|(num, count)| format!("mark {num} {count}"))
                    .collect()
            }
            Self::RequirementMarks(version) => {
                let is_marked = |krate: &&str| {
                    let state = state(krate);
                    let releases = world.releases(krate, state.index);
                    releases.contains(&(version.clone(), false))
                        && world.affecting(krate, state.advisories, version) > 0
                };
                let marked = CRATES.into_iter().filter(|it| is_marked(it));
                marked.map(|it| format!("mark {it}=={version}")).collect()
            }
            Self::Document(krate, version) => {
                let state = state(krate);
                let mut facts = vec![
                    format!("crate {krate}"),
                    format!(
                        "version {version} affected by {}",
                        world.affecting(krate, state.advisories, version)
                    ),
                ];
                for advisory in world.advisories(krate, state.advisories) {
                    let (title, text) = (
                        world::title(krate, state.advisories),
                        world::description(krate, state.advisories),
                    );
                    let affects = advisory.affects(version);
                    facts.push(format!(
                        "advisory {} {title:?} {text:?} {affects}",
                        advisory.id
                    ));
                }
                for (num, is_yanked) in world.releases(krate, state.index) {
                    let count = world.affecting(krate, state.advisories, &num);
                    facts.push(format!(
                        "release {num} yanked {is_yanked} affected by {count}"
                    ));
                }
                facts.push(entry.version());
                facts
            }
            Self::Status => vec![entry.version()],
            Self::Metrics => vec![format!("revision {}", entry.revision)],
            Self::Unknown(_) => vec![format!("commit {}", &entry.commit[..7])],
            Self::Health | Self::Ready => Vec::new(),
        };
        facts.sort();
        facts
    }
}
