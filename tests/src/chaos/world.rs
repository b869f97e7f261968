//! The made-up sources: the content of each state, from a seed. Every
//! text names its crate and its state, so that an answer tells where it comes from.

use std::collections::BTreeMap;

/// The crates. No name is a part of another.
pub const CRATES: [&str; 12] = [
    "anvil", "bellows", "chisel", "drill", "easel", "file", "gimlet", "hammer", "jigsaw", "knife",
    "ladle", "mallet",
];

/// The crates that have a second advisory in some states. Few enough that a sync may
/// lose them all at once.
const WITH_A_SECOND: usize = 8;

/// Releases `1.0.0` to `1.9.0`.
const OLD_RELEASES: u32 = 10;

/// The text between a crate's name and the number of a state.
const STAMP: &str = "-in-state-";

/// The content of the sources, from a seed.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The seed.
    pub seed: u64,
}

/// The state that a crate is in: that of the advisory-db, and that of its index file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State {
    /// The number of the advisory-db's commit.
    pub advisories: u32,
    /// The number of the index file.
    pub index: u32,
}

/// The states of all crates.
pub type States = BTreeMap<&'static str, State>;

/// An advisory in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// Its id.
    pub id: String,
    /// The first patched minor version of the first line.
    pub patched: u32,
    /// True if the second line is patched too.
    pub second_line_is_patched: bool,
}

impl World {
    /// The releases of a crate, each yanked or not, oldest first. The newest names the
    /// state and is the default version.
    #[must_use]
    pub fn releases(self, krate: &str, index: u32) -> Vec<(String, bool)> {
        let old = (0..OLD_RELEASES).map(|minor| {
            let is_yanked = self.number(krate, index, minor).is_multiple_of(5);
            (format!("1.{minor}.0"), is_yanked)
        });
        old.chain([(default_version(index), false)]).collect()
    }

    /// The advisories on a crate.
    #[must_use]
    pub fn advisories(self, krate: &str, state: u32) -> Vec<Advisory> {
        let place = CRATES.iter().position(|name| *name == krate);
        let place = place.unwrap_or_default();
        let patched = |salt: u32| 1 + self.number(krate, state, 100 + salt) % (OLD_RELEASES - 1);
        let mut advisories = vec![Advisory {
            id: format!("RUSTSEC-2024-{:04}", place + 1),
            patched: patched(0),
            second_line_is_patched: false,
        }];
        if place < WITH_A_SECOND && self.number(krate, state, 200).is_multiple_of(2) {
            advisories.push(Advisory {
                id: format!("RUSTSEC-2025-{:04}", place + 1),
                patched: patched(1),
                second_line_is_patched: true,
            });
        }
        advisories
    }

    /// The number of advisories that affect a version.
    #[must_use]
    pub fn affecting(self, krate: &str, state: u32, version: &str) -> usize {
        let advisories = self.advisories(krate, state).into_iter();
        advisories.filter(|it| it.affects(version)).count()
    }

    /// The files of the advisory-db about a crate: of each a path, and its text or `None`
    /// where the state does not have it.
    #[must_use]
    pub fn files(self, krate: &str, state: u32) -> Vec<(String, Option<String>)> {
        let advisories = self.advisories(krate, state);
        let second = advisories[0].id.replace("2024", "2025");
        let path = |id: &str| format!("crates/{krate}/{id}.md");
        let mut files = vec![(path(&second), None)];
        for advisory in advisories {
            let path = path(&advisory.id);
            files.retain(|(other, _)| *other != path);
            files.push((path, Some(advisory.file(krate, state))));
        }
        files
    }

    /// Any number, the same for the same arguments.
    fn number(self, krate: &str, state: u32, salt: u32) -> u32 {
        let mut seed = self.seed ^ (u64::from(state) << 32) ^ u64::from(salt);
        for byte in krate.bytes() {
            seed = seed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte);
        }
        fastrand::Rng::with_seed(seed).u32(..)
    }
}

impl Advisory {
    /// Returns true if the advisory affects a version.
    #[must_use]
    pub fn affects(&self, version: &str) -> bool {
        let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
        match (parts.next(), parts.next()) {
            (Some(1), Some(minor)) => minor < self.patched,
            _ => !self.second_line_is_patched,
        }
    }

    fn file(&self, krate: &str, state: u32) -> String {
        let second = match self.second_line_is_patched {
            true => ", \">= 2.0.0\"",
            false => "",
        };
        format!(
            "```toml\n[advisory]\nid = \"{}\"\npackage = \"{krate}\"\ndate = \"2024-01-01\"\n\n\
             [versions]\npatched = [\"^1.{}\"{second}]\n```\n\n# {}\n\n{}\n",
            self.id,
            self.patched,
            title(krate, state),
            description(krate, state),
        )
    }
}

/// An advisory's title.
#[must_use]
pub fn title(krate: &str, state: u32) -> String {
    format!("Flaw of {krate}{STAMP}{state}")
}

/// An advisory's description.
#[must_use]
pub fn description(krate: &str, state: u32) -> String {
    format!("Written of {krate}{STAMP}{state}.")
}

/// The default version of every crate whose index file is in this state.
#[must_use]
pub fn default_version(index: u32) -> String {
    format!("2.{index}.0")
}

/// The place of a crate's index file.
#[must_use]
pub fn index_path(krate: &str) -> String {
    format!("{}/{}/{krate}", &krate[..2], &krate[2..4])
}

/// The crates and states that a text names.
#[must_use]
pub fn stamps(text: &str) -> Vec<(String, u32)> {
    let found = text.match_indices(STAMP).map(|(at, _)| {
        let is_letter = |it: &char| it.is_ascii_lowercase();
        let name: String = text[..at].chars().rev().take_while(is_letter).collect();
        let rest = &text[at + STAMP.len()..];
        let end = rest.find(|it: char| !it.is_ascii_digit());
        let number = rest[..end.unwrap_or(rest.len())].parse();
        (name.chars().rev().collect(), number.unwrap_or(u32::MAX))
    });
    let mut stamps: Vec<(String, u32)> = found.collect();
    stamps.sort();
    stamps.dedup();
    stamps
}
