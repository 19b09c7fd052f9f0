//! libFuzzer's door to [`vestibule_fuzz::seed`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::seed(data));
