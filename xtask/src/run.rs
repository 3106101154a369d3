//! Running programs.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

/// The result of a chore; the reason is for people.
pub(crate) type Done = Result<(), String>;

/// A command of cargo, by the cargo that runs us.
///
/// What that one has told us of ourselves it must not hear: libraries that are
/// built anew whenever it changes (`ring`) would be with every change between
/// this program and a command that somebody types, and all that uses them.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = Command::new(cargo);
    command.args(words).current_dir(root());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|of_us| name.starts_with(of_us)) {
            command.env_remove(&*name);
        }
    }
    command
}

/// When the first step began.
static BEGUN: OnceLock<Instant> = OnceLock::new();

/// Says what begins now, and how many minutes after the first step.
#[allow(clippy::disallowed_methods, reason = "people wait in real time")]
pub(crate) fn begin(step: &str) {
    let minutes = BEGUN.get_or_init(Instant::now).elapsed().as_secs() / 60;
    eprintln!("\n== {step} ({minutes} min)");
}

/// Runs a command to its end, showing it and what it prints.
pub(crate) fn run(mut command: Command) -> Done {
    let shown = show(&command);
    eprintln!("$ {shown}");
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// Whether a command can be run and succeeds; what it prints is not shown.
pub(crate) fn succeeds(mut command: Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A command as people would type it.
pub(crate) fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
