#![no_main]

use std::time::{Duration, Instant};

/// The longest text that is tried, in bytes: the length of RustSec's longest.
const MAX_SIZE: usize = 10_000;

/// The time limit for formatting it, in a release build.
const MAX_TIME: Duration = Duration::from_millis(50);

libfuzzer_sys::fuzz_target!(|text: &str| {
    // Try the input once and repeated, because costly texts are usually
    // repetitive.
    let count = MAX_SIZE / text.len().max(1);
    for text in [text.to_owned(), text.repeat(count)] {
        // Another process may have had the core, so the best of three counts.
        let is_slow = || {
            let start = Instant::now();
            fuzz::description(&text);
            start.elapsed() > MAX_TIME
        };
        let is_costly = text.len() <= MAX_SIZE && is_slow() && is_slow() && is_slow();
        assert!(!is_costly, "longer than {MAX_TIME:?}");
    }
});
