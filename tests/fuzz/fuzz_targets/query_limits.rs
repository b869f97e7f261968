//! Any text as a GraphQL document: it is refused, or within the limits, and both
//! soon.

#![no_main]

use async_graphql::Variables;
use libfuzzer_sys::fuzz_target;
use server::document::{Document, Limits};
use std::time::{Duration, Instant};

fuzz_target!(|source: &str| {
    let start = Instant::now();
    if let Ok(document) = Document::parse(source, &Limits::DEFAULT) {
        let _ = document.check(&Variables::default(), &Limits::DEFAULT);
    }
    let elapsed = start.elapsed();
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
});
