//! libFuzzer's door to [`vestibule_fuzz::mapping_template`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::mapping_template(data));
