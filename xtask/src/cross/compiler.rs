//! Debian's compiler, with a standard library for another system.
//!
//! Debian brings the sources of its compiler's library, not the library for
//! macOS, and for Windows only in another version. It is built once, and lies
//! in a folder of ours that the compiler takes for its own: nothing is put into
//! the system's.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::place;
use crate::run::{Done, begin, root, run, show};

/// Debian's, whatever else is in the path: the sources belong to this version.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// Another system.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Windows,
    Macos,
}

impl Target {
    /// As the compiler calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::Macos => "aarch64-apple-darwin",
        }
    }

    /// A command of cargo for it.
    pub(super) fn cargo(self, words: &[&str]) -> Command {
        self.by(CARGO, words)
    }

    /// The same by something that calls cargo.
    pub(super) fn by(self, program: impl AsRef<OsStr>, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        let (verb, words) = words.split_at(words.len().min(1));
        command.args(verb).args(["--target", self.name()]).args(words);
        self.prepare(&mut command);
        command
    }

    fn prepare(self, command: &mut Command) {
        let variable = self.name().replace('-', "_");
        let upper = variable.to_uppercase();
        command
            .current_dir(root())
            .env("CARGO", CARGO)
            .env("RUSTC", RUSTC)
            .env("CARGO_TARGET_DIR", place().join("build"))
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
            .env("CARGO_INCREMENTAL", "0")
            .env(
                format!("CARGO_TARGET_{upper}_RUSTFLAGS"),
                format!("--sysroot {}", sysroot().display()),
            )
            // The libraries of the compiler that has built us.
            .env_remove("LD_LIBRARY_PATH");
        if matches!(self, Self::Windows) {
            let [c, cpp] = ["gcc", "g++"].map(|name| format!("x86_64-w64-mingw32-{name}-posix"));
            command.env(format!("CARGO_TARGET_{upper}_LINKER"), &c);
            command.env(format!("CC_{variable}"), c).env(format!("CXX_{variable}"), cpp);
        }
    }

    /// Where its programs are.
    pub(super) fn programs(self) -> PathBuf {
        place().join("build").join(self.name()).join("debug")
    }
}

/// Compiles; a warning is an error. Cargo tells those of our own packages every
/// time, and none of the others.
pub(super) fn compile(mut command: Command) -> Done {
    let shown = show(&command);
    eprintln!("$ {shown}");
    let told = |error: std::io::Error| format!("{shown}: {error}");
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(told)?;
    let mut warned = false;
    for line in child.stderr.take().into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
        let line = line.map_err(told)?;
        warned |= line.starts_with("warning:") && line.contains(" generated ");
        eprintln!("{line}");
    }
    let status = child.wait().map_err(told)?;
    match status.success() {
        true if warned => Err(format!("{shown}: there are warnings")),
        true => Ok(()),
        false => Err(format!("{shown}: {status}")),
    }
}

/// Builds the standard library for `target`, unless this compiler's is there.
pub(super) fn provide_std(target: Target) -> Done {
    let name = target.name();
    let libraries = sysroot().join("lib/rustlib").join(name).join("lib");
    let (built_by, compiler) = (libraries.join("built-by"), version()?);
    if fs::read_to_string(&built_by).is_ok_and(|known| known == compiler) {
        return Ok(());
    }
    begin(&format!("the standard library, for {name}"));
    let dir = place().join("std");
    lay_empty_crate(&dir)?;
    let parts = "-Zbuild-std=std,panic_abort,panic_unwind,test";
    let mut command = Command::new(CARGO);
    command.args(["build", "--release", "--target", name, parts]).current_dir(&dir);
    command.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1").env_remove("LD_LIBRARY_PATH");
    command.env("CARGO_TARGET_DIR", dir.join("target"));
    run(command)?;
    if libraries.exists() {
        fs::remove_dir_all(&libraries).map_err(told(&libraries))?;
    }
    fs::create_dir_all(&libraries).map_err(told(&libraries))?;
    let built = dir.join("target").join(name).join("release/deps");
    for entry in fs::read_dir(&built).map_err(told(&built))? {
        let from = entry.map_err(told(&built))?.path();
        let file = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if file.ends_with(".rlib") && !file.starts_with("libempty-") {
            fs::copy(&from, libraries.join(&file)).map_err(told(&from))?;
        }
    }
    fs::write(&built_by, compiler).map_err(told(&built_by))
}

/// A crate without anything, of which only the standard library is wanted.
fn lay_empty_crate(dir: &Path) -> Done {
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
        # Not one of the folder that it lies in.\n[workspace]\n";
    if dir.exists() {
        // Of an older compiler: its libraries must not be taken for this one's.
        fs::remove_dir_all(dir).map_err(told(dir))?;
    }
    let source = dir.join("src");
    fs::create_dir_all(&source).map_err(told(&source))?;
    fs::write(dir.join("Cargo.toml"), manifest).map_err(told(dir))?;
    fs::write(source.join("lib.rs"), "").map_err(told(&source))
}

fn sysroot() -> PathBuf {
    place().join("sysroot")
}

fn version() -> Result<String, String> {
    let output = Command::new(RUSTC).arg("-vV").env_remove("LD_LIBRARY_PATH").output();
    let output = output.map_err(told(Path::new(RUSTC)))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What to say of a path.
pub(super) fn told(path: &Path) -> impl FnOnce(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
