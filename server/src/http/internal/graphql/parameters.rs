//! The parameters of a request.

use super::fault::Fault;
use crate::engine::DocumentName;
use async_graphql::Variables;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use mime::Mime;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::collections::HashMap;

/// The parameters of a request (GraphQL over HTTP, "Request Parameters" and
/// "Persisted Documents").
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: Option<String>,
    document_id: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Option<Variables>,
    /// Must be a map if present; its content is ignored.
    #[serde(rename = "extensions")]
    _extensions: Option<HashMap<String, IgnoredAny>>,
}

impl Parameters {
    /// Parses the parameters of a POST, whose body is JSON in UTF-8.
    pub(super) fn of_post(
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Self, Fault> {
        if !is_json(headers) {
            return Err(Fault::NOT_JSON);
        }
        let body = body.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Fault::TOO_LARGE,
            _ => Fault::CUT_SHORT,
        })?;
        if body.trim_ascii_start().first() == Some(&b'[') {
            return Err(Fault::BATCH);
        }
        serde_json::from_slice(&body).map_err(|_| Fault::NO_GRAPHQL)
    }

    /// Parses the parameters of a GET, in its query string; maps are JSON.
    pub(super) fn of_get(query: &str) -> Result<Self, Fault> {
        let mut parameters = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "query" => parameters.query = Some(value.into_owned()),
                "documentId" => parameters.document_id = Some(value.into_owned()),
                "operationName" => parameters.operation_name = Some(value.into_owned()),
                "variables" => parameters.variables = json(&value)?,
                "extensions" => parameters._extensions = json(&value)?,
                _ => {}
            }
        }
        Ok(parameters)
    }

    /// Returns the document that the request names.
    pub(super) fn document(&self) -> Result<DocumentName<'_>, Fault> {
        match (&self.document_id, &self.query) {
            (Some(id), None) => Ok(DocumentName::Id(id)),
            (None, Some(text)) => Ok(DocumentName::Text(text)),
            _ => Err(Fault::NO_DOCUMENT),
        }
    }
}

fn json<T: DeserializeOwned>(value: &str) -> Result<T, Fault> {
    serde_json::from_str(value).map_err(|_| Fault::NO_GRAPHQL)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok()?.parse::<Mime>().ok());
    content_type.is_some_and(|content_type| {
        let is_utf8 = |charset| charset == mime::UTF_8;
        content_type.essence_str() == mime::APPLICATION_JSON
            && content_type.get_param(mime::CHARSET).is_none_or(is_utf8)
    })
}
