//! What a request's address names.

use super::fragment::not_found;
use axum::extract::{FromRequestParts, Path};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;
use std::convert::Infallible;

/// Parts of the path. A path that is not UTF-8 answers 404.
pub(super) struct Segments<T>(pub(super) T);

impl<S, T> FromRequestParts<S> for Segments<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segments)) => Ok(Self(segments)),
            Err(_) => Err(not_found().await),
        }
    }
}

/// `?version=`, without which the crate's default version is shown. The first
/// counts; whatever else there is does not.
pub(super) struct Selection {
    version: Option<String>,
}

impl Selection {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let version = pairs.find(|(name, _)| name == "version");
        Self {
            version: version.map(|(_, version)| version.into_owned()),
        }
    }

    /// The version that is chosen; a form sends an empty field when none is.
    pub(super) fn version(self) -> Option<String> {
        self.version.filter(|num| !num.is_empty())
    }
}

impl<S: Sync> FromRequestParts<S> for Selection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}
