//! libFuzzer's door to [`vestibule_fuzz::forwarded`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vestibule_fuzz::forwarded(data));
