//! libFuzzer's door to [`vestibule_fuzz::token`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::token(data));
