//! What a run costs: memory, open files, processor time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// The most memory that it held at once, in KiB.
    pub peak: u64,
    /// The most files that it had open whenever somebody looked.
    pub files: u64,
    /// Milliseconds of processor time, its own and the system's for it.
    pub cpu: u64,
}

/// Runs `command` to its end as the only child of a process of its own: the
/// system counts what children took only as a sum, and the peak as a maximum.
///
/// # Errors
///
/// If it does not succeed.
pub fn run(command: &Command, log: &Path) -> Result<Figures, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut measuring = Command::new(own);
    measuring
        .env_clear()
        .arg("measured")
        .arg(log)
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => measuring.env(name, value),
            None => measuring.env_remove(name),
        };
    }
    let output = measuring.output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        &[peak, files, cpu] if output.status.success() => Ok(Figures { peak, files, cpu }),
        _ => Err(format!("{}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// The process between: runs one program, prints what it took.
///
/// # Errors
///
/// If it does not succeed.
pub fn measured(log: &Path, program: &Path, words: &[PathBuf]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", program.display());
    let out = fs::File::create(log).map_err(told)?;
    let err = out.try_clone().map_err(told)?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(out).stderr(err);
    let mut child = command.spawn().map_err(told)?;
    let mut files = 0;
    let status = loop {
        files = files.max(open_files(&child));
        if let Some(status) = child.try_wait().map_err(told)? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    if !status.success() {
        let said = fs::read_to_string(log).unwrap_or_default();
        return Err(format!("{}: {status}\n{said}", program.display()));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let times = [usage.user_time(), usage.system_time()];
    let cpu: i64 = times.iter().map(|time| time.tv_sec() * 1000 + time.tv_usec() / 1000).sum();
    println!("{} {files} {cpu}", usage.max_rss());
    Ok(())
}

fn open_files(child: &Child) -> u64 {
    // Gone, or another user's: nothing is open.
    fs::read_dir(format!("/proc/{}/fd", child.id())).map_or(0, |files| files.count() as u64)
}
