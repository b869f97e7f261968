//! Stylesheets and scripts. Each has one address and is compressed only once.

use super::finished::{self, Headers};
use crate::tab::{Coding, Page};
use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode};
use std::sync::{Arc, LazyLock};

/// A file that never changes while the process runs.
pub(super) struct Asset {
    /// The name, which is also the path, such as `security-tab.js`.
    name: &'static str,
    headers: Headers,
    page: Page,
}

/// The tab's stylesheet.
pub(super) static TAB_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("security-tab.css", ui_component::STYLE));
/// The tab's custom elements.
pub(super) static TAB_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("security-tab.js", ui_component::SCRIPT));
/// The custom element that marks a host's lists.
pub(super) static MARKS_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("security-tab-marks.js", ui_component::MARKS_SCRIPT));
/// The preview's stylesheet.
pub(super) static PREVIEW_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::style("preview.css", ui_component::preview::STYLE));
/// The preview's script, which handles the elements' events like a host.
pub(super) static PREVIEW_SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::script("preview.js", ui_component::preview::SCRIPT));

/// Returns the answer with the asset of this path, or `None` if there is none.
pub(super) fn answer(path: &str, request: &HeaderMap) -> Option<Response<Body>> {
    let name = path.strip_prefix('/')?;
    let assets = [
        &TAB_STYLE,
        &TAB_SCRIPT,
        &MARKS_SCRIPT,
        &PREVIEW_STYLE,
        &PREVIEW_SCRIPT,
    ];
    let mut assets = assets.into_iter();
    let asset = assets.find(|asset| asset.name == name)?;
    Some(finished::respond(&asset.headers, &asset.page, request))
}

impl Asset {
    fn style(name: &'static str, source: &str) -> Self {
        Self::new(name, "text/css; charset=utf-8", source)
    }

    fn script(name: &'static str, source: &str) -> Self {
        let source = without_comments(source);
        Self::new(name, "text/javascript; charset=utf-8", &source)
    }

    fn new(name: &'static str, media_type: &'static str, body: &str) -> Self {
        let page = Page::new(StatusCode::OK, Arc::default(), body, Coding::Identity);
        Self {
            name,
            headers: Headers::new(media_type),
            page: page.with(Coding::Gzip).with(Coding::Brotli),
        }
    }

    /// Returns the path of the asset.
    pub(super) fn address(&self) -> String {
        format!("/{}", self.name)
    }
}

/// Removes comment lines and indentation from a script, which saves a quarter of the bytes to
/// send. The only strings with several lines in our scripts are styles, which do not change
/// their meaning.
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
