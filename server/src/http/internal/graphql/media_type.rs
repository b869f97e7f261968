//! The media types of an answer (GraphQL over HTTP, "Media Types").

use axum::http::{HeaderMap, header};
use mime::Mime;

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`: for clients that do not know the other type, or do not
    /// say.
    Json,
    /// `application/graphql-response+json`: the status says whether the body is
    /// an answer.
    GraphqlResponse,
}

impl MediaType {
    /// Returns its text, with the charset.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// Returns the media type that a client prefers, or `None` if it accepts
    /// neither.
    pub(super) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let ranges: Vec<Mime> = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|range| range.trim().parse().ok())
            .collect();
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let json = weight(&ranges, "application/json");
        let response = weight(&ranges, "application/graphql-response+json");
        match (json, response) {
            (None, None) => None,
            // With equal weights the newer one wins, if it is named at all.
            (json, response) if response > json || (response == json && is_named(response)) => {
                Some(Self::GraphqlResponse)
            }
            _ => Some(Self::Json),
        }
    }
}

/// Returns the weight that a client gives to a type, in thousandths, and the
/// specificity of the range (RFC 9110, "Accept": the most specific range counts).
/// Returns `None` if no range matches.
fn weight(ranges: &[Mime], of: &str) -> Option<(u32, u8)> {
    let matching = ranges.iter().filter_map(|range| {
        let specificity = match range.essence_str() {
            range if range == of => 2,
            "application/*" => 1,
            "*/*" => 0,
            _ => return None,
        };
        Some((specificity, quality(range)))
    });
    let (specificity, quality) = matching.max_by_key(|(specificity, _)| *specificity)?;
    (quality > 0).then_some((quality, specificity))
}

fn is_named(weight: Option<(u32, u8)>) -> bool {
    weight.is_some_and(|(_, specificity)| specificity == 2)
}

/// Returns the quality in thousandths: 1000 if it is missing or malformed.
fn quality(range: &Mime) -> u32 {
    let quality = range
        .get_param("q")
        .and_then(|q| q.as_str().parse::<f32>().ok());
    match quality {
        Some(quality) if (0.0..=1.0).contains(&quality) => (quality * 1000.0).round() as u32,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_prefers() {
        const RESPONSE: &str = "application/graphql-response+json";
        for (accept, expect) in [
            (None, Some(MediaType::Json)),
            (Some("*/*"), Some(MediaType::Json)),
            (Some("application/*"), Some(MediaType::Json)),
            (Some("application/json"), Some(MediaType::Json)),
            (
                Some("application/json; charset=utf-8"),
                Some(MediaType::Json),
            ),
            (Some(RESPONSE), Some(MediaType::GraphqlResponse)),
            (
                Some("application/json, application/graphql-response+json"),
                Some(MediaType::GraphqlResponse),
            ),
            (
                Some("application/graphql-response+json, */*;q=0.1"),
                Some(MediaType::GraphqlResponse),
            ),
            (
                Some("application/graphql-response+json;q=0.5, application/json"),
                Some(MediaType::Json),
            ),
            (
                Some("application/graphql-response+json;q=0, */*"),
                Some(MediaType::Json),
            ),
            (
                Some("application/json;q=0, */*"),
                Some(MediaType::GraphqlResponse),
            ),
            (Some("text/html"), None),
            (Some("application/json;q=0"), None),
            (Some(""), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, accept.parse().expect("a header"));
            }
            assert_eq!(MediaType::accepted(&headers), expect, "{accept:?}");
        }
    }
}
