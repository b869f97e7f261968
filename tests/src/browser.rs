//! A real browser on real pages: headless Chromium, driven by chromedriver.
//!
//! Each test has its own session, with a fresh profile that chromedriver makes.
//! The number of sessions at once is limited, because a browser uses a core or
//! more.

#![allow(clippy::panic, reason = "a failure says what it was about")]

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, Key, WebDriver, WebElement};
use tokio::sync::{Semaphore, SemaphorePermit};

mod axe;
mod driver;

pub use axe::{Axe, Violation};

/// The maximum number of browsers at once.
const SESSIONS: usize = 2;

/// The time limit for a wait.
const DEADLINE: Duration = Duration::from_secs(15);

/// The pause between two checks.
const PAUSE: Duration = Duration::from_millis(15);

/// For a browser that only tests use: it sends requests to loopback only.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-proxy-server",
    // A mouse: a pointer that is precise and can hover.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// A browser with one page, which ends with the test, even if the test fails.
#[derive(Debug)]
pub struct Browser {
    // In the order in which they have to end.
    page: WebDriver,
    _permit: SemaphorePermit<'static>,
    _driver: Arc<driver::Driver>,
}

impl Browser {
    /// Opens a browser for this test. Returns `None`, and reports the test as
    /// skipped, if Chromium is not installed.
    pub async fn open(test: &str) -> Option<Self> {
        static PERMITS: Semaphore = Semaphore::const_new(SESSIONS);
        let Some(programs) = driver::programs() else {
            crate::skip::without_program(test, "Chromium");
            return None;
        };
        let permit = PERMITS.acquire().await.expect("a permit");
        let driver = driver::Driver::shared(&programs);

        let mut wanted = DesiredCapabilities::chrome();
        let chromium = programs.chromium.to_str().expect("a path in UTF-8");
        wanted.set_binary(chromium).expect("a capability");
        for argument in ARGUMENTS {
            wanted.add_arg(argument).expect("a capability");
        }
        let level = LoggingPrefsLogLevel::All;
        wanted.set_browser_log_level(level).expect("a capability");

        let page = WebDriver::builder(driver.url(), wanted)
            .client(driver::client())
            .await
            .expect("a session");
        let browser = Self {
            page,
            _permit: permit,
            _driver: driver,
        };
        // Without a cache, so that every fault is seen.
        browser.cdp("Network.enable", json!({})).await;
        let disabled = json!({ "cacheDisabled": true });
        browser.cdp("Network.setCacheDisabled", disabled).await;
        browser.width(1280).await;
        Some(browser)
    }

    /// Goes to this address, and waits until it is loaded.
    pub async fn goto(&self, url: &str) {
        self.page.goto(url).await.expect("the page loads");
    }

    /// Goes back in the history.
    pub async fn back(&self) {
        self.page.back().await.expect("the page before");
    }

    /// Returns the value of an expression, or of its promise, in the page.
    pub async fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        self.call(&format!("() => ({expression})"), json!([])).await
    }

    /// Returns the result of a function in the page, or of its promise.
    ///
    /// # Panics
    /// Panics if it throws, or returns another type.
    pub async fn call<T: DeserializeOwned>(&self, function: &str, arguments: Value) -> T {
        let script = format!("return ({function})(...arguments)");
        let arguments = arguments.as_array().expect("a list").clone();
        let answer = match self.page.execute(script, arguments).await {
            Ok(answer) => answer.json().clone(),
            Err(error) => panic!("{function}: {error}"),
        };
        serde_json::from_value(answer.clone())
            .unwrap_or_else(|error| panic!("{function}: {error}: {answer}"))
    }

    /// Waits until an expression has this value.
    ///
    /// # Panics
    /// Panics with the value that it has instead.
    pub async fn until<T>(&self, expression: &str, value: T)
    where
        T: DeserializeOwned + PartialEq + Debug,
    {
        let last: T = wait(|| self.eval(expression), |now| *now == value).await;
        assert_eq!(last, value, "{expression}");
    }

    /// Returns the first element of this selector.
    pub async fn find(&self, selector: &str) -> WebElement {
        let element = self.page.find(By::Css(selector)).await;
        element.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Clicks on the first element of this selector, where a reader would.
    pub async fn click(&self, selector: &str) {
        let clicked = self.find(selector).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Chooses a release in the tab's list of all of them.
    pub async fn choose_release(&self, num: &str) {
        let list = "document.querySelector('[data-test-choose-release]')";
        self.eval::<()>(&format!("void ({list}.open = true)")).await;
        let link = format!("[data-test-choose-release] a[href='?version={num}']");
        self.click(&link).await;
    }

    /// Moves the pointer onto the first element of this selector.
    pub async fn point_at(&self, selector: &str) {
        let element = self.find(selector).await;
        let moved = self.page.action_chain().move_to_element_center(&element);
        moved.perform().await.expect("the pointer moves");
    }

    /// Presses this key `times` times, wherever the focus is.
    pub async fn press(&self, key: Key, times: usize) {
        let keys = String::from(key.value()).repeat(times);
        let pressed = self.page.action_chain().send_keys(keys);
        pressed.perform().await.expect("a key");
    }

    /// Types this text, wherever the focus is.
    pub async fn type_text(&self, text: &str) {
        let typed = self.page.action_chain().send_keys(text);
        typed.perform().await.expect("the keys");
    }

    /// Sets the page's width; its height is a desktop's.
    pub async fn width(&self, width: u32) {
        self.window(width, 900).await;
    }

    /// Sets the page's size. A headless window cannot be narrower than 500 px,
    /// but the page can.
    pub async fn window(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Returns a picture of the window, as PNG.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.page.screenshot_as_png().await.expect("a picture")
    }

    /// Sets the result of media queries: pairs of a feature and its value.
    pub async fn media(&self, features: &[(&str, &str)]) {
        self.emulate("screen", features).await;
    }

    /// Shows the page as on paper.
    pub async fn print(&self) {
        self.emulate("print", &[]).await;
    }

    async fn emulate(&self, medium: &str, features: &[(&str, &str)]) {
        let feature = |(name, value): &(&str, &str)| json!({ "name": name, "value": value });
        let features: Vec<Value> = features.iter().map(feature).collect();
        let media = json!({ "media": medium, "features": features });
        self.cdp("Emulation.setEmulatedMedia", media).await;
    }

    /// Runs a script in every later page, before the page's own scripts.
    pub async fn before_each_page(&self, script: &str) {
        let source = json!({ "source": script });
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source)
            .await;
    }

    /// Sends a command of the Chrome DevTools Protocol.
    pub async fn cdp(&self, method: &str, parameters: Value) -> Value {
        let answer = self.page.cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Returns the console's messages since the last call, including breaches of
    /// the page's Content-Security-Policy and failed requests. Leaves out the
    /// browser's own request for an icon.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.page.browser_log().await.expect("the browser's log");
        let entries = entries.into_iter();
        entries
            .filter(|entry| !entry.message.contains("/favicon.ico"))
            .map(|entry| format!("{}: {}", entry.level, entry.message))
            .collect()
    }
}

/// Checks until the result is good, or until the deadline; returns the last
/// result.
pub(crate) async fn wait<T, F: Future<Output = T>>(
    look: impl Fn() -> F,
    good: impl Fn(&T) -> bool,
) -> T {
    let start = Instant::now();
    loop {
        let seen = look().await;
        if good(&seen) || start.elapsed() > DEADLINE {
            return seen;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
