//! Styles and scripts, each at two addresses: a stable one, and one that holds
//! a hash of its content and so may be kept for ever.

use super::address::Segments;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// For the address that changes with the content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// For the stable address: an hour, then ask again.
const STABLE: &str = "public, max-age=3600";

/// A file that never changes while the process runs.
pub(super) struct Asset {
    /// Its name at the stable address, such as `security-tab.js`.
    name: String,
    /// Its name with the hash, such as `security-tab-0123456789abcdef.js`.
    hashed_name: String,
    media_type: &'static str,
    body: &'static str,
}

/// The tab's stylesheet.
pub(super) static TAB_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("security-tab", ui_component::STYLE));
/// The tab's custom elements.
pub(super) static TAB_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("security-tab", ui_component::SCRIPT));
/// The preview's stylesheet.
pub(super) static PREVIEW_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("preview", ui_component::preview::STYLE));
/// The preview's script: what a host does with the elements' events.
pub(super) static PREVIEW_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("preview", ui_component::preview::SCRIPT));

/// Serves the asset of this name, stable or hashed. A hash of other content is
/// not found: it would be kept for ever under a wrong name.
pub(super) async fn serve(Segments(name): Segments<String>) -> Response {
    let assets = [&TAB_STYLE, &TAB_SCRIPT, &PREVIEW_STYLE, &PREVIEW_SCRIPT];
    for asset in assets {
        let cache_control = match name.as_str() {
            name if name == asset.name => STABLE,
            name if name == asset.hashed_name => IMMUTABLE,
            _ => continue,
        };
        let headers = [
            (header::CONTENT_TYPE, asset.media_type),
            (header::CACHE_CONTROL, cache_control),
        ];
        return (headers, asset.body).into_response();
    }
    (StatusCode::NOT_FOUND, "not found").into_response()
}

impl Asset {
    fn style(stem: &str, body: &'static str) -> Self {
        Self::new(stem, "css", "text/css; charset=utf-8", body)
    }

    fn script(stem: &str, body: &'static str) -> Self {
        Self::new(stem, "js", "text/javascript; charset=utf-8", body)
    }

    fn new(stem: &str, ending: &str, media_type: &'static str, body: &'static str) -> Self {
        let digest = Sha256::digest(body);
        let hash: String = digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            name: format!("{stem}.{ending}"),
            hashed_name: format!("{stem}-{hash}.{ending}"),
            media_type,
            body,
        }
    }

    /// The address that may be kept for ever.
    pub(super) fn address(&self) -> String {
        format!("/{}", self.hashed_name)
    }
}
