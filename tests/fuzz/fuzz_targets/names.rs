//! Any text as a crate's name and as a version: what is taken for one is written
//! as it was read, and found again by its look-up name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use server::domain::crate_name::CrateName;
use server::domain::version;

fuzz_target!(|text: &str| {
    if let Some(name) = CrateName::parse(text) {
        assert_eq!(name.as_str(), text);
        let lookup = CrateName::parse(&name.lookup()).expect("a name");
        assert_eq!(lookup.lookup(), name.lookup());
    }
    if let Some(num) = version::parse(text) {
        assert_eq!(version::parse(&num.to_string()), Some(num));
    }
});
