//! Identifiers.

use crate::domain::identifier;
use async_graphql::SimpleObject;

/// An identifier in this database or another.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Identifier {
    /// Such as `CVE-2018-20997`; RustSec's `related` may hold a URL instead.
    id: String,
    /// The page that describes it. Null when the kind of identifier has none
    /// that is known.
    url: Option<String>,
}

impl From<&String> for Identifier {
    fn from(id: &String) -> Self {
        Self {
            id: id.clone(),
            url: identifier::url(id),
        }
    }
}
