//! libFuzzer's door to [`vestibule_fuzz::tables_call`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::tables_call(data));
