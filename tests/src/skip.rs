//! Skips tests whose requirements the machine lacks, and names them.

use std::env;
use std::fs::OpenOptions;
use std::io::Write;

/// Set in CI: a test that would be skipped for lack of a program fails.
const REQUIRE_ALL: &str = "REQUIRE_ALL_TESTS";

/// Set in CI where the real data is: a test that does not find it fails.
const REQUIRE_REAL_DATA: &str = "REQUIRE_REAL_DATA";

/// A file that takes the paths of the tests skipped for want of a program, one
/// a line. CI runs these once it has installed the programs.
const SKIPPED: &str = "SKIPPED_TESTS";

/// Says that a test, or a part of it, is skipped for want of a program.
///
/// # Panics
/// If `REQUIRE_ALL_TESTS` is set.
pub fn without_program(test: &str, program: &str) {
    let is_required = env::var_os(REQUIRE_ALL).is_some();
    assert!(
        !is_required,
        "{test} needs {program}, and {REQUIRE_ALL} is set"
    );
    note(&format!("skipped {test}: {program} is not installed"));
    record();
}

/// Says that a test is skipped because the real data is not there.
///
/// # Panics
/// If `REQUIRE_REAL_DATA` is set.
pub fn without_real_data(test: &str) {
    let missing = "there is no ../shared/advisory-db and ../shared/index";
    let is_required = env::var_os(REQUIRE_REAL_DATA).is_some();
    assert!(
        !is_required,
        "{test}: {missing}, and {REQUIRE_REAL_DATA} is set"
    );
    note(&format!("skipped {test}: {missing}"));
}

/// Adds the running test to the file of skipped tests. The test runner names its
/// threads after the tests, unless it has only one thread: the empty line that
/// is added then stands for every test.
fn record() {
    let Some(path) = env::var_os(SKIPPED) else {
        return;
    };
    let thread = std::thread::current();
    let test = thread.name().filter(|name| *name != "main");
    let file = OpenOptions::new().append(true).create(true).open(path);
    let line = format!("{}\n", test.unwrap_or_default());
    let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
    written.expect("the file of skipped tests");
}

/// Prints a text past the test runner's capture, so that every run shows it.
pub fn note(text: &str) {
    let mut stderr = std::io::stderr().lock();
    drop(writeln!(stderr, "{text}"));
}
