//! The command to copy.

use super::{CLEAR, VERDICT, at};
use integration_tests::browser::Browser;
use integration_tests::host::Host;
use serde_json::json;
use thirtyfour::Key;

const BUTTON: &str = "document.querySelector('[data-copy]').textContent";
const CLIPBOARD: &str = "navigator.clipboard.readText()";
const COMMAND: &str = "cargo update openssl@0.10.8 --precise 0.10.72";

async fn allow_clipboard(browser: &Browser, host: &Host) {
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    let grant = json!({ "origin": host.url(""), "permissions": permissions });
    browser.cdp("Browser.grantPermissions", grant).await;
}

#[tokio::test]
async fn copying_the_command() {
    for path in [
        "/crates/openssl/security?version=0.10.8",
        "/embedded/openssl?version=0.10.8",
    ] {
        let Some((browser, host)) = at("copying_the_command", path).await else {
            return;
        };
        allow_clipboard(&browser, &host).await;
        browser.until(&format!("{VERDICT} != ''"), true).await;
        let clear = "navigator.clipboard.writeText('before')";
        browser.eval::<()>(clear).await;

        browser.click("[data-copy]").await;
        browser.until(BUTTON, "Copied".to_owned()).await;
        assert_eq!(browser.eval::<String>(CLIPBOARD).await, COMMAND, "{path}");
        browser.eval::<()>(clear).await;
        for key in [Key::Enter, Key::Space] {
            browser
                .eval::<()>("document.querySelector('[data-copy]').focus()")
                .await;
            browser.press(key, 1).await;
            browser.until(CLIPBOARD, COMMAND.to_owned()).await;
            browser.eval::<()>(clear).await;
        }
        // Then the button is as before.
        browser.until(BUTTON, "Copy".to_owned()).await;
        assert_eq!(browser.console().await, [""; 0]);
    }
}

/// The tab must not claim to have copied if the browser refuses.
#[tokio::test]
async fn a_refused_copy_is_not_called_one() {
    let path = "/crates/openssl/security?version=0.10.8";
    let Some((browser, _host)) = at("a_refused_copy_is_not_called_one", path).await else {
        return;
    };
    let refuse = "void (navigator.clipboard.writeText = () => {
        document.title = 'asked';
        return Promise.reject(new Error('refused'));
    })";
    browser.eval::<()>(refuse).await;
    browser.click("[data-copy]").await;
    browser.until("document.title", "asked".to_owned()).await;
    assert_eq!(browser.eval::<String>(BUTTON).await, "Copy");
    browser.choose_release("0.10.82").await;
    browser.until(VERDICT, CLEAR.to_owned()).await;
    assert_eq!(browser.console().await, [""; 0]);
}
