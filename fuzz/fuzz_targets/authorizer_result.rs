//! libFuzzer's door to [`vestibule_fuzz::authorizer_result`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::authorizer_result(data));
