//! Takes screenshots of the tab, light and dark, on a desktop and on a phone:
//! `cargo run -p integration-tests --example screenshots` takes the README's, of
//! the bundled sample. Needs Chromium with chromedriver. For its other options,
//! see `-- --help`.

use anyhow::{Context, Result};
use clap::Parser;
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use std::fs;
use std::path::{Path, PathBuf};

/// Name, width and height of each window.
const WINDOWS: [(&str, u32, u32); 2] = [("desktop", 1280, 1180), ("phone", 390, 1400)];

/// Takes screenshots of the tab, light and dark, on a desktop and on a phone.
#[derive(Parser)]
struct Options {
    /// Crates, each with a version or its default one, such as `openssl@0.10.8`
    #[arg(default_value = "openssl@0.10.8")]
    crates: Vec<String>,
    /// The address of a running tab door, such as http://127.0.0.1:4001; without
    /// it, the bundled sample is used
    #[arg(long)]
    origin: Option<String>,
    /// The address of a running internal door with `--dev`, such as
    /// http://127.0.0.1:4000: takes a picture of its GraphiQL, after a query,
    /// beside the documentation
    #[arg(long)]
    graphiql: Option<String>,
    /// The folder for the pictures
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/screenshots"))]
    folder: PathBuf,
    /// The whole page, not only its first screen
    #[arg(long)]
    whole: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    fs::create_dir_all(&options.folder)?;
    let browser = Browser::open("screenshots").await;
    let browser = browser.context("Chromium and chromedriver are needed")?;
    if let Some(origin) = &options.graphiql {
        return take_graphiql(&browser, origin, &options.folder).await;
    }
    let origin = match &options.origin {
        Some(origin) => origin.trim_end_matches('/').to_owned(),
        None => Host::over_sample().await.url(""),
    };
    for krate in &options.crates {
        let (name, version) = krate.split_once('@').unwrap_or((krate, ""));
        let page = format!("{origin}/crates/{name}/security?version={version}");
        for scheme in ["light", "dark"] {
            browser.media(&[("prefers-color-scheme", scheme)]).await;
            for (window, width, height) in WINDOWS {
                browser.window(width, height).await;
                browser.goto(&page).await;
                if options.whole {
                    let end = "document.documentElement.scrollHeight";
                    browser.window(width, browser.eval(end).await).await;
                }
                let names = [name, version, window, scheme];
                let names: Vec<&str> = names.into_iter().filter(|it| !it.is_empty()).collect();
                let file = options.folder.join(format!("{}.png", names.join("-")));
                fs::write(file, browser.screenshot().await)?;
            }
        }
    }
    Ok(())
}

async fn take_graphiql(browser: &Browser, origin: &str, folder: &Path) -> Result<()> {
    for scheme in ["light", "dark"] {
        browser.media(&[("prefers-color-scheme", scheme)]).await;
        browser.goto(&format!("{origin}/graphiql")).await;
        browser
            .until(
                "document.querySelectorAll('.graphiql-query-editor .view-line').length > 5",
                true,
            )
            .await;
        browser.click(".graphiql-execute-button").await;
        browser
            .until(
                "document.querySelectorAll('.result-window .view-line').length > 5",
                true,
            )
            .await;
        browser
            .click("[aria-label='Show Documentation Explorer']")
            .await;
        browser
            .click(".graphiql-doc-explorer a.graphiql-doc-explorer-type-name")
            .await;
        browser
            .until(
                "document.querySelectorAll('.graphiql-doc-explorer-item').length > 1",
                true,
            )
            .await;
        let file = folder.join(format!("graphiql-{scheme}.png"));
        fs::write(file, browser.screenshot().await)?;
        browser.eval::<()>("localStorage.clear()").await;
    }
    Ok(())
}
