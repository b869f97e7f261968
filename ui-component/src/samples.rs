//! Every state of the tab by name, for the gallery, for the snapshots, and for
//! developers. All texts are invented.

mod advisories;
mod aftermath;
mod answers;
mod details;
mod harbour;
mod hostile;
mod many;
mod requirements;
mod scene;
mod upgrades;

use maud::Markup;

use crate::{Assets, Data, Descriptions};
use scene::Scene;

/// One state of the tab.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of its page and of its snapshot, in kebab case.
    pub name: &'static str,
    /// A description of what it shows.
    pub title: &'static str,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// An answer, with the requirement that a reader has typed.
    Answered(Box<Data>, Option<&'static str>),
    Loading,
    NotAVersion,
    Unreachable,
}

impl Sample {
    /// Returns the state as the tab shows it.
    #[must_use]
    pub fn markup(&self, assets: &Assets) -> Markup {
        match &self.state {
            State::Answered(data, req) => {
                crate::security_tab(data, *req, &Descriptions::of(data), assets)
            }
            State::Loading => crate::loading(assets),
            State::NotAVersion => crate::not_a_version("0.10", assets),
            State::Unreachable => crate::unreachable("harbour", assets),
        }
    }

    /// Returns the requirement that a reader has typed, if there is one.
    #[must_use]
    pub fn typed(&self) -> Option<&'static str> {
        match &self.state {
            State::Answered(_, req) => *req,
            State::Loading | State::NotAVersion | State::Unreachable => None,
        }
    }

    /// Returns the answer that it shows, if there is one.
    #[must_use]
    pub fn data(&self) -> Option<&Data> {
        match &self.state {
            State::Answered(data, _) => Some(data),
            State::Loading | State::NotAVersion | State::Unreachable => None,
        }
    }
}

/// Returns every state, in the order of a walk through the tab.
#[must_use]
pub fn all() -> Vec<Sample> {
    [
        answers::verdicts(),
        upgrades::upgrades(),
        upgrades::without_a_newer_release(),
        answers::kinds(),
        aftermath::aftermath(),
        requirements::all(),
        details::cards(),
        details::versions(),
        details::sizes(),
        details::data(),
    ]
    .concat()
}

fn sample(name: &'static str, title: &'static str, scene: Scene) -> Sample {
    let req = scene.typed();
    let state = State::Answered(Box::new(scene.data()), req);
    Sample { name, title, state }
}
