//! Versions, parsed and compared as Cargo does.

use semver::Version;

/// The longest version text that is parsed, in bytes. Versions on crates.io are
/// far shorter. The limit keeps hostile input cheap.
const MAX_LENGTH: usize = 128;

/// Parses a version as a user typed it: any Semantic Versioning 2.0 version,
/// published or not. Returns `None` for any other text.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::version;
///
/// assert_eq!(version::parse("1.2.3"), Some(Version::new(1, 2, 3)));
/// // `1.2` is a requirement, but not a version.
/// assert_eq!(version::parse("1.2"), None);
/// ```
#[must_use]
pub fn parse(num: &str) -> Option<Version> {
    (num.len() <= MAX_LENGTH)
        .then(|| Version::parse(num).ok())
        .flatten()
}

/// Returns true if Cargo's default requirement on `from` (`^from`) allows the
/// numbers of `to`: the left-most number that is not zero stays the same
/// (Specifying Dependencies, "Default requirements").
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::version::is_compatible;
///
/// assert!(is_compatible(&Version::new(1, 2, 3), &Version::new(1, 9, 0)));
/// assert!(!is_compatible(&Version::new(0, 2, 3), &Version::new(0, 9, 0)));
/// ```
#[must_use]
pub fn is_compatible(from: &Version, to: &Version) -> bool {
    if from.major != 0 || to.major != 0 {
        return from.major == to.major;
    }
    if from.minor != 0 || to.minor != 0 {
        return from.minor == to.minor;
    }
    from.patch == to.patch
}

/// Returns true if the version is a pre-release. A `-` in build metadata, as in
/// `0.9.9+spec-1.1.0`, does not make it one.
///
/// # Examples
/// ```
/// use semver::Version;
/// use server::domain::version::is_prerelease;
///
/// assert!(is_prerelease(&Version::parse("1.0.0-rc.1")?));
/// assert!(!is_prerelease(&Version::parse("0.9.9+spec-1.1.0")?));
/// # Ok::<(), semver::Error>(())
/// ```
#[must_use]
pub fn is_prerelease(version: &Version) -> bool {
    !version.pre.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(num: &str) -> Version {
        parse(num).unwrap_or_else(|| panic!("{num} is a version"))
    }

    #[test]
    fn compatible_as_cargo_says() {
        for (from, to, expect) in [
            ("1.2.3", "1.9.0", true),
            ("1.2.3", "2.0.0", false),
            ("0.1.2", "0.1.9", true),
            ("0.1.2", "0.2.0", false),
            ("0.1.2", "1.0.0", false),
            ("0.0.1", "0.0.2", false),
            ("0.0.1", "0.0.1", true),
            ("0.0.1", "0.1.0", false),
            ("1.0.0-beta.1", "1.0.0", true),
        ] {
            assert_eq!(is_compatible(&v(from), &v(to)), expect, "{from} -> {to}");
        }
    }

    #[test]
    fn a_hyphen_in_build_metadata_is_no_prerelease() {
        assert!(!is_prerelease(&v("0.9.9+spec-1.1.0")));
        assert!(is_prerelease(&v("1.0.0-rc.1+b")));
    }

    #[test]
    fn what_is_not_a_version() {
        for num in [
            "",
            "1",
            "1.0",
            "v1.0.0",
            "1.0.0\0",
            "01.0.0",
            &format!("1.0.0-{}", "a".repeat(200)),
        ] {
            assert_eq!(parse(num), None, "{num:?}");
        }
    }
}
