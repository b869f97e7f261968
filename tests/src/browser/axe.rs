//! Accessibility, as axe-core judges it.

use super::Browser;
use crate::skip;
use serde::Deserialize;
use serde_json::json;
use std::path::Path;

/// Where `npm ci --prefix tests` puts it.
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/node_modules/axe-core/axe.min.js"
);

/// Runs every rule that there is, also those that axe-core leaves out unless
/// told: best practices, experiments, and WCAG's level AAA.
const RUN: &str = "async () => {
    const rules = Object.fromEntries(axe.getRules().map(({ ruleId }) => [ruleId, { enabled: true }]));
    const { violations, passes } = await axe.run(document, { rules, resultTypes: ['violations'] });
    return [passes.length, violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
        ({ rule: id, html: html.slice(0, 200), why: failureSummary })))];
}";

/// axe-core's source.
#[derive(Debug)]
pub struct Axe(String);

/// A rule that an element breaks.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// The rule's name.
    pub rule: String,
    /// The beginning of the element.
    pub html: String,
    /// What to mend.
    pub why: String,
}

impl Axe {
    /// axe-core for this test. `None`, and said so: it is not installed.
    #[must_use]
    pub fn installed(test: &str) -> Option<Self> {
        if !Path::new(FILE).is_file() {
            skip::without_program(test, "axe-core");
            return None;
        }
        Some(Self(std::fs::read_to_string(FILE).expect("axe-core")))
    }

    /// Puts axe-core into every page to come, whose policy would forbid a script.
    pub async fn join(&self, browser: &Browser) {
        browser.before_each_page(&self.0).await;
    }

    /// What is wrong with the page as it is now. [`Axe::join`] comes first.
    ///
    /// # Panics
    /// If axe-core found nothing to judge.
    pub async fn violations(browser: &Browser) -> Vec<Violation> {
        let (passes, violations): (usize, _) = browser.call(RUN, json!([])).await;
        assert!(passes > 10, "axe-core judged next to nothing");
        violations
    }
}
