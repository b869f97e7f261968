//! A list of version requirements that a host asks about in one request, such as a
//! crate's dependencies.

use std::fmt;
use url::form_urlencoded;

/// The maximum number of requirements in a list.
const MAX_ROWS: usize = 300;

/// The longest query, in bytes.
const MAX_QUERY: usize = 16 * 1024;

/// A list of requirements, with its query string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirements {
    query: String,
    rows: Vec<(String, String)>,
}

/// The reason why a query is not a list of requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRequirements {
    /// The query is longer than 16 KiB.
    TooLong,
    /// There are more than 300 requirements.
    TooMany,
    /// A part is not `crate=requirement`.
    NotAPair(String),
    /// The query is not the canonical spelling of its list, which this is: sorted
    /// and without duplicates, so that caches have one address for it.
    Elsewhere(String),
}

impl Requirements {
    /// Parses a query such as `rand=%5E0.8&serde=%5E1`.
    ///
    /// # Errors
    /// Returns [`BadRequirements`].
    pub fn parse(query: &str) -> Result<Self, BadRequirements> {
        if query.len() > MAX_QUERY {
            return Err(BadRequirements::TooLong);
        }
        let parts: Vec<&str> = query.split('&').collect();
        if let Some(part) = parts.iter().find(|part| !part.contains('=')) {
            return Err(BadRequirements::NotAPair((*part).to_owned()));
        }
        let mut canonical = parts.clone();
        canonical.sort_unstable();
        canonical.dedup();
        if canonical.len() > MAX_ROWS {
            return Err(BadRequirements::TooMany);
        }
        if canonical != parts {
            return Err(BadRequirements::Elsewhere(canonical.join("&")));
        }
        let rows = form_urlencoded::parse(query.as_bytes());
        Ok(Self {
            rows: rows.into_owned().collect(),
            query: query.to_owned(),
        })
    }

    /// Returns the query as requested.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Returns the crates and their requirements.
    #[must_use]
    pub fn rows(&self) -> &[(String, String)] {
        &self.rows
    }
}

/// The message is for a developer who requests such an address.
impl fmt::Display for BadRequirements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(
                f,
                "the query is longer than {MAX_QUERY} bytes; divide the list"
            ),
            Self::TooMany => write!(
                f,
                "the query has more than {MAX_ROWS} requirements; divide the list"
            ),
            Self::NotAPair(part) => {
                let part: String = part.chars().take(80).collect();
                write!(
                    f,
                    "{part:?} is not of the form crate=requirement, such as serde=%5E1"
                )
            }
            Self::Elsewhere(query) => write!(f, "the canonical address has the query {query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_spelling() {
        let list = Requirements::parse("rand=%5E0.8&serde=%3E%3D1%2C%20%3C2").expect("a list");
        let rows = [("rand", "^0.8"), ("serde", ">=1, <2")];
        let rows = rows.map(|(krate, req)| (krate.to_owned(), req.to_owned()));
        assert_eq!(list.rows(), rows);
        for query in ["b=1&a=1", "a=1&a=1&b=1", "b=1&a=1&b=1"] {
            assert_eq!(
                Requirements::parse(query),
                Err(BadRequirements::Elsewhere("a=1&b=1".to_owned())),
                "{query}"
            );
        }
    }

    #[test]
    fn lists_have_limits() {
        let rows = |n: usize| {
            let rows: Vec<String> = (0..n).map(|i| format!("crate-{i:04}=1")).collect();
            rows.join("&")
        };
        assert_eq!(
            Requirements::parse(&rows(300))
                .expect("a list")
                .rows()
                .len(),
            300
        );
        assert_eq!(
            Requirements::parse(&rows(301)),
            Err(BadRequirements::TooMany)
        );
        let of_length = |length: usize| format!("a={}", "1".repeat(length - 2));
        assert!(Requirements::parse(&of_length(16 * 1024)).is_ok());
        assert_eq!(
            Requirements::parse(&of_length(16 * 1024 + 1)),
            Err(BadRequirements::TooLong)
        );
        for query in ["", "serde", "a=1&", "a=1&b"] {
            assert!(
                matches!(
                    Requirements::parse(query),
                    Err(BadRequirements::NotAPair(_))
                ),
                "{query}"
            );
        }
    }
}
