//! libFuzzer's door to [`vestibule_fuzz::vtl_render`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::vtl_render(data));
