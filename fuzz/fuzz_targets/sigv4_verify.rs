//! libFuzzer's door to [`vestibule_fuzz::sigv4_verify`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::sigv4_verify(data));
