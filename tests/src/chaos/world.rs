//! The made-up sources: the content of each state, derived from a seed. Every text names its
//! crate and its state, so that an answer shows where it comes from.

use std::collections::BTreeMap;

/// The crates. No name contains another.
pub const CRATES: [&str; 12] = [
    "anvil", "bellows", "chisel", "drill", "easel", "file", "gimlet", "hammer", "jigsaw", "knife",
    "ladle", "mallet",
];

/// The number of crates that have a second advisory in some states. It is small enough that
/// one sync may remove all of these advisories.
const WITH_A_SECOND: usize = 8;

/// The number of old releases: `1.0.0` to `1.9.0`.
const OLD_RELEASES: u32 = 10;

/// The text between a crate's name and the number of a state.
const STAMP: &str = "-in-state-";

/// The content of the sources, derived from a seed.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The seed.
    pub seed: u64,
}

/// The state of a crate: the numbers of the states of the advisory-db and of its index file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State {
    /// The number of the advisory-db's state.
    pub advisories: u32,
    /// The number of the index file's state.
    pub index: u32,
}

/// The states of all crates.
pub type States = BTreeMap<&'static str, State>;

/// An advisory in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// The id.
    pub id: String,
    /// The first patched minor version of the `1.x` releases.
    pub patched: u32,
    /// True if the `2.x` releases are patched too.
    pub second_line_is_patched: bool,
}

impl World {
    /// Returns the releases of a crate, oldest first, and whether each is yanked. The newest
    /// release contains the number of the state, and is the default version.
    #[must_use]
    pub fn releases(self, krate: &str, index: u32) -> Vec<(String, bool)> {
        let old = (0..OLD_RELEASES).map(|minor| {
            let is_yanked = self.number(krate, index, minor).is_multiple_of(5);
            (format!("1.{minor}.0"), is_yanked)
        });
        old.chain([(default_version(index), false)]).collect()
    }

    /// Returns the advisories on a crate.
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

    /// Returns the number of advisories that affect a version.
    #[must_use]
    pub fn affecting(self, krate: &str, state: u32, version: &str) -> usize {
        let advisories = self.advisories(krate, state).into_iter();
        advisories.filter(|it| it.affects(version)).count()
    }

    /// Returns the advisory-db's files on a crate by path. The text is `None` for a file that
    /// does not exist in this state.
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

    /// Returns a pseudorandom number that depends only on the arguments.
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

/// Returns the title of an advisory.
#[must_use]
pub fn title(krate: &str, state: u32) -> String {
    format!("Flaw of {krate}{STAMP}{state}")
}

/// Returns the description of an advisory.
#[must_use]
pub fn description(krate: &str, state: u32) -> String {
    format!("Written of {krate}{STAMP}{state}.")
}

/// Returns the default version of every crate whose index file is in this state.
#[must_use]
pub fn default_version(index: u32) -> String {
    format!("2.{index}.0")
}

/// Returns the path of a crate's index file.
#[must_use]
pub fn index_path(krate: &str) -> String {
    format!("{}/{}/{krate}", &krate[..2], &krate[2..4])
}

/// Returns the crates and states that a text names.
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
