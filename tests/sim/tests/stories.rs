//! The ordinary run: enough stories that every rule, fault and crash point is
//! met, and each ends well.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use navette_sim::reached::Reached;
use navette_sim::tape::{Chances, FAMILIES, Tape};
use navette_sim::trial::{self, Outcome};
use navette_sim::world::Trace;

/// Stories of each family in the ordinary run. `cargo xtask sim` tells more.
const STORIES: u64 = 500;

/// What the stories must reach, a line each, as `cargo xtask sim --reached` prints it.
const POINTS: &str = include_str!("points.txt");

#[test]
fn stories_end_well_and_reach_everything() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Outcome::default();
    for (_, dialect) in FAMILIES {
        all.add(trial::many(0..STORIES, dialect, threads, || false));
    }
    let told = all.bad.iter().map(|bad| {
        let (seed, failure) = (bad.seed, &bad.failure.0);
        format!("seed {seed}: {failure}\n{}", bad.tape.clone().trimmed())
    });
    let told: Vec<String> = told.take(3).collect();
    assert!(all.bad.is_empty(), "{} stories end badly:\n{}", all.bad.len(), told.join("\n"));
    // What happens once in thousands of stories has a tape.
    let taped = Reached::default();
    for (_, tape) in tapes() {
        navette_sim::tell(&Chances::of_tape(&tape), &Trace::default(), &taped).unwrap();
    }
    let taped = taped.counts();
    let reached: BTreeSet<String> =
        all.reached.keys().chain(taped.keys()).map(ToString::to_string).collect();
    let missing = POINTS.lines().filter(|line| !line.is_empty() && !reached.contains(*line));
    let missing: Vec<&str> = missing.collect();
    assert!(missing.is_empty(), "never reached:\n{}", missing.join("\n"));
}

/// The tapes that are kept.
fn tapes() -> impl Iterator<Item = (PathBuf, Tape)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tapes");
    std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let tape = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        (path, tape)
    })
}

/// The trace of a story, and its tape.
fn traced(chances: &Chances) -> (blake3::Hash, Tape) {
    let trace = Trace::kept();
    navette_sim::tell(chances, &trace, &Reached::default()).unwrap();
    (blake3::hash(trace.lines().join("\n").as_bytes()), chances.tape())
}

#[test]
fn a_seed_told_twice_and_its_tape_tell_the_same_story() {
    for (_, dialect) in FAMILIES {
        for seed in 0..5 {
            let first = traced(&Chances::of_seed(seed, dialect));
            assert_eq!(first, traced(&Chances::of_seed(seed, dialect)), "{dialect:?} {seed}");
            assert_eq!(
                first,
                traced(&Chances::of_tape(&first.1)),
                "the tape of {dialect:?} {seed}"
            );
        }
    }
}

#[test]
fn a_tape_survives_being_written_down() {
    let chances = Chances::of_seed(3, FAMILIES[1].1);
    navette_sim::tell(&chances, &Trace::default(), &Reached::default()).unwrap();
    let tape = chances.tape();
    assert_eq!(format!("# for people\n{tape}").parse(), Ok(tape));
}

#[test]
fn stories_that_ended_badly_once_end_well() {
    for (path, tape) in tapes() {
        let told =
            navette_sim::tell(&Chances::of_tape(&tape), &Trace::default(), &Reached::default());
        assert_eq!(told, Ok(()), "{}", path.display());
    }
}
