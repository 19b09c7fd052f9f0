//! libFuzzer's door to [`vestibule_fuzz::vtl_parse`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::vtl_parse(data));
