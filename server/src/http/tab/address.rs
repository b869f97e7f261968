//! Extracts the parts of a request's address.

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

/// `?version=`, without which the crate's default version is shown, and `?req=`, a
/// version requirement to check. Only the first of each counts; everything else is
/// ignored. A form sends an empty field if nothing is chosen.
#[derive(Default)]
pub(super) struct Selection {
    pub(super) version: Option<String>,
    pub(super) req: Option<String>,
}

impl Selection {
    fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let mut selection = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "version" => &mut selection.version,
                "req" => &mut selection.req,
                _ => continue,
            };
            field.get_or_insert_with(|| value.into_owned());
        }
        let is_chosen = |value: &String| !value.is_empty();
        Self {
            version: selection.version.filter(is_chosen),
            req: selection.req.filter(is_chosen),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Selection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}
