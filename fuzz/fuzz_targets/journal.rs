//! See `tests/fuzz/journal.rs`.

#![no_main]

#[path = "../../tests/fuzz/inside.rs"]
mod inside;
#[path = "../../tests/fuzz/journal.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
