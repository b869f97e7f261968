//! Names that a crate can have on crates.io.

/// The longest name that crates.io accepts, in characters.
const MAX_LENGTH: usize = 64;

/// A name that a crate on crates.io could have: ASCII letters, digits, `-` and
/// `_`, beginning with a letter, at most 64 characters (Cargo's registry index
/// format, "Name restrictions").
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrateName(String);

impl CrateName {
    /// Parses a name as a user typed it. Returns `None` if no crate can have
    /// it.
    ///
    /// # Examples
    /// ```
    /// use server::domain::crate_name::CrateName;
    ///
    /// assert!(CrateName::parse("openssl-src").is_some());
    /// assert_eq!(CrateName::parse("7zip"), None);
    /// assert_eq!(CrateName::parse("../etc"), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name = name.len() <= MAX_LENGTH
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(is_allowed);
        is_name.then(|| Self(name.to_owned()))
    }

    /// Returns the name as it was given.
    ///
    /// # Examples
    /// ```
    /// use server::domain::crate_name::CrateName;
    ///
    /// let name = CrateName::parse("OpenSSL-Src").expect("a name");
    /// assert_eq!(name.as_str(), "OpenSSL-Src");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form under which names are compared: crates.io treats upper
    /// and lower case, and `-` and `_`, as equal.
    ///
    /// # Examples
    /// ```
    /// use server::domain::crate_name::CrateName;
    ///
    /// let name = CrateName::parse("OpenSSL-Src").expect("a name");
    /// assert_eq!(name.lookup(), "openssl_src");
    /// ```
    #[must_use]
    pub fn lookup(&self) -> String {
        self.0.to_ascii_lowercase().replace('-', "_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_crates_io_could_have() {
        for name in [
            "a",
            "serde",
            "openssl-src",
            "Openssl_SRC",
            "x1",
            &"a".repeat(64),
        ] {
            assert_eq!(CrateName::parse(name).map(|n| n.0).as_deref(), Some(name));
        }
        for name in [
            "",
            "1a",
            "-a",
            "_a",
            "a b",
            "a\0",
            "a.b",
            "a/b",
            "é",
            "ａ",
            &"a".repeat(65),
        ] {
            assert_eq!(CrateName::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn case_and_hyphens_do_not_matter_for_lookup() {
        let lookup = |name| CrateName::parse(name).map(|n| n.lookup());
        assert_eq!(lookup("OpenSSL-Src"), lookup("openssl_src"));
        assert_ne!(lookup("openssl"), lookup("openssl_src"));
    }
}
