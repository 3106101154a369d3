//! `cargo xtask sim`: stories by seeds, or one from a tape.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

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
    let seeds = seeds(&args.seeds)?;
    let families = FAMILIES
        .iter()
        .filter(|(word, _)| args.family.as_deref().is_none_or(|family| family == *word));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or(cores);
    let mut all = Outcome::default();
    for (family, dialect) in families {
        if args.trace {
            print_one(seeds.start, *dialect);
        }
        let begun = Instant::now();
        let outcome = trial::many(seeds.clone(), *dialect, threads, || false);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{family:10} {} stories, {} end badly, {:.0} a second and thread",
            outcome.stories,
            outcome.bad.len(),
            outcome.stories as f64 / seconds / threads as f64,
        );
        for bad in outcome.bad.iter().take(10) {
            println!("  seed {}: {}", bad.seed, first_line(bad));
        }
        if let Some(bad) = outcome.bad.first().filter(|_| args.shrink > 0) {
            shorten(bad, args.shrink);
        }
        all.add(outcome);
    }
    if args.reached {
        all.reached.iter().for_each(|(point, count)| println!("{count:9}  {point}"));
    }
    Ok(all.bad.is_empty())
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

fn shorten(bad: &Bad, tries: usize) {
    let (before, _) = bad.tape.weight();
    let tape = shrink(&bad.tape, tries);
    println!("  seed {} in {} decisions instead of {before}:", bad.seed, tape.weight().0);
    println!("# seed {} of {}", bad.seed, word(tape.dialect));
    print!("{tape}");
}
