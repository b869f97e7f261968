//! The verdict on a version. Only `rustsec` decides whether an advisory affects
//! it.

use rustsec::advisory::Versions;
use semver::{Version, VersionReq};
use std::panic::catch_unwind;

/// An advisory's `[versions]` section: the ranges that are patched and those
/// that were never affected. Every other version is affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges(Versions);

/// The error for requirements that `rustsec` considers malformed or
/// contradictory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementsError;

impl Ranges {
    /// Parses requirements as RustSec writes them.
    ///
    /// # Errors
    /// Returns [`RequirementsError`] if a text is not a requirement or two
    /// overlap.
    ///
    /// # Examples
    /// ```
    /// use server::domain::verdict::{Ranges, RequirementsError};
    ///
    /// assert!(Ranges::parse(&[">=1.2.3"], &["<1.0.0"]).is_ok());
    /// // 1.5.0 cannot be both patched and unaffected.
    /// assert_eq!(Ranges::parse(&[">=1.2.3"], &["<2.0.0"]), Err(RequirementsError));
    /// ```
    pub fn parse<S: AsRef<str>>(
        patched: &[S],
        unaffected: &[S],
    ) -> Result<Self, RequirementsError> {
        let read = |reqs: &[S]| {
            reqs.iter()
                .map(|req| VersionReq::parse(req.as_ref()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| RequirementsError)
        };
        let (patched, unaffected) = (read(patched)?, read(unaffected)?);
        // `rustsec` panics on some contradictions that it considers impossible.
        match catch_unwind(|| Versions::new(patched, unaffected)) {
            Ok(Ok(versions)) => Ok(Self(versions)),
            Ok(Err(_)) | Err(_) => Err(RequirementsError),
        }
    }

    /// Returns true if the version is affected. `VersionReq::matches` is not
    /// used, because it matches pre-releases by Cargo's rule: its answer for a
    /// pre-release of a fixed version would be accidental.
    ///
    /// # Examples
    /// ```
    /// use semver::Version;
    /// use server::domain::verdict::Ranges;
    ///
    /// let ranges = Ranges::parse(&[">=1.2.3"], &["<1.0.0"])?;
    /// assert!(ranges.affects(&Version::new(1, 2, 2)));
    /// assert!(!ranges.affects(&Version::new(1, 2, 3)));
    /// assert!(!ranges.affects(&Version::new(0, 9, 0)));
    /// # Ok::<(), server::domain::verdict::RequirementsError>(())
    /// ```
    #[must_use]
    pub fn affects(&self, version: &Version) -> bool {
        self.0.is_vulnerable(version)
    }

    /// Returns RustSec's `patched` requirements.
    ///
    /// # Examples
    /// ```
    /// use server::domain::verdict::Ranges;
    ///
    /// let ranges = Ranges::parse(&[">=1.2.3"], &["<1.0.0"])?;
    /// assert_eq!(ranges.patched()[0].to_string(), ">=1.2.3");
    /// # Ok::<(), server::domain::verdict::RequirementsError>(())
    /// ```
    #[must_use]
    pub fn patched(&self) -> &[VersionReq] {
        self.0.patched()
    }

    /// Returns RustSec's `unaffected` requirements.
    ///
    /// # Examples
    /// ```
    /// use server::domain::verdict::Ranges;
    ///
    /// let ranges = Ranges::parse(&[">=1.2.3"], &["<1.0.0"])?;
    /// assert_eq!(ranges.unaffected()[0].to_string(), "<1.0.0");
    /// # Ok::<(), server::domain::verdict::RequirementsError>(())
    /// ```
    #[must_use]
    pub fn unaffected(&self) -> &[VersionReq] {
        self.0.unaffected()
    }
}

impl From<Versions> for Ranges {
    fn from(versions: Versions) -> Self {
        Self(versions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prerelease_of_the_fixed_version_is_affected() {
        let ranges = Ranges::parse(&[">=3.0.0-beta.9"], &[]).expect("ranges");
        let affects = |num| ranges.affects(&Version::parse(num).expect("version"));
        assert!(affects("3.0.0-beta.8"));
        assert!(!affects("3.0.0-beta.9"));
        assert!(!affects("3.0.0"));
    }

    #[test]
    fn requirements_that_contradict_are_refused() {
        assert_eq!(
            Ranges::parse(&[">=1.0.0"], &["<2.0.0"]),
            Err(RequirementsError)
        );
        assert_eq!(Ranges::parse(&["one"], &[]), Err(RequirementsError));
        // `rustsec` panics on these two.
        assert_eq!(
            Ranges::parse(&[">1.0.0", "=1.0.0"], &[">1.0.0"]),
            Err(RequirementsError)
        );
        assert_eq!(
            Ranges::parse(&["^0.0.18446744073709551615"], &[]),
            Err(RequirementsError)
        );
    }
}
