//! The front of the tab door: answers with assets and cached pages before any layer.

use super::{asset, finished};
use crate::tab::{Accepted, Address, Tab};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};

// The patterns of the routes whose answers may be cached.
pub(super) const ASSET: &str = "/{asset}";
pub(super) const TAB: &str = "/security-tab/{crate}";
pub(super) const BADGE: &str = "/security-tab/{crate}/badge";
pub(super) const MARKS: &str = "/security-tab/{crate}/marks";
pub(super) const VERSION: &str = "/security-tab/{crate}/{version}";
pub(super) const VERSION_BADGE: &str = "/security-tab/{crate}/{version}/badge";

/// The path prefix of all fragments.
const FRAGMENTS: &str = "/security-tab/";

/// Stands in for a crate's name in the address of a list of requirements. No crate
/// can have this name.
pub(super) const REQUIREMENTS: &str = "-";

/// Returns the answer from a cached page, and the pattern of its route. Returns `None` to
/// leave the request to the router, which accepts more spellings of an address.
pub(super) fn answer<B>(tab: &Tab, request: &Request<B>) -> Option<(&'static str, Response<Body>)> {
    if request.method() != Method::GET || !has_one_host(request.headers()) {
        return None;
    }
    let headers = request.headers();
    if let Some(asset) = asset::answer(request.uri().path(), headers) {
        return Some((ASSET, asset));
    }
    let (route, address) = address(request.uri())?;
    let accepted = Accepted::of(headers.get(header::ACCEPT_ENCODING));
    let shown = tab.kept(&address, accepted)?;
    Some((route, finished::fragment(&shown, headers)))
}

fn has_one_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_plain =
        |host: &HeaderValue| !host.as_bytes().iter().any(|byte| b"@/?#\\ ".contains(byte));
    hosts.next().is_some_and(is_plain) && hosts.next().is_none()
}

/// Parses an address in its plain spelling: without escapes, and without any query
/// other than one version. Returns it with the pattern of its route.
fn address(uri: &Uri) -> Option<(&'static str, Address<'_>)> {
    let path = uri.path().strip_prefix(FRAGMENTS)?;
    let query = match uri.query() {
        None => None,
        Some(query) => Some(query.strip_prefix("version=")?),
    };
    let is_plain = |text: &str| !text.contains(['%', '+', '&']);
    if !is_plain(path) || !query.is_none_or(is_plain) {
        return None;
    }
    let mut parts = path.split('/');
    let krate = parts.next().filter(|krate| *krate != REQUIREMENTS)?;
    let selected = query.filter(|num| !num.is_empty());
    Some(match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => (TAB, Address::tab(krate, selected)),
        (Some("badge"), None, _) => {
            let version = None;
            (BADGE, Address::Badge { krate, version })
        }
        (Some("marks"), None, _) => (MARKS, Address::VersionMarks { krate }),
        (Some(version), None, _) => {
            let version = selected.or(Some(version));
            (VERSION, Address::tab(krate, version))
        }
        (Some(version), Some("badge"), None) => {
            let version = Some(version);
            (VERSION_BADGE, Address::Badge { krate, version })
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_spelled_plainly() {
        let tab = |krate, version| Some(Address::tab(krate, version));
        let badge = |krate, version| Some(Address::Badge { krate, version });
        for (uri, expect) in [
            ("/security-tab/a", tab("a", None)),
            ("/security-tab/a/1.0.0", tab("a", Some("1.0.0"))),
            ("/security-tab/a?version=1.0.0", tab("a", Some("1.0.0"))),
            ("/security-tab/a?version=", tab("a", None)),
            (
                "/security-tab/a/2.0.0?version=1.0.0",
                tab("a", Some("1.0.0")),
            ),
            ("/security-tab/a/badge", badge("a", None)),
            ("/security-tab/a/1.0.0/badge", badge("a", Some("1.0.0"))),
            (
                "/security-tab/a/marks",
                Some(Address::VersionMarks { krate: "a" }),
            ),
            ("/security-tab/-/marks", None),
            ("/security-tab/a?req=1", None),
            ("/security-tab/a/1.0.0+b", None),
            ("/security-tab/%61", None),
            ("/security-tab/a?from=search", None),
            ("/security-tab/a?version=1.0.0&version=2.0.0", None),
            ("/security-tab/a/1.0.0/other", None),
            ("/security-tab/a/1.0.0/badge/more", None),
            ("/security-tab.js", None),
            ("/", None),
        ] {
            let parsed = uri.parse().expect("a URI");
            let found = address(&parsed).map(|(_, address)| address);
            assert_eq!(found, expect, "{uri}");
        }
    }
}
