#![no_main]

use std::time::{Duration, Instant};

/// The longest text that is tried, in bytes: as long as RustSec's longest.
const MAX_SIZE: usize = 10_000;

/// How long its formatting may take, in a release build.
const MAX_TIME: Duration = Duration::from_millis(50);

libfuzzer_sys::fuzz_target!(|text: &str| {
    // An input as it is, and repeated: what costs much is rarely one of a kind.
    let count = MAX_SIZE / text.len().max(1);
    for text in [text.to_owned(), text.repeat(count)] {
        // Something else may have had the core: the best of three counts.
        let is_slow = || {
            let start = Instant::now();
            fuzz::description(&text);
            start.elapsed() > MAX_TIME
        };
        let is_costly = text.len() <= MAX_SIZE && is_slow() && is_slow() && is_slow();
        assert!(!is_costly, "longer than {MAX_TIME:?}");
    }
});
