//! See `tests/fuzz/ignore.rs`.

#![no_main]

#[path = "../../tests/fuzz/ignore.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
