//! See `tests/fuzz/multistatus.rs`.

#![no_main]

#[path = "../../tests/fuzz/inside.rs"]
mod inside;
#[path = "../../tests/fuzz/multistatus.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
