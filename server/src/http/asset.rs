//! Styles and scripts, each at one address.

use super::address::Segments;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// As long as a fragment: after a deployment, new markup meets an old style for
/// a minute at most. Asked for again, an unchanged asset is an empty 304.
const CACHE_CONTROL: &str = "public, max-age=60";

/// A file that never changes while the process runs.
pub(super) struct Asset {
    /// Its name in the root, such as `security-tab.js`.
    name: &'static str,
    media_type: &'static str,
    body: String,
}

/// The tab's stylesheet.
pub(super) static TAB_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("security-tab.css", ui_component::STYLE));
/// The tab's custom elements.
pub(super) static TAB_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("security-tab.js", ui_component::SCRIPT));
/// The preview's stylesheet.
pub(super) static PREVIEW_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("preview.css", ui_component::preview::STYLE));
/// The preview's script: what a host does with the elements' events.
pub(super) static PREVIEW_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("preview.js", ui_component::preview::SCRIPT));

/// Serves the asset of this name.
pub(super) async fn serve(Segments(name): Segments<String>) -> Response {
    let assets = [&TAB_STYLE, &TAB_SCRIPT, &PREVIEW_STYLE, &PREVIEW_SCRIPT];
    let Some(asset) = assets.into_iter().find(|asset| asset.name == name) else {
        return (StatusCode::NOT_FOUND, "not found").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, CACHE_CONTROL),
    ];
    (headers, asset.body.as_str()).into_response()
}

impl Asset {
    fn style(name: &'static str, source: &str) -> Self {
        Self {
            name,
            media_type: "text/css; charset=utf-8",
            body: source.to_owned(),
        }
    }

    fn script(name: &'static str, source: &str) -> Self {
        Self {
            name,
            media_type: "text/javascript; charset=utf-8",
            body: without_comments(source),
        }
    }

    /// Where the browser finds it.
    pub(super) fn address(&self) -> String {
        format!("/{}", self.name)
    }
}

/// A script without its comment lines and its indentation, which are for those
/// who read the source: a quarter of what would go over the wire. Our scripts
/// have no string over several lines, inside which this would change anything.
fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    let code: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
    code.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_sent_without_comments() {
        let source = "// About it.\n(() => {\n  // Why.\n  const url = \"https://a\";\n})();\n";
        assert_eq!(
            without_comments(source),
            "(() => {\nconst url = \"https://a\";\n})();"
        );
    }
}
