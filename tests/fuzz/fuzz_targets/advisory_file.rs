#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: {
        // `rustsec` panics on some texts, which a sync catches; libFuzzer's own
        // hook would end at once. A panic that nobody catches still ends it.
        std::panic::set_hook(Box::new(|_| {}));
    },
    |text: &str| fuzz::advisory_file(text)
);
