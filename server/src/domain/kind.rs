//! The kinds of advisory, and their effect on a verdict.

/// The subject of an advisory. RustSec's `informational` field names it. Without
/// that field the advisory is about malicious code if it has the category
/// `malicious`, and otherwise about a vulnerability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The release was made to do harm.
    Malicious,
    /// The release has a security vulnerability.
    Vulnerability,
    /// Safe code can cause undefined behaviour.
    Unsound,
    /// Nobody maintains the crate any more.
    Unmaintained,
    /// Something worth knowing that is not a fault.
    Notice,
    /// A kind that RustSec added later; shown by its own name.
    Other,
}

/// RustSec's name of the category that marks a malicious release.
const MALICIOUS: &str = "malicious";

impl Kind {
    /// Returns the kind of an advisory with these `informational` and `categories`
    /// fields.
    ///
    /// # Examples
    /// ```
    /// use server::domain::kind::Kind;
    ///
    /// assert_eq!(Kind::of(None, &["memory-corruption"]), Kind::Vulnerability);
    /// assert_eq!(Kind::of(None, &["malicious"]), Kind::Malicious);
    /// assert_eq!(Kind::of(Some("unsound"), &["memory-corruption"]), Kind::Unsound);
    /// ```
    #[must_use]
    pub fn of<S: AsRef<str>>(informational: Option<&str>, categories: &[S]) -> Self {
        match informational {
            None if categories.iter().any(|c| c.as_ref() == MALICIOUS) => Self::Malicious,
            None => Self::Vulnerability,
            Some("unsound") => Self::Unsound,
            Some("unmaintained") => Self::Unmaintained,
            Some("notice") => Self::Notice,
            Some(_) => Self::Other,
        }
    }

    /// Returns true if the kind counts in a verdict, because a change of version
    /// cures it. A kind that is not known yet is shown but not counted: another
    /// version might not help.
    ///
    /// # Examples
    /// ```
    /// use server::domain::kind::Kind;
    ///
    /// assert!(Kind::Unsound.is_counted());
    /// assert!(!Kind::Unmaintained.is_counted());
    /// ```
    #[must_use]
    pub fn is_counted(self) -> bool {
        match self {
            Self::Malicious | Self::Vulnerability | Self::Unsound => true,
            Self::Unmaintained | Self::Notice | Self::Other => false,
        }
    }

    /// Returns RustSec's word for the kind. Returns `None` for [`Kind::Other`],
    /// whose word is in the advisory.
    ///
    /// # Examples
    /// ```
    /// use server::domain::kind::Kind;
    ///
    /// assert_eq!(Kind::Unmaintained.word(), Some("unmaintained"));
    /// assert_eq!(Kind::Other.word(), None);
    /// ```
    #[must_use]
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Malicious => Some(MALICIOUS),
            Self::Vulnerability => Some("vulnerability"),
            Self::Unsound => Some("unsound"),
            Self::Unmaintained => Some("unmaintained"),
            Self::Notice => Some("notice"),
            Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_from_rustsecs_fields() {
        for (informational, categories, expect) in [
            (None, &[][..], Kind::Vulnerability),
            (None, &["malicious"], Kind::Malicious),
            (Some("unsound"), &["memory-corruption"], Kind::Unsound),
            (Some("unmaintained"), &[], Kind::Unmaintained),
            (Some("notice"), &["malicious"], Kind::Notice),
            (Some("news"), &[], Kind::Other),
        ] {
            assert_eq!(Kind::of(informational, categories), expect);
        }
    }
}
