//! A finished page: its bytes in each coding that was requested.

use crate::catalog::DataVersion;
use axum::http::{HeaderValue, StatusCode};
use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::sync::Arc;

/// A content coding (RFC 9110, "Content Codings").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Unchanged bytes.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

/// The gzip level. The next one takes a third more time and saves less than one
/// percent of a page.
const GZIP: u32 = 5;

/// The Brotli quality of pages, which are made while a visitor waits.
const BROTLI: u32 = 5;

/// The smallest page that is compressed, in bytes: a smaller one fits into one
/// packet anyway.
const WORTH_IT: usize = 1024;

/// A page, with the version of the data that it shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// 200, or 404 if no such crate or version could exist.
    pub status: StatusCode,
    /// The version of the data.
    pub version: Arc<DataVersion>,
    /// The entity tag: the same for the same content, in any coding.
    pub etag: HeaderValue,
    /// The bytes, in the codings that were requested.
    forms: [Option<Bytes>; 3],
}

impl Page {
    /// Makes a page of this HTML, in a coding.
    #[must_use]
    pub fn new(status: StatusCode, version: Arc<DataVersion>, html: &str, coding: Coding) -> Self {
        let mut page = Self {
            status,
            version,
            etag: etag(html.as_bytes()),
            forms: [const { None }; 3],
        };
        let coding = match is_worth_it(html.as_bytes()) {
            true => coding,
            false => Coding::Identity,
        };
        page.forms[coding as usize] = Some(encode(html.as_bytes(), coding));
        page
    }

    /// Returns the bytes to send and their coding. Returns `None` if they must be
    /// made first ([`Page::with`] the [`Accepted::best`] coding).
    #[must_use]
    pub fn form(&self, accepted: Accepted) -> Option<(Coding, &Bytes)> {
        let form = |coding| Some((coding, self.forms[coding as usize].as_ref()?));
        let mut compressed = [Coding::Brotli, Coding::Gzip].into_iter();
        let compressed = compressed.find_map(|it| form(it).filter(|_| accepted.contains(it)));
        let wants_less = |plain: &Bytes| accepted.best() != Coding::Identity && is_worth_it(plain);
        let plain = form(Coding::Identity).filter(|(_, plain)| !wants_less(plain));
        compressed.or(plain)
    }

    /// Returns the page with a form in this coding too.
    #[must_use]
    pub fn with(&self, coding: Coding) -> Self {
        let mut page = self.clone();
        page.forms[coding as usize] = Some(encode(&self.plain(), coding));
        page
    }

    fn plain(&self) -> Bytes {
        let [plain, gzip, brotli] = &self.forms;
        if let Some(plain) = plain {
            return plain.clone();
        }
        let mut bytes = Vec::new();
        // Our own compressed bytes can always be decompressed.
        let read = match (gzip, brotli) {
            (Some(gzip), _) => GzDecoder::new(&**gzip).read_to_end(&mut bytes),
            (_, Some(brotli)) => brotli::Decompressor::new(&**brotli, 4096).read_to_end(&mut bytes),
            (None, None) => Ok(0),
        };
        debug_assert!(read.is_ok(), "{read:?}");
        bytes.into()
    }

    /// Returns its approximate size in memory, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let forms = self.forms.iter().flatten().map(Bytes::len);
        size_of::<Self>() + self.etag.len() + forms.sum::<usize>()
    }
}

/// The codings that a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted([bool; 3]);

impl Accepted {
    /// Parses `Accept-Encoding`. A client that refuses every coding still gets
    /// unchanged bytes (RFC 9110, "Accept-Encoding").
    #[must_use]
    pub fn of(header: Option<&HeaderValue>) -> Self {
        let mut accepted = [true, false, false];
        let Some(text) = header.and_then(|header| header.to_str().ok()) else {
            return Self(accepted);
        };
        let mut rest = [None; 2];
        let mut any = None;
        for part in text.split(',') {
            let mut parts = part.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let is_refused = parts.any(|parameter| is_zero(parameter.trim()));
            if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                rest[0] = Some(!is_refused);
            } else if name.eq_ignore_ascii_case("br") {
                rest[1] = Some(!is_refused);
            } else if name == "*" {
                any = Some(!is_refused);
            }
        }
        accepted[1] = rest[0].or(any).unwrap_or(false);
        accepted[2] = rest[1].or(any).unwrap_or(false);
        Self(accepted)
    }

    /// Returns the coding in which to make a page that is not cached.
    #[must_use]
    pub fn best(self) -> Coding {
        match self.0 {
            [_, true, _] => Coding::Gzip,
            [_, _, true] => Coding::Brotli,
            _ => Coding::Identity,
        }
    }

    fn contains(self, coding: Coding) -> bool {
        self.0[coding as usize]
    }
}

/// Returns true if bytes are worth compressing.
fn is_worth_it(bytes: &[u8]) -> bool {
    bytes.len() >= WORTH_IT
}

