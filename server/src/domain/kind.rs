//! The kinds of advisory and what each means for a verdict.

/// What an advisory is about. RustSec's `informational` field names it; without
/// one it is a vulnerability, and the category `malicious` sets it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A release that was made to do harm.
    Malicious,
    /// A security vulnerability.
    Vulnerability,
    /// Safe code that can cause undefined behaviour.
    Unsound,
    /// Nobody maintains the crate any more.
    Unmaintained,
    /// Something worth knowing that is no fault.
    Notice,
    /// A kind that RustSec has added since; shown by its own name.
    Other,
}

/// RustSec's name of the category that marks a malicious release.
const MALICIOUS: &str = "malicious";

impl Kind {
    /// The kind of an advisory with these `informational` and `categories` fields.
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

    /// Whether a change of version cures it, so that it counts in a verdict.
    /// A kind not known yet is shown but not counted: nothing says that
    /// another version would help.
    #[must_use]
    pub fn is_counted(self) -> bool {
        match self {
            Self::Malicious | Self::Vulnerability | Self::Unsound => true,
            Self::Unmaintained | Self::Notice | Self::Other => false,
        }
    }

    /// RustSec's word for the kind. `None` for [`Kind::Other`]: the advisory
    /// itself has it.
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
