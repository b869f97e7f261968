//! The prominence that a verdict or an advisory deserves.

use super::kind::Kind;
use rustsec::advisory::Severity as Word;

/// The prominence of a verdict or an advisory. The greatest is the most
/// prominent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alert {
    /// Nothing that another version fixes.
    #[default]
    None,
    /// A vulnerability rated Medium or lower, or unsoundness.
    Warning,
    /// Malicious code, or a vulnerability rated Critical or High, or one
    /// without a rating: a missing rating says nothing about harm.
    Alarm,
}

impl Alert {
    /// Returns the alert of a live advisory of this kind and CVSS rating.
    ///
    /// # Examples
    /// ```
    /// use rustsec::advisory::Severity as Word;
    /// use server::domain::alert::Alert;
    /// use server::domain::kind::Kind;
    ///
    /// assert_eq!(Alert::of(Kind::Vulnerability, Some(Word::Medium)), Alert::Warning);
    /// assert_eq!(Alert::of(Kind::Vulnerability, None), Alert::Alarm);
    /// assert_eq!(Alert::of(Kind::Unmaintained, None), Alert::None);
    /// ```
    #[must_use]
    pub fn of(kind: Kind, rating: Option<Word>) -> Self {
        match (kind, rating) {
            (Kind::Malicious, _) => Self::Alarm,
            (Kind::Vulnerability, Some(Word::None | Word::Low | Word::Medium)) => Self::Warning,
            (Kind::Vulnerability, Some(Word::High | Word::Critical) | None) => Self::Alarm,
            (Kind::Unsound, _) => Self::Warning,
            (Kind::Unmaintained | Kind::Notice | Kind::Other, _) => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_kind_and_rating() {
        for (kind, rating, expect) in [
            (Kind::Malicious, None, Alert::Alarm),
            (Kind::Malicious, Some(Word::Low), Alert::Alarm),
            (Kind::Vulnerability, None, Alert::Alarm),
            (Kind::Vulnerability, Some(Word::Critical), Alert::Alarm),
            (Kind::Vulnerability, Some(Word::High), Alert::Alarm),
            (Kind::Vulnerability, Some(Word::Medium), Alert::Warning),
            (Kind::Vulnerability, Some(Word::Low), Alert::Warning),
            (Kind::Vulnerability, Some(Word::None), Alert::Warning),
            (Kind::Unsound, None, Alert::Warning),
            (Kind::Unsound, Some(Word::Critical), Alert::Warning),
            (Kind::Unmaintained, None, Alert::None),
            (Kind::Notice, Some(Word::Critical), Alert::None),
            (Kind::Other, None, Alert::None),
        ] {
            assert_eq!(Alert::of(kind, rating), expect, "{kind:?} {rating:?}");
        }
    }

    /// Only kinds that count in a verdict raise an alert.
    #[test]
    fn exactly_the_counted_kinds_raise_an_alert() {
        for kind in [
            Kind::Malicious,
            Kind::Vulnerability,
            Kind::Unsound,
            Kind::Unmaintained,
            Kind::Notice,
            Kind::Other,
        ] {
            let is_raised = Alert::of(kind, None) > Alert::None;
            assert_eq!(is_raised, kind.is_counted(), "{kind:?}");
        }
    }
}
