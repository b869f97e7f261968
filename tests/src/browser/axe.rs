//! Accessibility, judged by axe-core.

use super::Browser;
use crate::skip;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// The path at which `npm ci --prefix tests` puts it.
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/node_modules/axe-core/axe.min.js"
);

/// Runs every rule, including those that axe-core leaves out by default: best
/// practices, experiments, and WCAG's level AAA.
const RUN: &str = "async () => {
    const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
    const { violations, passes } = await axe.run(document, { rules, resultTypes: ['violations'] });
    return [passes.length, violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
        ({ rule: id, html: html.slice(0, 200), why: failureSummary })))];
}";

/// axe-core's source.
#[derive(Debug)]
pub struct Axe(String);

/// A rule that an element violates.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// The beginning of the element.
    pub html: String,
    /// The remedy.
    pub why: String,
}

impl Axe {
    /// Returns axe-core for this test. Returns `None`, and reports the test as
    /// skipped, if it is not installed.
    #[must_use]
    pub fn installed(test: &str) -> Option<Self> {
        if !Path::new(FILE).is_file() {
            skip::without_program(test, "axe-core");
            return None;
        }
        Some(Self(std::fs::read_to_string(FILE).expect("axe-core")))
    }

    /// Puts axe-core into every later page, whose policy would forbid a script.
    pub async fn join(&self, browser: &Browser) {
        browser.before_each_page(&self.0).await;
    }

    /// Returns the violations of the page in its present state. Requires
    /// [`Axe::join`].
    ///
    /// # Panics
    /// Panics if axe-core found nothing to judge.
    pub async fn violations(browser: &Browser) -> Vec<Violation> {
        let (passes, violations): (usize, _) = browser.call(RUN, json!([])).await;
        assert!(passes > 10, "axe-core judged next to nothing");
        violations
    }
}
