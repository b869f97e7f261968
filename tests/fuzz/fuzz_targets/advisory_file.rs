#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: {
        // `rustsec` panics on some texts, and a sync catches that, but
        // libFuzzer's own hook would end the process at once. A panic that is
        // not caught still ends it.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |text: &str| fuzz::advisory_file(text)
);
