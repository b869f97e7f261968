//! An advisory, parsed.

use crate::domain::alert::Alert;
use crate::domain::kind::Kind;
use crate::domain::platforms::Platforms;
use crate::domain::severity::Severity;
use crate::domain::verdict::{Ranges, RequirementsError};
use crate::entity::advisory;

/// An advisory, parsed.
#[derive(Debug)]
pub struct Advisory {
    /// The row.
    pub row: advisory::Model,
    /// The kind.
    pub kind: Kind,
    /// The versions that are patched or unaffected.
    pub ranges: Ranges,
    /// The severity, if the advisory has a CVSS vector.
    pub severity: Option<Severity>,
}

impl Advisory {
    /// Parses a row.
    ///
    /// # Errors
    /// Returns [`RequirementsError`] if the row contains something that no sync
    /// writes.
    pub fn new(row: advisory::Model) -> Result<Self, RequirementsError> {
        Ok(Self {
            kind: Kind::of(row.informational.as_deref(), &row.categories.0),
            ranges: Ranges::parse(&row.patched.0, &row.unaffected.0)?,
            severity: row.cvss.as_deref().and_then(Severity::parse),
            row,
        })
    }

    /// Returns true if RustSec has not withdrawn it.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.row.withdrawn.is_none()
    }

    /// Returns true if it is live and of a kind that a change of version cures.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.is_live() && self.kind.is_counted()
    }

    /// Returns its prominence. A withdrawn advisory raises no alert.
    #[must_use]
    pub fn alert(&self) -> Alert {
        if !self.is_live() {
            return Alert::None;
        }
        let rating = self.severity.as_ref().map(|severity| severity.word);
        Alert::of(self.kind, rating)
    }

    /// Returns the platforms to which it is limited. Without a limit both sets
    /// are empty.
    #[must_use]
    pub fn platforms(&self) -> Platforms<'_> {
        Platforms::new(&self.row.os.0, &self.row.arch.0)
    }

    pub(super) fn shares_alias_with(&self, other: &Self) -> bool {
        let aliases = &other.row.aliases.0;
        self.row.aliases.0.iter().any(|it| aliases.contains(it))
    }

    pub(super) fn weight(&self) -> usize {
        let row = &self.row;
        let lists = [
            &row.patched,
            &row.unaffected,
            &row.os,
            &row.arch,
            &row.aliases,
            &row.related,
            &row.references,
            &row.categories,
            &row.keywords,
        ];
        let lists = lists.into_iter().flat_map(|list| &list.0);
        let texts: usize = lists.map(|text| text.len() + size_of::<String>()).sum();
        // Functions with their ranges, the parsed requirements, the CVSS metrics.
        let functions: usize = row.functions.0.iter().map(|it| it.path.len() + 128).sum();
        let affected = size_of_val(row.affected_versions.0.as_slice());
        size_of::<Self>()
            + row.title.len()
            + row.description.len()
            + texts
            + functions
            + affected
            + 1024
    }
}
