//! See `tests/fuzz/peer.rs`.

#![no_main]

#[path = "../../tests/fuzz/peer.rs"]
mod body;
#[path = "../../tests/fuzz/inside.rs"]
mod inside;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| body::run(bytes));
