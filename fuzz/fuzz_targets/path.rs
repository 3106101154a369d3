//! See `tests/fuzz/path.rs`.

#![no_main]

#[path = "../../tests/fuzz/inside.rs"]
mod inside;
#[path = "../../tests/fuzz/path.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
