//! `navette trash`: what was put aside in `.navette/aside`.

use std::time::Duration;

use crate::execute::aside;
use crate::model::Timing;
use crate::pair;
use crate::report::EngineError;

use super::args::{PairArgs, TrashCommand};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::Target;

/// Seconds of a day.
const DAY: u64 = 24 * 3600;

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &TrashCommand) -> Result<Exit, Failure> {
    match command {
        TrashCommand::List { pair } => list(console, pair),
        TrashCommand::Restore { pair, numbers } => restore(console, pair, numbers).await,
        TrashCommand::Purge { pair, older_than } => purge(console, pair, *older_than).await,
    }
}

fn list(console: &Console, args: &PairArgs) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let (_here, journal) = open(&target, Timing::default())?;
    let asides = aside::list(journal.rows());
    if asides.is_empty() {
        console.say("trash-list-none", &[]);
    }
    for (number, row) in asides {
        let args = [
            ("number", number.to_string().into()),
            ("path", row.path.as_str().into()),
            ("size", console.texts.size(row.seen.size).into()),
            ("date", console.texts.date(row.at).into()),
        ];
        console.say("trash-line", &args);
    }
    Ok(Exit::Equal)
}

async fn restore(console: &Console, args: &PairArgs, numbers: &[u64]) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let (here, mut journal) = open(&target, Timing::default())?;
    let mut exit = Exit::Equal;
    for &number in numbers {
        if !journal.rows().asides.contains_key(&number) {
            return Err(Failure::NotAside(number));
        }
        let restored = aside::restore(&here, &mut journal, number).await;
        match restored.map_err(|error| target.failed(error))? {
            Some(path) => console.say("trash-restored", &[("path", path.as_str().into())]),
            None => {
                exit = Exit::Unfinished;
                console.say("trash-gone", &[("number", number.to_string().into())]);
            }
        }
    }
    journal.close().map_err(|error| target.failed(EngineError::from(error)))?;
    Ok(exit)
}

async fn purge(console: &Console, args: &PairArgs, days: u64) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let keep_aside = Duration::from_secs(days.saturating_mul(DAY));
    let timing = Timing { keep_aside, ..Timing::default() };
    let (here, mut journal) = open(&target, timing)?;
    let purged = aside::purge(&here, &mut journal).await.map_err(|error| target.failed(error))?;
    journal.close().map_err(|error| target.failed(EngineError::from(error)))?;
    console.say("trash-purged", &[("n", purged.gone.len().into())]);
    for path in &purged.returned {
        console.say("trash-returned", &[("path", path.as_str().into())]);
    }
    Ok(Exit::Equal)
}

fn open(
    target: &Target,
    timing: Timing,
) -> Result<(pair::Here<pair::Nowhere>, crate::journal::Journal), Failure> {
    pair::open_aside(&target.pair, target.state_dir.clone(), timing)
        .map_err(|error| target.failed(error))
}
