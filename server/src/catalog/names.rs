//! The names of all crates that the database knows.

use std::cmp::Ordering;
use std::fmt;

/// A list of names in a single string, sorted by their lookup forms
/// ([`CrateName::lookup`](crate::domain::crate_name::CrateName::lookup)): 200,000
/// crates take 4 MB.
#[derive(Default)]
pub(super) struct Names {
    text: String,
    /// The end of each name in `text`.
    ends: Vec<u32>,
}

impl Names {
    /// Makes the list from names as they were published.
    pub(super) fn new(mut names: Vec<String>) -> Self {
        // Sort here, because the database uses its own collation.
        names.sort_unstable_by(|a, b| lookup(a).cmp(lookup(b)));
        let mut text = String::with_capacity(names.iter().map(String::len).sum());
        let mut ends = Vec::with_capacity(names.len());
        for name in names {
            text.push_str(&name);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        Self { text, ends }
    }

    /// Returns the name of a crate as it was published, for any spelling of it.
    /// Returns `None` if the database does not know the crate.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let mut range = 0..self.ends.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            let found = self.get(middle);
            match lookup(found).cmp(lookup(name)) {
                Ordering::Equal => return Some(found),
                Ordering::Less => range.start = middle + 1,
                Ordering::Greater => range.end = middle,
            }
        }
        None
    }

    fn get(&self, index: usize) -> &str {
        let end_of = |index: usize| self.ends[index] as usize;
        let start = index.checked_sub(1).map_or(0, end_of);
        &self.text[start..end_of(index)]
    }
}

/// Returns the lookup form of a name, byte by byte.
fn lookup(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| match byte {
        b'-' => b'_',
        byte => byte.to_ascii_lowercase(),
    })
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Names({})", self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::crate_name::CrateName;

    #[test]
    fn names_are_found_whole_and_in_any_spelling() {
        let names = ["serde", "a", "openssl-src", "openssl", "Inflector"].map(str::to_owned);
        let names = Names::new(names.into());
        for (name, expect) in [
            ("a", "a"),
            ("openssl", "openssl"),
            ("OpenSSL_src", "openssl-src"),
            ("inflector", "Inflector"),
            ("serde", "serde"),
        ] {
            assert_eq!(names.find(name), Some(expect), "{name}");
        }
        for name in ["", "openssl_", "serd", "serde_", "zz", "aserde"] {
            assert_eq!(names.find(name), None, "{name}");
        }
        assert_eq!(Names::default().find("a"), None);
    }

    /// The lookup form here is that of [`CrateName::lookup`], which finds rows.
    #[test]
    fn one_look_up_form() {
        for name in ["openssl-src", "Openssl_SRC", "a-B_c1"] {
            let expect = CrateName::parse(name).map(|name| name.lookup());
            assert_eq!(String::from_utf8(lookup(name).collect()).ok(), expect);
        }
    }
}
