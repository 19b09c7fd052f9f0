//! libFuzzer's door to [`vestibule_fuzz::json_schema`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::json_schema(data));
