//! Any bytes as a crate's index file: they become rows, or are skipped with a
//! reason.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = server::sync::check_index_file(bytes);
});
