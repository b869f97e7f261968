//! Lists that belong to one advisory and are only read with it, each in a JSON
//! column (docs/decisions/0002-lists-as-json.md).

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// A list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct TextList(pub Vec<String>);

impl<S: Into<String>> FromIterator<S> for TextList {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }
}

/// Keys of rows of another table, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct KeyList(pub Vec<i32>);

/// RustSec `affected.functions`, ordered by path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct FunctionList(pub Vec<AffectedFunction>);

/// A function that an advisory names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedFunction {
    /// The path, beginning with the crate's name; may contain generics.
    pub path: String,
    /// The versions in which it is affected, as requirements.
    pub versions: Vec<String>,
}
