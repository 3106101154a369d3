//! `cargo xtask proof`: hours of everything that tries to break Navette.
//!
//! Stories are told on all cores all the time. Beside them the planner goes
//! through its exhaustive cases once, each fuzz target gets its minutes, and
//! for the rest of the time the program as it is shipped goes through native
//! cases. What each said lies in `target/proof`; what the stories found, too,
//! as tapes for `tests/sim/tapes`.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::run::{Done, cargo, root, run};
use crate::test::{self, WORKSPACE};

/// Of all the time, each fuzz target gets this part, in minutes a hour.
const FUZZ: f64 = 1.5;

/// Lines of each that are shown in the end.
const MOST: usize = 16;

/// What can be asked for.
struct Wish {
    time: Duration,
    /// The first seed of stories and native cases.
    from: u64,
}

/// One of the machines, and how it ended.
struct Part {
    name: &'static str,
    done: Done,
    /// Lines of its log with one of these are worth telling.
    counts: &'static [&'static str],
}

/// Runs all of it, and says in the end what each came to.
#[allow(clippy::disallowed_methods, reason = "hours of a proof are real time")]
pub(crate) fn proof(words: &[&str]) -> Done {
    let wish = Wish::read(words)?;
    test::prepare()?;
    let place = root().join("target/proof");
    std::fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    run(cargo(&["build", "--release", "--package", "navette-sim"]))?;
    run(cargo(&[&["build"], WORKSPACE, &["--bins"]].concat()))?;
    run(cargo(&[&["test", "--release", "--no-run"], WORKSPACE, &["--test", "plan"]].concat()))?;
    println!("from seed {} on; what each says lies in {}", wish.from, place.display());
    let begun = Instant::now();
    let mut stories = start(stories(&wish, &place), &place.join("stories.log"))?;
    let (planner, fuzz) = (planner(&place), fuzzed(&wish, &place));
    let left = wish.time.saturating_sub(begun.elapsed()).as_secs() / 60;
    let native = native(&wish, left.max(1), &place);
    let ended = stories.wait().map_err(|error| format!("stories: {error}"))?;
    let stories = if ended.success() { Ok(()) } else { Err("some ended badly".to_owned()) };
    let parts = [
        Part { name: "stories", done: stories, counts: &["stories of seeds", "rate:"] },
        Part { name: "planner", done: planner, counts: &[" cases", "test result"] },
        Part { name: "fuzz", done: fuzz, counts: &["Running: ", "Done "] },
        Part { name: "native", done: native, counts: &["from seed", "end badly; the long pair"] },
    ];
    tell(&parts, &place)
}

impl Wish {
    fn read(words: &[&str]) -> Result<Self, String> {
        let mut wish = Self { time: Duration::ZERO, from: fresh() };
        for pair in words.chunks(2) {
            match pair {
                ["--hours", hours] => {
                    let hours = hours.parse::<f64>().ok().filter(|hours| *hours > 0.0);
                    let hours = hours.ok_or("how many hours?")?;
                    wish.time = Duration::from_secs_f64(hours * 3600.0);
                }
                ["--from", seed] => wish.from = seed.parse().map_err(|_| "which seed?")?,
                _ => return Err("proof --hours N [--from SEED]".into()),
            }
        }
        if wish.time.is_zero() { Err("proof --hours N [--from SEED]".into()) } else { Ok(wish) }
    }

    fn minutes(&self) -> u64 {
        (self.time.as_secs() / 60).max(1)
    }
}

/// Seeds that nobody had before.
#[allow(clippy::disallowed_methods, reason = "another number at every start")]
fn fresh() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_secs())
}

fn stories(wish: &Wish, place: &Path) -> Command {
    let mut command = Command::new(root().join("target/release/navette-sim"));
    command.args(["--minutes", &wish.minutes().to_string(), "--reached"]);
    command.args(["--seeds", &format!("{}-{}", wish.from, u64::MAX)]);
    command.arg("--keep").arg(place.join("tapes"));
    command
}

fn planner(place: &Path) -> Done {
    let words = [&["test", "--release"], WORKSPACE, &["--test", "plan", "--", "--nocapture"]];
    let mut command = cargo(&words.concat());
    command.env("NAVETTE_EXHAUSTIVE", "1");
    finish(command, &place.join("planner.log"))
}

fn fuzzed(wish: &Wish, place: &Path) -> Done {
    let minutes = (wish.time.as_secs_f64() / 3600.0 * FUZZ).ceil() as u64;
    let words = ["xtask", "fuzz", "--minutes", &minutes.max(1).to_string()];
    finish(cargo(&words), &place.join("fuzz.log"))
}

fn native(wish: &Wish, minutes: u64, place: &Path) -> Done {
    let mut command = Command::new(root().join("target/debug/navette-native"));
    command.args(["soak", "--minutes", &minutes.to_string(), "--seed", &wish.from.to_string()]);
    finish(command, &place.join("native.log"))
}

/// Starts a command that writes into `log`.
fn start(mut command: Command, log: &Path) -> Result<Child, String> {
    let told = |error: std::io::Error| format!("{}: {error}", log.display());
    let out = File::create(log).map_err(told)?;
    let errors = out.try_clone().map_err(told)?;
    command.stdout(out).stderr(errors).spawn().map_err(told)
}

fn finish(command: Command, log: &Path) -> Done {
    let ended =
        start(command, log)?.wait().map_err(|error| format!("{}: {error}", log.display()))?;
    if ended.success() { Ok(()) } else { Err(format!("{ended}; see {}", log.display())) }
}

/// Prints what counts of each log.
fn tell(parts: &[Part], place: &Path) -> Done {
    for Part { name, done, counts } in parts {
        let text = std::fs::read_to_string(place.join(format!("{name}.log"))).unwrap_or_default();
        println!("== {name}: {}", done.as_ref().err().map_or("nothing failed", String::as_str));
        let lines = text.lines().filter(|line| counts.iter().any(|word| line.contains(word)));
        let lines: Vec<_> = lines.collect();
        // What is told again and again is told best at the end.
        lines.iter().skip(lines.len().saturating_sub(MOST)).for_each(|line| println!("{line}"));
    }
    let failed = parts.iter().filter(|part| part.done.is_err()).map(|part| part.name);
    let failed: Vec<_> = failed.collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}
