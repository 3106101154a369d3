//! See `tests/fuzz/events.rs`.

#![no_main]

#[path = "../../tests/fuzz/events.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
