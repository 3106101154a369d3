//! `cargo xtask bench peers`: Navette beside two other programs, on the same server.
//!
//! Every round plays the same story with each program, one after the other,
//! each on a fresh `navette serve` of its own, so that neither a warm cache
//! nor a busy machine favours one of them. What is measured is the whole
//! process, from its start to its end. The table of medians goes to standard
//! output, for `docs/BENCHMARKS.md`.

mod measure;
mod program;
mod server;
mod story;

use std::path::Path;

use self::measure::Figures;
use self::program::Program;
use self::story::Story;
use crate::packages;
use crate::run::{Done, cargo, root, run};

pub(crate) use self::measure::measured;

/// What the programs are given to do, in this order.
const ROWS: [&str; 9] = [
    "first upload of 1,000 files of 4 KiB in 25 folders",
    "no change",
    "first download of them",
    "all touched, all equal",
    "11 folders moved",
    "the same, arriving on a second computer",
    "one new file of 1 GiB up",
    "the same down",
    "a copy of it, up",
];

/// Figures of one row: one list a program, one entry a round.
type Row = Vec<Vec<Figures>>;

/// Measures so many rounds, and prints the table.
pub(crate) fn bench(rounds: usize) -> Done {
    packages::provide_peers()?;
    run(cargo(&["build", "--workspace", "--all-features", "--release", "--bin", "navette"]))?;
    let place = root().join("target/bench-peers");
    let mut rows: Vec<Row> = vec![vec![Vec::new(); Program::ALL.len()]; ROWS.len()];
    for round in 1..=rounds {
        for (column, program) in Program::ALL.into_iter().enumerate() {
            eprintln!("round {round} of {rounds}: {}", program.name());
            let figures = played(program, &place)?;
            for (row, figures) in rows.iter_mut().zip(figures) {
                row[column].push(figures);
            }
        }
    }
    print(&rows, rounds);
    Ok(())
}

/// Plays the story once, in a folder that is empty before and gone after.
fn played(program: Program, place: &Path) -> Result<Vec<Figures>, String> {
    let told = |error| format!("{}: {error}", place.display());
    if place.exists() {
        std::fs::remove_dir_all(place).map_err(told)?;
    }
    std::fs::create_dir_all(place).map_err(told)?;
    let figures = Story::begin(program, place)?.play()?;
    std::fs::remove_dir_all(place).map_err(told)?;
    if figures.len() == ROWS.len() {
        Ok(figures)
    } else {
        Err(format!("{} figures for {} rows", figures.len(), ROWS.len()))
    }
}

fn print(rows: &[Row], rounds: usize) {
    println!(
        "| medians of {rounds} | program | wall s | CPU s | peak MiB | requests | MB sent | MB got |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|");
    for (name, row) in ROWS.iter().zip(rows) {
        let mut name = *name;
        for (program, figures) in Program::ALL.into_iter().zip(row) {
            let of = |figure: fn(&Figures) -> f64| median(figures.iter().map(figure).collect());
            println!(
                "| {name} | {} | {:.2} | {:.2} | {:.0} | {:.0} | {:.1} | {:.1} |",
                program.name(),
                of(|figures| figures.wall),
                of(|figures| figures.cpu),
                of(|figures| figures.peak),
                of(|figures| figures.requests),
                of(|figures| figures.sent) / 1e6,
                of(|figures| figures.got) / 1e6,
            );
            name = "";
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        _ if values.is_empty() => 0.0,
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}
