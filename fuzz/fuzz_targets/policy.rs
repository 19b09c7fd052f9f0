//! libFuzzer's door to [`vestibule_fuzz::policy`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::policy(data));
