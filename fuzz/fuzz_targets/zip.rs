//! See `tests/fuzz/zip.rs`.

#![no_main]

#[path = "../../tests/fuzz/zip.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
