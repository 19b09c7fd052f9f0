//! libFuzzer's door to [`vestibule_fuzz::sigv4`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::sigv4(data));
