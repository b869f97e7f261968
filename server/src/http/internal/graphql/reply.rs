//! An answer as bytes: the same bytes for the same question.

use super::Method;
use super::media_type::MediaType;
use crate::engine::Refusal;
use crate::graphql::codes;
use crate::http::layers::names;
use crate::mode::Mode;
use crate::tab::etag;
use async_graphql::{PathSegment, Pos, ServerError, Value};
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::io::{self, Write};

/// The message that replaces async-graphql's outside `--dev`.
const BAD_DOCUMENT: &str = "the document or its variables do not match the schema";

/// The longest message that is passed on, in characters: a validation error
/// repeats a name of the document, however long.
const MAX_MESSAGE: usize = 200;

/// The maximum number of errors that are passed on.
const MAX_ERRORS: usize = 20;

/// An answer that is ready to be sent.
#[derive(Debug)]
pub(super) struct Reply {
    /// True if the document could be run at all.
    was_run: bool,
    body: Bytes,
    /// The entity tag, if the version of the data determines the answer.
    etag: Option<HeaderValue>,
}

#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
}

impl Reply {
    /// Serializes an answer, if it is not too large.
    pub(super) fn new(
        response: async_graphql::Response,
        mode: Mode,
        max_answer: usize,
    ) -> Result<Self, Refusal> {
        let mut errors = response.errors;
        // Our own errors have a code. Any other error says that the document does
        // not fit the schema. So does an `Int` out of range, which async-graphql
        // finds only while it runs the document.
        let was_run = errors.iter().all(has_code);
        // The errors are in the order in which they occurred.
        errors.sort_by_cached_key(place);
        errors.truncate(MAX_ERRORS);
        errors.iter_mut().for_each(|error| reword(error, mode));
        let body = Body {
            data: was_run.then_some(response.data),
            errors,
        };
        let mut bytes = Limited {
            bytes: Vec::new(),
            max: max_answer,
        };
        serde_json::to_writer(&mut bytes, &body)
            .map_err(|_| Refusal::AnswerTooLarge(max_answer))?;
        Ok(Self {
            was_run,
            body: bytes.bytes.into(),
            etag: None,
        })
    }

    /// Returns the answer with a tag of its content.
    pub(super) fn tagged(self) -> Self {
        Self {
            etag: Some(etag(&self.body)),
            ..self
        }
    }

    /// The size of its body, in bytes.
    pub(super) fn length(&self) -> usize {
        self.body.len()
    }

    /// Sends the answer. A document that does not fit the schema is refused like
    /// any other that is not run. A GET whose client has the answer already gets
    /// no body.
    pub(super) fn respond(
        &self,
        media_type: MediaType,
        method: Method,
        request: &HeaderMap,
    ) -> Response {
        let status = match media_type {
            MediaType::GraphqlResponse if !self.was_run => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        };
        let headers = [
            (header::CONTENT_TYPE, media_type.text()),
            (header::VARY, "accept"),
        ];
        let is_known = |etag| method == Method::Get && names(request, etag);
        let mut response = match &self.etag {
            Some(etag) if is_known(etag) => (StatusCode::NOT_MODIFIED, headers).into_response(),
            _ => (status, headers, self.body.clone()).into_response(),
        };
        if let Some(etag) = &self.etag {
            let headers = response.headers_mut();
            headers.insert(header::ETAG, etag.clone());
            // The client may cache it, but must revalidate it each time.
            let no_cache = HeaderValue::from_static("private, no-cache");
            headers.insert(header::CACHE_CONTROL, no_cache);
        }
        response
    }
}

/// Returns the position of an error in the document, then in the answer.
fn place(error: &ServerError) -> (Vec<Pos>, String) {
    let segment = |segment: &PathSegment| match segment {
        PathSegment::Index(index) => format!("/{index:08}"),
        PathSegment::Field(name) => format!("/{name}"),
    };
    let path: String = error.path.iter().map(segment).collect();
    (error.locations.clone(), path + &error.message)
}

fn has_code(error: &ServerError) -> bool {
    let extensions = error.extensions.as_ref();
    extensions.is_some_and(|extensions| extensions.get("code").is_some())
}

/// Replaces messages other than our own, which alone are meant for any client.
fn reword(error: &mut ServerError, mode: Mode) {
    if has_code(error) {
        return;
    }
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", codes::BAD_DOCUMENT);
    error.message = match mode {
        Mode::Production => BAD_DOCUMENT.to_owned(),
        Mode::Dev if error.message.chars().count() > MAX_MESSAGE => {
            let cut: String = error.message.chars().take(MAX_MESSAGE).collect();
            format!("{cut}…")
        }
        Mode::Dev => std::mem::take(&mut error.message),
    };
}

/// A buffer with a maximum size.
struct Limited {
    bytes: Vec<u8>,
    max: usize,
}

impl Write for Limited {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > self.max {
            return Err(io::Error::other("too large"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
