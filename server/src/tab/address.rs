//! The address of a page: what is shown, of which crate and version.

/// What an address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// The Security tab.
    Tab,
    /// The highlight on the host's tab label.
    Badge,
}

/// What is shown, of which crate and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// What is shown.
    pub what: What,
    /// The crate's name, as it was asked for.
    pub krate: &'a str,
    /// The version; `None` for the crate's default version.
    pub version: Option<&'a str>,
}

/// The longest key, in bytes. crates.io's longest names and semver's longest
/// versions in use are far shorter.
const MAX_KEY: usize = 256;

/// An address as a key of the cache, on the stack.
pub(super) struct Key {
    bytes: [u8; MAX_KEY],
    length: usize,
}

impl Address<'_> {
    /// The key of this address. `None` when it is too long to be kept.
    ///
    /// The name stands as it was asked for: a crate that nobody published is shown
    /// under that name.
    pub(super) fn key(&self) -> Option<Key> {
        let mut key = Key {
            bytes: [0; MAX_KEY],
            length: 0,
        };
        key.push(match self.what {
            What::Tab => "t",
            What::Badge => "b",
        })?;
        key.push(self.krate)?;
        // No name and no version has a slash.
        key.push("/")?;
        key.push(self.version.unwrap_or_default())?;
        Some(key)
    }
}

impl Key {
    fn push(&mut self, text: &str) -> Option<()> {
        let end = self.length + text.len();
        let place = self.bytes.get_mut(self.length..end)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Some(())
    }

    /// The crate, if these are the bytes of the key of its default tab.
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
        let mut keys = Vec::new();
        for what in [What::Tab, What::Badge] {
            for krate in ["a", "b", "a1"] {
                for version in [None, Some("1.0.0"), Some("1.0.0-b")] {
                    let address = Address {
                        what,
                        krate,
                        version,
                    };
                    keys.push(address.key().expect("a key").as_bytes().to_vec());
                }
            }
        }
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn default_tabs_are_known_by_their_keys() {
        for (what, version, expect) in [
            (What::Tab, None, Some("a")),
            (What::Tab, Some("1.0.0"), None),
            (What::Badge, None, None),
        ] {
            let address = Address {
                what,
                krate: "a",
                version,
            };
            let key = address.key().expect("a key");
            assert_eq!(Key::crate_of_default(key.as_bytes()), expect, "{address:?}");
        }
    }

    #[test]
    fn an_address_that_is_too_long_is_not_kept() {
        let krate = "a".repeat(300);
        let address = Address {
            what: What::Tab,
            krate: &krate,
            version: None,
        };
        assert!(address.key().is_none());
    }
}
