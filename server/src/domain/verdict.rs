//! Whether an advisory affects a version. `rustsec` decides, nothing else.

use rustsec::advisory::Versions;
use semver::{Version, VersionReq};
use std::panic::catch_unwind;

/// An advisory's `[versions]` section: what is patched and what was never
/// affected. Everything else is affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranges(Versions);

/// Requirements that `rustsec` takes for malformed or contradictory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequirementsError;

impl Ranges {
    /// Reads requirements as RustSec writes them.
    ///
    /// # Errors
    /// [`RequirementsError`] when one is no requirement or two overlap.
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
        // `rustsec` takes some contradictions for impossible and panics.
        match catch_unwind(|| Versions::new(patched, unaffected)) {
            Ok(Ok(versions)) => Ok(Self(versions)),
            Ok(Err(_)) | Err(_) => Err(RequirementsError),
        }
    }

    /// Whether the version is affected. `VersionReq::matches` would call
    /// pre-releases of a fixed version safe or affected by accident, so it is
    /// never asked.
    #[must_use]
    pub fn affects(&self, version: &Version) -> bool {
        self.0.is_vulnerable(version)
    }

    /// RustSec's `patched`.
    #[must_use]
    pub fn patched(&self) -> &[VersionReq] {
        self.0.patched()
    }

    /// RustSec's `unaffected`.
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
