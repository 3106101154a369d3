//! A compiler of C for macOS, from PyPI: what libraries bring in C is compiled
//! by zig, which has Apple's headers of the C library.

use std::path::PathBuf;
use std::process::Command;

use super::compiler::Target;
use super::place;
use crate::run::{Done, begin, run};

/// In versions that are known to get on with each other.
const PACKAGES: [&str; 2] = ["ziglang==0.15.2", "cargo-zigbuild==0.24.1"];

/// Puts both into a Python environment of ours.
pub(super) fn provide() -> Done {
    if zigbuild().exists() {
        return Ok(());
    }
    begin("zig, from PyPI");
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(environment());
    run(venv)?;
    let mut pip = Command::new(environment().join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES);
    run(pip)
}

/// A command of cargo for macOS, by way of zig.
pub(super) fn cargo(words: &[&str]) -> Result<Command, String> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let folders = [environment().join("bin"), PathBuf::from("/usr/bin")].into_iter();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&inherited)));
    let mut command = Target::Macos.by(zigbuild(), words);
    command.env("PATH", path.map_err(|error| format!("PATH: {error}"))?);
    Ok(command)
}

fn zigbuild() -> PathBuf {
    environment().join("bin/cargo-zigbuild")
}

fn environment() -> PathBuf {
    place().join("python")
}
