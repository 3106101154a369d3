//! `cargo xtask desktop`: the app, built as the tests build it, and opened.

use std::process::Command;

use crate::packages;
use crate::run::{Done, begin, cargo, root, run};
use crate::test::WORKSPACE;
use crate::window;

/// Builds the app with its window, and opens it with these words; without any
/// as a demo, which touches no settings and no folder of anybody.
pub(crate) fn desktop(words: &[&str]) -> Done {
    let headless =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().all(|name| std::env::var_os(name).is_none());
    if cfg!(target_os = "linux") && headless {
        return Err("there is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set".into());
    }
    begin("what is needed from the system");
    packages::provide_desktop()?;
    begin("the window: built");
    window::build()?;
    begin("the app");
    // As the tests build it: after them, or before them, nothing is built twice.
    run(cargo(&[&["build"], WORKSPACE, &["--bin", "navette-desktop"]].concat()))?;
    let program = format!("target/debug/navette-desktop{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(root().join(program));
    command.args(if words.is_empty() { &["--demo"] } else { words });
    run(command)
}
