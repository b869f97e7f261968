//! The Rust version that a release says it needs.

use std::fmt;

/// The longest text that is parsed, in bytes: room for three numbers and two dots.
const MAX_LENGTH: usize = 32;

/// A version of Rust as `rust-version` in `Cargo.toml` writes it, such as `1.63` or
/// `1.63.0`. Two are equal if they are written the same. `Display` prints it as
/// written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RustVersion {
    major: u32,
    minor: Option<u32>,
    patch: Option<u32>,
}

impl RustVersion {
    /// Parses a version by Cargo's rules ("The rust-version field"): one to three
    /// numbers, without operators or pre-releases. Returns `None` for any other
    /// text.
    ///
    /// # Examples
    /// ```
    /// use server::domain::rust_version::RustVersion;
    ///
    /// let version = RustVersion::parse("1.85").expect("a Rust version");
    /// assert_eq!(version.to_string(), "1.85");
    /// assert_eq!(RustVersion::parse("1.85.0-nightly"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut numbers = text.split('.').map(number);
        let version = Self {
            major: numbers.next()??,
            minor: match numbers.next() {
                Some(minor) => Some(minor?),
                None => None,
            },
            patch: match numbers.next() {
                Some(patch) => Some(patch?),
                None => None,
            },
        };
        numbers.next().is_none().then_some(version)
    }

    /// Returns true if this version is newer than the other. A missing number
    /// counts as 0.
    ///
    /// # Examples
    /// ```
    /// use server::domain::rust_version::RustVersion;
    ///
    /// let [old, new] = ["1.63", "1.100"].map(|text| RustVersion::parse(text).expect(text));
    /// assert!(new.is_newer_than(old));
    /// assert!(!old.is_newer_than(old));
    /// ```
    #[must_use]
    pub fn is_newer_than(self, other: Self) -> bool {
        self.numbers() > other.numbers()
    }

    fn numbers(self) -> [u32; 3] {
        let Self {
            major,
            minor,
            patch,
        } = self;
        [major, minor.unwrap_or(0), patch.unwrap_or(0)]
    }
}

impl fmt::Display for RustVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major)?;
        for number in [self.minor, self.patch].into_iter().flatten() {
            write!(f, ".{number}")?;
        }
        Ok(())
    }
}

/// Parses a number as Semantic Versioning writes it: digits, without a leading
/// zero.
fn number(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    (is_number && !is_padded)
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use semver::{Op, Version, VersionReq};

    fn v(text: &str) -> RustVersion {
        RustVersion::parse(text).unwrap_or_else(|| panic!("{text} is a Rust version"))
    }

    #[test]
    fn prints_as_written() {
        for text in [
            "1",
            "1.63",
            "1.63.0",
            "0.0.0",
            "4294967295.4294967295.4294967295",
        ] {
            assert_eq!(v(text).to_string(), text);
        }
    }

    #[test]
    fn texts_that_are_not_rust_versions() {
        for text in [
            "",
            "1.",
            ".63",
            "1..0",
            "1.63.0.0",
            "01.63",
            "1.063",
            "1.63.0-nightly",
            "1.63.0+b",
            "^1.63",
            ">=1.63",
            "1.*",
            "1.x",
            "+1",
            "-1",
            " 1.63",
            "1.63 ",
            "stable",
            "4294967296",
            "١.٦٣",
            &"1".repeat(MAX_LENGTH + 1),
        ] {
            assert_eq!(RustVersion::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn compared_by_number() {
        for (a, b, is_newer) in [
            ("1.63", "1.62", true),
            ("1.63", "1.63.0", false),
            ("1.63.0", "1.63", false),
            ("1.63.1", "1.63", true),
            ("1.100", "1.63", true),
            ("1", "1.0.0", false),
            ("2", "1.99.9", true),
            ("1.62", "1.63", false),
        ] {
            assert_eq!(v(a).is_newer_than(v(b)), is_newer, "{a} and {b}");
        }
    }

    /// Returns true if Cargo accepts the text (cargo-util-schemas, `PartialVersion`
    /// and `RustVersion`).
    fn is_one_to_cargo(text: &str) -> bool {
        if let Ok(version) = Version::parse(text) {
            return version.pre.is_empty() && version.build.is_empty();
        }
        let Ok(requirement) = VersionReq::parse(text) else {
            return false;
        };
        match &requirement.comparators[..] {
            [only] => only.op == Op::Caret && !text.starts_with('^') && only.pre.is_empty(),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn cargo_reads_the_same(text in r"[\^=]?[0-9]{1,3}(\.[0-9x*]{1,3}){0,3}([-+,][0-9a]{1,2})?") {
            prop_assert_eq!(RustVersion::parse(&text).is_some(), is_one_to_cargo(&text), "{}", text);
        }
    }
}
