//! Requirements and release lines of a crate.

use super::dossier::Dossier;
use crate::domain::kind::Kind;
use crate::domain::line::{self, Line};
use crate::domain::requirement::{self, Matches, Release};
use semver::VersionReq;

impl Dossier {
    /// Matches a requirement against the published versions.
    #[must_use]
    pub fn resolve(&self, requirement: &VersionReq) -> Matches {
        requirement::resolve(requirement, &self.releases())
    }

    /// Returns the release lines, newest first.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        line::lines(&self.releases())
    }

    fn releases(&self) -> Vec<Release<'_>> {
        let is_vulnerability = |&index: &usize| match self.advisories[index].kind {
            Kind::Malicious | Kind::Vulnerability => true,
            Kind::Unsound | Kind::Unmaintained | Kind::Notice | Kind::Other => false,
        };
        let releases = self.versions.iter();
        releases
            .map(|release| Release {
                version: &release.version,
                is_yanked: release.is_yanked,
                is_affected: release.verdict.counted > 0,
                // The affecting advisories of a verdict are live.
                is_vulnerable: release.verdict.affecting.iter().any(is_vulnerability),
            })
            .collect()
    }
}
