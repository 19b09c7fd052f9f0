//! libFuzzer's door to [`vestibule_fuzz::access`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::access(data));
