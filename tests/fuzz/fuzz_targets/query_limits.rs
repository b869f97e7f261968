#![no_main]

libfuzzer_sys::fuzz_target!(|source: &str| fuzz::query_limits(source));
