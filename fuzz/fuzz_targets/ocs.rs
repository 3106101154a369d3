//! See `tests/fuzz/ocs.rs`.

#![no_main]

#[path = "../../tests/fuzz/ocs.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
