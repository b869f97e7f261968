//! The address of a page: the fragment, the crate and the version.

use super::requirements::Requirements;
use sha2::{Digest, Sha256};

/// The fragment to show, and its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// The Security tab.
    Tab {
        /// The crate's name, as requested.
        krate: &'a str,
        /// The version; `None` for the crate's default version.
        version: Option<&'a str>,
        /// The version requirement that a reader checks, as it was typed.
        req: Option<&'a str>,
    },
    /// The highlight on the host's tab label.
    Badge {
        /// The crate's name, as requested.
        krate: &'a str,
        /// The version; `None` for the crate's default version.
        version: Option<&'a str>,
    },
    /// The marks on a list of a crate's versions.
    VersionMarks {
        /// The crate's name, as requested.
        krate: &'a str,
    },
    /// The marks on a list of dependencies.
    RequirementMarks(&'a Requirements),
}

/// The longest key, in bytes. The longest names and versions in use on crates.io
/// are far shorter.
const MAX_KEY: usize = 256;

/// An address as a key of the cache, on the stack.
pub(super) struct Key {
    bytes: [u8; MAX_KEY],
    length: usize,
}

impl<'a> Address<'a> {
    /// Returns the address of the tab of a version, or of the crate's default
    /// version.
    #[must_use]
    pub fn tab(krate: &'a str, version: Option<&'a str>) -> Self {
        Self::Tab {
            krate,
            version,
            req: None,
        }
    }

    /// Returns the requested version.
    #[must_use]
    pub fn version(&self) -> Option<&'a str> {
        match self {
            Self::Tab { version, .. } | Self::Badge { version, .. } => *version,
            Self::VersionMarks { .. } | Self::RequirementMarks(_) => None,
        }
    }

    /// Returns true if the number of such addresses is unlimited, even for one
    /// published version.
    pub(super) fn is_endless(&self) -> bool {
        matches!(
            self,
            Self::Tab { req: Some(_), .. } | Self::RequirementMarks(_)
        )
    }

    /// Returns the key of this address, or `None` if it is too long to be cached.
    ///
    /// The key has the name as requested, because the page of a crate that was
    /// never published shows that name.
    pub(super) fn key(&self) -> Option<Key> {
        let mut key = Key {
            bytes: [0; MAX_KEY],
            length: 0,
        };
        // Slashes separate the parts, because no name and no version contains one.
        match self {
            Self::Tab {
                krate,
                version,
                req: None,
            } => key.push_all(&["t", krate, "/", version.unwrap_or_default()])?,
            Self::Tab {
                krate,
                version,
                req: Some(req),
            } => key.push_all(&["q", krate, "/", version.unwrap_or_default(), "/", req])?,
            Self::Badge { krate, version } => {
                key.push_all(&["b", krate, "/", version.unwrap_or_default()])?;
            }
            Self::VersionMarks { krate } => key.push_all(&["m", krate])?,
            Self::RequirementMarks(requirements) => {
                key.push(b"d")?;
                key.push(&Sha256::digest(requirements.query()))?;
            }
        }
        Some(key)
    }
}

impl Key {
    fn push_all(&mut self, texts: &[&str]) -> Option<()> {
        texts.iter().try_for_each(|text| self.push(text.as_bytes()))
    }

    fn push(&mut self, bytes: &[u8]) -> Option<()> {
        let end = self.length + bytes.len();
        let place = self.bytes.get_mut(self.length..end)?;
        place.copy_from_slice(bytes);
        self.length = end;
        Some(())
    }

    /// Returns the crate, if these are the bytes of the key of its default tab.
    pub(super) fn crate_of_default(bytes: &[u8]) -> Option<&str> {
        let name = bytes.strip_prefix(b"t")?.strip_suffix(b"/")?;
        std::str::from_utf8(name).ok()
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_a_key_of_its_own() {
        let mut addresses = Vec::new();
        for krate in ["a", "b", "a1"] {
            for version in [None, Some("1.0.0"), Some("1.0.0-b")] {
                addresses.push(Address::Badge { krate, version });
                for req in [None, Some("1.0.0"), Some("/"), Some("^1")] {
                    addresses.push(Address::Tab {
                        krate,
                        version,
                        req,
                    });
                }
            }
            addresses.push(Address::VersionMarks { krate });
        }
        let lists = ["a=1", "a=2", "a=1&b=1"].map(|query| Requirements::parse(query).expect(query));
        addresses.extend(lists.iter().map(Address::RequirementMarks));
        let keys = addresses.iter().map(|it| it.key().expect("a key"));
        let mut keys: Vec<Vec<u8>> = keys.map(|key| key.as_bytes().to_vec()).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), addresses.len());
    }

    #[test]
    fn default_tabs_are_known_by_their_keys() {
        let krate = "a";
        let version = Some("1.0.0");
        for (address, expect) in [
            (Address::tab(krate, None), Some("a")),
            (Address::tab(krate, version), None),
            (
                Address::Badge {
                    krate,
                    version: None,
                },
                None,
            ),
            (Address::VersionMarks { krate }, None),
            (
                Address::Tab {
                    krate,
                    version: None,
                    req: Some("x/"),
                },
                None,
            ),
        ] {
            let key = address.key().expect("a key");
            assert_eq!(Key::crate_of_default(key.as_bytes()), expect, "{address:?}");
        }
    }

    #[test]
    fn addresses_without_a_limit_to_their_number() {
        let (krate, version) = ("a", Some("1.0.0"));
        let list = Requirements::parse("a=1").expect("a list");
        let req = Some("1");
        for (address, expect) in [
            (Address::tab(krate, None), false),
            (Address::tab(krate, version), false),
            (
                Address::Tab {
                    krate,
                    version,
                    req,
                },
                true,
            ),
            (Address::Badge { krate, version }, false),
            (Address::VersionMarks { krate }, false),
            (Address::RequirementMarks(&list), true),
        ] {
            assert_eq!(address.is_endless(), expect, "{address:?}");
        }
    }

    #[test]
    fn an_address_that_is_too_long_is_not_kept() {
        assert!(Address::tab(&"a".repeat(300), None).key().is_none());
    }
}
