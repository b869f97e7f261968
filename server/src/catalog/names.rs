//! The look-up names of all crates that the database knows.

use std::fmt;

/// A sorted list of names in one piece of memory: 200,000 crates take 4 MB.
#[derive(Default)]
pub(super) struct Names {
    text: String,
    /// The end of each name in `text`.
    ends: Vec<u32>,
}

impl Names {
    pub(super) fn new(mut names: Vec<String>) -> Self {
        // The database sorts by its own collation.
        names.sort_unstable();
        let mut text = String::with_capacity(names.iter().map(String::len).sum());
        let mut ends = Vec::with_capacity(names.len());
        for name in names {
            text.push_str(&name);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { text, ends }
    }

    /// Whether the database knows a crate by its look-up name.
    pub(super) fn contains(&self, name: &str) -> bool {
        let mut range = 0..self.ends.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match self.get(middle).cmp(name) {
                std::cmp::Ordering::Equal => return true,
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        false
    }

    fn get(&self, index: usize) -> &str {
        let end_of = |index: usize| self.ends[index] as usize;
        let start = index.checked_sub(1).map_or(0, end_of);
        &self.text[start..end_of(index)]
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({})", self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whole() {
        let names = ["serde", "a", "openssl_src", "openssl"].map(str::to_owned);
        let names = Names::new(names.into());
        for name in ["a", "openssl", "openssl_src", "serde"] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["", "openssl_", "serd", "serde_", "zz", "aserde"] {
            assert!(!names.contains(name), "{name}");
        }
        assert!(!Names::default().contains("a"));
    }
}
