//! `cargo xtask sim`: stories by seeds, or one from a tape.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use navette::cloud::Dialect;
use navette_sim::reached::Reached;
use navette_sim::shrink::shrink;
use navette_sim::tape::{Chances, FAMILIES, Tape, word};
use navette_sim::trial::{self, Bad, Outcome};
use navette_sim::world::Trace;

/// Tells stories that try to break Navette.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim")]
struct Args {
    /// The seeds, `A-B` (B is not told), or one.
    #[arg(long, default_value = "0-1000")]
    seeds: String,
    /// One family of servers only.
    #[arg(long, value_parser = FAMILIES.map(|(word, _)| word))]
    family: Option<String>,
    /// Plays this tape, and prints what happens.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Prints what happens.
    #[arg(long)]
    trace: bool,
    /// Shortens the first story of each family that ends badly, in so many tries.
    #[arg(long, value_name = "TRIES", default_value_t = 2000)]
    shrink: usize,
    /// How many threads; all cores, if not said.
    #[arg(long)]
    threads: Option<usize>,
    /// Prints what was reached, and how often.
    #[arg(long)]
    reached: bool,
    /// For so long: block after block of seeds, from the first of `--seeds` on.
    #[arg(long)]
    minutes: Option<u64>,
    /// Keeps the tapes of stories that end badly in this folder.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// Seeds of each family that are told in turn when there is a time to fill.
const BLOCK: u64 = 100;

/// What was told of one family, and how long that took.
struct Told {
    family: &'static str,
    seeds: Range<u64>,
    outcome: Outcome,
    time: Duration,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("sim: {reason}");
            ExitCode::from(2)
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "how fast stories are told is real time")]
fn run(args: &Args) -> Result<bool, String> {
    if let Some(path) = &args.replay {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(replay(&text.parse()?));
    }
    let mut seeds = seeds(&args.seeds)?;
    let families: Vec<_> = FAMILIES
        .into_iter()
        .filter(|(word, _)| args.family.as_deref().is_none_or(|family| family == *word))
        .collect();
    let until = args.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let is_over = || until.is_some_and(|until| Instant::now() >= until);
    let mut told: Vec<Told> = Vec::new();
    loop {
        let block = if until.is_some() { seeds.start..seeds.start + BLOCK } else { seeds.clone() };
        for (family, dialect) in &families {
            let of_block = tell_block(args, &block, family, *dialect, is_over)?;
            match told.iter_mut().find(|told| told.family == *family) {
                Some(before) => before.add(of_block),
                None => told.push(of_block),
            }
        }
        if until.is_none() || is_over() {
            break;
        }
        seeds.start = block.end;
    }
    let mut all = Outcome::default();
    for told in told {
        println!("{}", told.summary(threads(args)));
        all.add(told.outcome);
    }
    if args.reached {
        all.reached.iter().for_each(|(point, count)| println!("{count:9}  {point}"));
    }
    Ok(all.bad.is_empty())
}

fn threads(args: &Args) -> usize {
    args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Tells the stories of one family, and says at once which end badly.
#[allow(clippy::disallowed_methods, reason = "how fast stories are told is real time")]
fn tell_block(
    args: &Args,
    seeds: &Range<u64>,
    family: &'static str,
    dialect: Dialect,
    is_over: impl Fn() -> bool + Sync,
) -> Result<Told, String> {
    if args.trace {
        print_one(seeds.start, dialect);
    }
    let begun = Instant::now();
    let outcome = trial::many(seeds.clone(), dialect, threads(args), is_over);
    let time = begun.elapsed();
    for bad in outcome.bad.iter().take(10) {
        println!("{family} {}: {}", bad.seed, first_line(bad));
    }
    if let Some(bad) = outcome.bad.first().filter(|_| args.shrink > 0) {
        shorten(bad, args.shrink, args.keep.as_deref())?;
    }
    Ok(Told { family, seeds: seeds.clone(), outcome, time })
}

impl Told {
    /// Adds a later block.
    fn add(&mut self, later: Self) {
        self.seeds.end = later.seeds.end;
        self.outcome.add(later.outcome);
        self.time += later.time;
    }

    fn summary(&self, threads: usize) -> String {
        let Self { family, seeds, outcome, time } = self;
        format!(
            "{family:10} {} stories of seeds {}-{}, {} end badly, {:.0} a second and thread",
            outcome.stories,
            seeds.start,
            seeds.end,
            outcome.bad.len(),
            outcome.stories as f64 / time.as_secs_f64() / threads as f64,
        )
    }
}

fn first_line(bad: &Bad) -> &str {
    bad.failure.0.lines().next().unwrap_or_default()
}

fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    match text.split_once('-') {
        Some((from, to)) => Ok(number(from)?..number(to)?),
        None => number(text).map(|seed| seed..seed + 1),
    }
}

fn print_one(seed: u64, dialect: Dialect) {
    let chances = Chances::of_seed(seed, dialect);
    let _ = navette_sim::tell(&chances, &Trace::aloud(), &Reached::default());
    println!("{}", chances.tape().trimmed());
}

/// Tells a tape with its trace; whether it ends well.
fn replay(tape: &Tape) -> bool {
    // What the engine itself says, if it is asked: `RUST_LOG=navette=debug`.
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    let log = tracing_subscriber::fmt().with_env_filter(filter).without_time();
    log.with_target(false).with_writer(std::io::stdout).init();
    let told = navette_sim::tell(&Chances::of_tape(tape), &Trace::aloud(), &Reached::default());
    match told {
        Ok(()) => {
            println!("It ends well.");
            true
        }
        Err(failure) => {
            println!("It ends badly: {}", failure.0);
            false
        }
    }
}

/// Prints the shortest tape that is found, and keeps it if that is wanted.
fn shorten(bad: &Bad, tries: usize, keep: Option<&Path>) -> Result<(), String> {
    let (before, _) = bad.tape.weight();
    let tape = shrink(&bad.tape, tries);
    let family = word(tape.dialect);
    println!("  seed {} in {} decisions instead of {before}:", bad.seed, tape.weight().0);
    let text = format!("# seed {} of {family}\n{tape}", bad.seed);
    print!("{text}");
    let Some(dir) = keep else { return Ok(()) };
    let path = dir.join(format!("{family}-{}.tape", bad.seed));
    let kept = std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&path, text));
    kept.map_err(|error| format!("{}: {error}", path.display()))
}
