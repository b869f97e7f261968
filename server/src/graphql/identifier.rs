//! Identifiers.

use crate::domain::identifier;
use async_graphql::SimpleObject;

/// An identifier in RustSec's database or in another one.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(super) struct Identifier {
    /// The identifier, such as `CVE-2018-20997`. In `related` it may be a URL
    /// instead.
    id: String,
    /// The page that describes it. Null if no page is known for identifiers of
    /// this kind.
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
