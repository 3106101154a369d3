//! `cargo xtask fuzz`: the fuzz targets, guided by coverage.
//!
//! They need a nightly toolchain and `cargo-fuzz`, which is put into `target/`
//! where it is missing. What is found on the way lies in `target/fuzz/corpus`;
//! what fails is copied into the target's corpus (`fuzz/corpus`), where the
//! ordinary tests try it from then on.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Done, root, run, succeeds};

/// Which cargo-fuzz is installed, where there is none.
const CARGO_FUZZ: &str = "^0.13";

/// An input that takes longer than so many seconds is a failure.
const PATIENCE: &str = "10";

/// More memory than so many MB is one too.
const MEMORY: &str = "1024";

/// Longer inputs find nothing that shorter ones do not.
const LONGEST: &str = "16384";

/// What can be asked for.
struct Wish {
    /// Minutes for each target.
    minutes: u64,
    /// Only this one.
    target: Option<String>,
}

/// Runs all targets, or one, each for some minutes.
pub(crate) fn fuzz(words: &[&str]) -> Done {
    let wish = Wish::read(words)?;
    if !succeeds(nightly(&["--version"])) {
        return Err("fuzzing needs a nightly toolchain: rustup toolchain install nightly".into());
    }
    let tool = tool()?;
    let all = targets()?;
    let chosen: Vec<&String> = match &wish.target {
        Some(target) if !all.contains(target) => {
            return Err(format!("no such target; there are {}", all.join(", ")));
        }
        Some(target) => vec![target],
        None => all.iter().collect(),
    };
    let failed: Vec<&str> = chosen
        .into_iter()
        .filter(|target| run_one(&tool, target, wish.minutes).is_err())
        .map(String::as_str)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!("failed: {}. The inputs are in fuzz/corpus", failed.join(", ")))
}

impl Wish {
    fn read(words: &[&str]) -> Result<Self, String> {
        let number = |text: &str| text.parse().ok().filter(|minutes| *minutes > 0);
        let (minutes, rest) = match words {
            ["--minutes", minutes, rest @ ..] => (number(minutes), rest),
            rest => (Some(1), rest),
        };
        let minutes = minutes.ok_or("how many minutes?")?;
        match rest {
            [] => Ok(Self { minutes, target: None }),
            [target] => Ok(Self { minutes, target: Some((*target).to_owned()) }),
            _ => Err("one target, or none for all".to_owned()),
        }
    }
}

/// The names of the targets, in their order.
fn targets() -> Result<Vec<String>, String> {
    let dir = root().join("fuzz/fuzz_targets");
    let told = |error| format!("{}: {error}", dir.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&dir).map_err(told)? {
        let path = entry.map_err(told)?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn nightly(words: &[&str]) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).args(words).current_dir(root());
    command
}

/// Where cargo-fuzz is; installed below `target/` if there is none.
fn tool() -> Result<PathBuf, String> {
    let mut there = Command::new("cargo-fuzz");
    there.arg("--version");
    if succeeds(there) {
        return Ok("cargo-fuzz".into());
    }
    let place = root().join("target/tools");
    let tool = place.join("bin").join(format!("cargo-fuzz{}", std::env::consts::EXE_SUFFIX));
    if !tool.exists() {
        let mut install = nightly(&["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ]);
        install.arg("--root").arg(&place);
        run(install)?;
    }
    Ok(tool)
}

fn run_one(tool: &Path, target: &str, minutes: u64) -> Done {
    let found = root().join("target/fuzz/corpus").join(target);
    let failures = root().join("target/fuzz/failures").join(target);
    let seeds = root().join("fuzz/corpus").join(target);
    for dir in [&found, &failures] {
        let made = std::fs::create_dir_all(dir);
        made.map_err(|error| format!("{}: {error}", dir.display()))?;
    }
    let mut command = Command::new("rustup");
    // No sanitizer: it watches unsafe code, of which there is none of ours here.
    command.args(["run", "nightly"]).arg(tool);
    command.args(["run", "--sanitizer", "none", "--target-dir"]);
    command.arg(root().join("target/fuzz/build")).arg(target);
    // What is new goes into the first folder.
    command.args([&found, &seeds]).arg(root().join("tests/captures")).arg("--");
    command.arg(format!("-max_total_time={}", minutes * 60));
    command.args([format!("-timeout={PATIENCE}"), format!("-rss_limit_mb={MEMORY}")]);
    command.arg(format!("-max_len={LONGEST}"));
    command.arg(format!("-artifact_prefix={}/", failures.display()));
    let words = root().join("fuzz/words").join(target);
    if words.exists() {
        command.arg(format!("-dict={}", words.display()));
    }
    command.current_dir(root());
    run(command).inspect_err(|_| keep(&failures, &seeds))
}

/// Keeps failing inputs where the tests will find them.
fn keep(failures: &Path, seeds: &Path) {
    let Ok(entries) = std::fs::read_dir(failures) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(name) = path.file_name() else { continue };
        match std::fs::copy(&path, seeds.join(name)) {
            Ok(_) => eprintln!("kept {}", seeds.join(name).display()),
            Err(error) => eprintln!("{}: {error}", path.display()),
        }
    }
}
