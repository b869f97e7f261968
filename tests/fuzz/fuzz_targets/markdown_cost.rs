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
        if text.len() <= MAX_SIZE {
            let start = Instant::now();
            fuzz::description(&text);
            assert!(start.elapsed() <= MAX_TIME, "{:?}", start.elapsed());
        }
    }
});
