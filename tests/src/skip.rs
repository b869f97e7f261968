//! Tests that need what a machine may lack are skipped by name.

use std::io::Write;

/// Set in CI: a test that would be skipped for want of a program fails.
const REQUIRE_ALL: &str = "REQUIRE_ALL_TESTS";

/// Says that a test is skipped for want of a program.
///
/// # Panics
/// Where `REQUIRE_ALL_TESTS` is set.
pub fn without_program(test: &str, program: &str) {
    let is_required = std::env::var_os(REQUIRE_ALL).is_some();
    assert!(
        !is_required,
        "{test} needs {program}, and {REQUIRE_ALL} is set"
    );
    announce(test, &format!("{program} is not installed"));
}

/// Says that a test is skipped for want of the real data, which no machine has
/// to have.
pub fn without_real_data(test: &str) {
    announce(
        test,
        "there is no ../shared/advisory-db and ../shared/index",
    );
}

fn announce(test: &str, why: &str) {
    note(&format!("skipped {test}: {why}"));
}

/// Says something past the test runner's capture, so that it is seen in every
/// run.
pub fn note(text: &str) {
    let mut stderr = std::io::stderr().lock();
    drop(writeln!(stderr, "{text}"));
}
