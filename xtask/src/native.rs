//! `cargo xtask native`, `soak`, `compare`: the program as a process of its
//! own, in trouble, and others beside it. What they do is in `tests/native`.

use std::process::Command;

use crate::run::{Done, cargo, root, run};
use crate::test;

/// Builds what is needed, and runs it with these words.
pub(crate) fn native(word: &str, words: &[&str]) -> Done {
    test::prepare()?;
    // As the tests build it, so that nothing is built twice.
    run(cargo(&["build", "--quiet", "--workspace", "--all-features", "--bins"]))?;
    let mut command = Command::new(root().join("target/debug/navette-native"));
    command.arg(word).args(words);
    run(command)
}
