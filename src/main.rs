//! Navette.
fn main() {}
