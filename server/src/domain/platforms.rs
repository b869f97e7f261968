//! The platforms to which an advisory is limited.

use std::collections::BTreeSet;

/// The platforms to which an advisory is limited, by Rust's names. An empty set
/// means any platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platforms<'a> {
    /// Operating systems (RustSec `affected.os`).
    pub os: BTreeSet<&'a str>,
    /// Processor architectures (RustSec `affected.arch`).
    pub arch: BTreeSet<&'a str>,
}

impl<'a> Platforms<'a> {
    /// Returns the platforms in these lists. Order and repetition do not
    /// matter.
    ///
    /// # Examples
    /// ```
    /// use server::domain::platforms::Platforms;
    ///
    /// let list = |os: [&str; 2]| os.map(str::to_owned);
    /// let (one, other) = (list(["linux", "windows"]), list(["windows", "linux"]));
    /// assert_eq!(Platforms::new(&one, &[]), Platforms::new(&other, &[]));
    /// ```
    #[must_use]
    pub fn new(os: &'a [String], arch: &'a [String]) -> Self {
        Self {
            os: os.iter().map(String::as_str).collect(),
            arch: arch.iter().map(String::as_str).collect(),
        }
    }

    /// Returns the limit that all of these share. Returns `None` if two differ,
    /// if one names no platform, or if there are none.
    ///
    /// # Examples
    /// ```
    /// use server::domain::platforms::Platforms;
    ///
    /// let windows = ["windows".to_owned()];
    /// let limit = Platforms::new(&windows, &[]);
    /// let no_limit = Platforms::new(&[], &[]);
    /// let limits = [limit.clone(), limit.clone()];
    /// assert_eq!(Platforms::shared(limits.into_iter()), Some(limit.clone()));
    /// assert_eq!(Platforms::shared([limit, no_limit].into_iter()), None);
    /// ```
    #[must_use]
    pub fn shared(mut limits: impl Iterator<Item = Self>) -> Option<Self> {
        let first = limits.next().filter(Self::is_limit)?;
        limits.all(|other| other == first).then_some(first)
    }

    fn is_limit(&self) -> bool {
        !self.os.is_empty() || !self.arch.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parses each limit as `os/arch`, both lists separated by commas.
    fn shared(limits: &[&str]) -> Option<String> {
        let list = |text: &str| -> Vec<String> {
            let words = text.split(',').filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let lists: Vec<_> = limits
            .iter()
            .map(|limit| limit.split_once('/').expect("os/arch"))
            .map(|(os, arch)| (list(os), list(arch)))
            .collect();
        let limits = lists.iter().map(|(os, arch)| Platforms::new(os, arch));
        let join = |set: BTreeSet<&str>| set.into_iter().collect::<Vec<_>>().join(",");
        let shared = Platforms::shared(limits)?;
        Some(format!("{}/{}", join(shared.os), join(shared.arch)))
    }

    #[test]
    fn only_a_limit_that_all_share() {
        for (limits, expect) in [
            (&[][..], None),
            (&["windows/"], Some("windows/")),
            (&["/x86"], Some("/x86")),
            (&["/"], None),
            (
                &["windows,linux/x86", "linux,windows/x86"],
                Some("linux,windows/x86"),
            ),
            (&["linux,linux/", "linux/"], Some("linux/")),
            (&["windows/", "linux/"], None),
            (&["windows/", "windows,linux/"], None),
            (&["windows/", "windows/x86"], None),
            (&["windows/", "/"], None),
            (&["/", "windows/"], None),
        ] {
            assert_eq!(shared(limits).as_deref(), expect, "{limits:?}");
        }
    }
}
