//! libFuzzer's door to [`vestibule_fuzz::definition`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::definition(data));