/// Returns true if a parameter is a weight of zero: `q=0`, `q=0.0`.
fn is_zero(parameter: &str) -> bool {
    let weight = parameter.split_once('=');
    weight.is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0)
    })
}

/// Returns a weak tag of the content, because the same content may be sent in
/// several codings.
pub(crate) fn etag(bytes: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(bytes);
    let mut tag = String::with_capacity(36);
    tag.push_str("W/\"");
    for byte in digest.iter().take(16) {
        for digit in [byte >> 4, byte & 0xf] {
            tag.extend(char::from_digit(digit.into(), 16));
        }
    }
    tag.push('"');
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""))
}

fn encode(bytes: &[u8], coding: Coding) -> Bytes {
    let mut encoded = Vec::with_capacity(bytes.len() / 4 + 64);
    // Writing into memory does not fail.
    let written = match coding {
        Coding::Identity => encoded.write_all(bytes),
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(&mut encoded, Compression::new(GZIP));
            encoder.write_all(bytes).and_then(|()| encoder.try_finish())
        }
        Coding::Brotli => {
            brotli::CompressorWriter::new(&mut encoded, 4096, BROTLI, 22).write_all(bytes)
        }
    };
    debug_assert!(written.is_ok(), "{written:?}");
    // The cache counts lengths, so drop the spare capacity.
    encoded.into_boxed_slice().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_that_clients_accept() {
        for (header, expect) in [
            (None, Coding::Identity),
            (Some(""), Coding::Identity),
            (Some("gzip"), Coding::Gzip),
            (Some("X-GZIP"), Coding::Gzip),
            (Some("br"), Coding::Brotli),
            (Some("gzip, deflate, br, zstd"), Coding::Gzip),
            (Some("br;q=1.0, gzip;q=0.8, *;q=0.1"), Coding::Gzip),
            (Some("gzip;q=0, br"), Coding::Brotli),
            (Some("gzip; q=0.000"), Coding::Identity),
            (Some("*"), Coding::Gzip),
            (Some("*;q=0"), Coding::Identity),
            (Some("identity;q=0"), Coding::Identity),
            (Some("identity;q=0, gzip"), Coding::Gzip),
            (Some("gzip;q=zero"), Coding::Gzip),
        ] {
            let header = header.map(HeaderValue::from_static);
            assert_eq!(Accepted::of(header.as_ref()).best(), expect, "{header:?}");
        }
    }

    #[test]
    fn every_form_has_the_same_content() {
        let html = "<p>A page.</p>".repeat(500);
        for first in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
            let page = Page::new(StatusCode::OK, Arc::default(), &html, first);
            for coding in [Coding::Identity, Coding::Gzip, Coding::Brotli] {
                let other = page.with(coding);
                assert_eq!(other.etag, page.etag);
                let alone = Page {
                    forms: [const { None }; 3],
                    ..other.clone()
                };
                let mut alone = alone;
                alone.forms[coding as usize].clone_from(&other.forms[coding as usize]);
                assert_eq!(alone.plain(), html.as_bytes(), "{first:?}, {coding:?}");
            }
        }
    }

    #[test]
    fn a_coding_is_made_when_it_is_asked_for() {
        let accepted = |text| Accepted::of(Some(&HeaderValue::from_static(text)));
        let html = "<p>A page.</p>".repeat(500);
        let page = Page::new(StatusCode::OK, Arc::default(), &html, Coding::Identity);
        assert_eq!(page.form(accepted("gzip")), None);
        let page = page.with(accepted("gzip, br").best());
        for (text, expect) in [
            ("gzip", Some(Coding::Gzip)),
            ("gzip, br", Some(Coding::Gzip)),
            ("br", None),
            ("", Some(Coding::Identity)),
        ] {
            let form = page.form(accepted(text));
            assert_eq!(form.map(|(coding, _)| coding), expect, "{text}");
        }
    }

    #[test]
    fn a_page_weighs_its_forms_and_little_more() {
        let page = |length| {
            let html = "x".repeat(length);
            Page::new(StatusCode::OK, Arc::default(), &html, Coding::Identity)
        };
        let empty = page(0).weight();
        assert!((size_of::<Page>()..500).contains(&empty), "{empty}");
        assert_eq!(page(5000).weight(), empty + 5000);
        let gzip = page(5000).with(Coding::Gzip);
        assert!(gzip.weight() > empty + 5000);
    }

    #[test]
    fn a_tag_is_half_of_the_sha256() {
        assert_eq!(etag(b""), r#"W/"e3b0c44298fc1c149afbf4c8996fb924""#);
    }

    #[test]
    fn a_small_page_is_sent_as_it_is() {
        let page = Page::new(StatusCode::OK, Arc::default(), "<p></p>", Coding::Gzip);
        let gzip = HeaderValue::from_static("gzip");
        let form = page.form(Accepted::of(Some(&gzip)));
        assert_eq!(
            form,
            Some((Coding::Identity, &Bytes::from_static(b"<p></p>")))
        );
    }
}
