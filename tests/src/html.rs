//! Validity of HTML, judged by html-validate.
#![allow(clippy::panic, reason = "a failure says what it was about")]

use crate::skip;
use serde::Deserialize;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The path at which `npm ci --prefix tests` puts it.
const PROGRAM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/node_modules/html-validate/bin/html-validate.mjs"
);

/// The rules.
const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/html-validate.mjs");

/// html-validate, which Node runs.
#[derive(Clone, Copy, Debug)]
pub struct Validator(());

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judged {
    file_path: String,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    rule_id: String,
    message: String,
    selector: Option<String>,
}

impl Validator {
    /// Returns the validator for this test. Returns `None`, and reports the
    /// test as skipped, if it is not installed.
    #[must_use]
    pub fn installed(test: &str) -> Option<Self> {
        if Path::new(PROGRAM).is_file() && node().arg("--version").output().is_ok() {
            return Some(Self(()));
        }
        skip::without_program(test, "html-validate");
        None
    }

    /// Returns the faults of these documents or fragments: for each one the
    /// given name of the HTML, the rule, and the position.
    ///
    /// # Panics
    /// Panics if the validator cannot be run, or does not report its result.
    #[must_use]
    pub fn faults(self, pages: &[(String, String)]) -> Vec<String> {
        let folder = TempDir::new().expect("a temporary folder");
        let file = |at: usize| folder.path().join(format!("{at}.html"));
        for (at, (_, html)) in pages.iter().enumerate() {
            fs::write(file(at), html).expect("a page is written");
        }
        // Written to a file, because Node may truncate output to a pipe when it
        // ends.
        let report = folder.path().join("report.json");
        let output = node()
            .args([PROGRAM, "--config", RULES, "--formatter"])
            .arg(format!("json={}", report.display()))
            .args((0..pages.len()).map(file))
            .output()
            .expect("Node runs");
        let said = String::from_utf8_lossy(&output.stderr);
        let report = fs::read(report).unwrap_or_else(|error| panic!("{error}: {said}"));
        let judged: Vec<Judged> = serde_json::from_slice(&report).expect("a report");
        let name = |path: &str| {
            let at = (0..pages.len()).find(|at| file(*at) == Path::new(path));
            at.map_or(path, |at| pages[at].0.as_str()).to_owned()
        };
        let faults = judged.iter().flat_map(|page| {
            page.messages.iter().map(|fault| {
                let place = fault.selector.as_deref().unwrap_or("-");
                let name = name(&page.file_path);
                format!("{name}: {}: {} ({place})", fault.rule_id, fault.message)
            })
        });
        faults.collect()
    }
}

fn node() -> Command {
    Command::new("node")
}
