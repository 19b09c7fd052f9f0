//! libFuzzer's door to [`vestibule_fuzz::credentials`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::credentials(data));
