//! What a whole process costs.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run of a program took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Seconds from its start to its end.
    pub(super) wall: f64,
    /// Seconds of processor time, its own and the system's for it.
    pub(super) cpu: f64,
    /// The most memory that it held at once, in MiB.
    pub(super) peak: f64,
    /// Requests that reached the server.
    pub(super) requests: f64,
    /// Bytes of bodies that it sent.
    pub(super) sent: f64,
    /// Bytes of bodies that it got.
    pub(super) got: f64,
}

/// Runs `command` as the only child of a process of its own: the system
/// counts what children took only as a sum, and the peak as a maximum.
pub(super) fn run(command: &Command, log: &Path) -> Result<Figures, String> {
    let told = |error: std::io::Error| format!("{}: {error}", log.display());
    let own = std::env::current_exe().map_err(told)?;
    let mut measuring = Command::new(own);
    measuring.args(["bench", "measured"]).arg(log);
    measuring.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => measuring.env(name, value),
            None => measuring.env_remove(name),
        };
    }
    let output = measuring.stderr(Stdio::inherit()).output().map_err(told)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [wall, cpu, peak] if output.status.success() => {
            Ok(Figures { wall: *wall, cpu: *cpu, peak: *peak, ..Figures::default() })
        }
        _ => Err(format!("{:?} failed; see {}", command.get_program(), log.display())),
    }
}

/// The process between: runs one program, prints what it took.
#[cfg(unix)]
#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn measured(log: &str, program: &str, words: &[&str]) -> crate::run::Done {
    use nix::sys::resource::{UsageWho, getrusage};

    let told = |error: std::io::Error| format!("{program}: {error}");
    let out = File::create(log).map_err(told)?;
    let err = out.try_clone().map_err(told)?;
    let begun = Instant::now();
    let status = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .status()
        .map_err(told)?;
    let wall = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{program}: {status}"));
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| error.to_string())?;
    let times = [usage.user_time(), usage.system_time()];
    let cpu: f64 =
        times.iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum();
    // Linux counts KiB, macOS bytes.
    let unit = if cfg!(target_os = "macos") { 1024.0 * 1024.0 } else { 1024.0 };
    println!("{wall} {cpu} {}", usage.max_rss() as f64 / unit);
    Ok(())
}

/// Elsewhere the system does not count so.
#[cfg(not(unix))]
pub(crate) fn measured(_log: &str, _program: &str, _words: &[&str]) -> crate::run::Done {
    Err("only Unix systems tell what a process took".to_owned())
}
