//! Answers from finished bytes. Their headers are created only once.

use super::POLICY;
use crate::http::layers::{names, request_id, security_headers};
use crate::tab::{Accepted, Coding, Page, STALE, Shown};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use std::sync::LazyLock;

/// Caches may use a fragment or an asset for a minute without revalidation, for five more
/// minutes while they revalidate it, and for a day while no server answers (RFC 5861). After
/// a deployment, new markup can therefore be shown with an old stylesheet for a minute.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static(
    "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400",
);

static FRAGMENT: LazyLock<Headers> = LazyLock::new(|| Headers::new("text/html; charset=utf-8"));

/// The headers of every answer of a media type. Headers that vary have placeholders, so that
/// setting them in a copy of the map does not reallocate it.
pub(super) struct Headers {
    /// The headers of an answer that is sent unchanged.
    plain: HeaderMap,
    /// The headers of a compressed answer.
    coded: HeaderMap,
}

impl Headers {
    pub(super) fn new(media_type: &'static str) -> Self {
        let mut plain = HeaderMap::new();
        plain.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        plain.insert(header::CACHE_CONTROL, CACHE_CONTROL);
        plain.insert(header::ETAG, HeaderValue::from_static(""));
        plain.insert(request_id::HEADER, HeaderValue::from_static(""));
        plain.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        security_headers::set(&mut plain);
        let policy = HeaderValue::from_static(POLICY);
        plain.insert(header::CONTENT_SECURITY_POLICY, policy);
        let mut coded = plain.clone();
        coded.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        Self { plain, coded }
    }

    fn with(&self, coding: Coding) -> HeaderMap {
        match coding {
            Coding::Identity => self.plain.clone(),
            Coding::Gzip => self.coded.clone(),
            Coding::Brotli => {
                let mut headers = self.coded.clone();
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
                headers
            }
        }
    }
}

/// Returns the answer with a fragment.
pub(super) fn fragment(shown: &Shown, request: &HeaderMap) -> Response<Body> {
    let mut response = respond(&FRAGMENT, &shown.page, request);
    if shown.is_old {
        let (name, why) = STALE;
        response.headers_mut().insert(name, why);
    }
    response
}

/// Returns the answer with a page, under these headers. Returns 304 if the client already has
/// the page (RFC 9110, "If-None-Match").
pub(super) fn respond(headers: &Headers, page: &Page, request: &HeaderMap) -> Response<Body> {
    let accepted = Accepted::of(request.get(header::ACCEPT_ENCODING));
    let is_known = page.status == StatusCode::OK && names(request, &page.etag);
    let (status, coding, body) = match page.form(accepted) {
        _ if is_known => (StatusCode::NOT_MODIFIED, Coding::Identity, Bytes::new()),
        Some((coding, bytes)) => (page.status, coding, bytes.clone()),
        // Unreachable: the page was made for this request, in a form that it
        // accepts.
        None => (
            StatusCode::INTERNAL_SERVER_ERROR,
            Coding::Identity,
            Bytes::new(),
        ),
    };
    let mut headers = headers.with(coding);
    headers.insert(header::ETAG, page.etag.clone());
    headers.insert(request_id::HEADER, request_id::of(request));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
