//! `navette trash`: what was put aside in `.navette/aside`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::activity::Recorder;
use crate::api::{self, AskError};
use crate::asides::{self, Request, Where};
use crate::journal::{Journal, OnDisk};
use crate::model::Timing;
use crate::pair;
use crate::report::EngineError;
use crate::settings::Places;

use super::args::{PairArgs, TrashCommand};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::status;
use super::target::Target;

/// Seconds of a day.
const DAY: u64 = 24 * 3600;
/// How long whoever watches may take to come to it: a run is let to its end.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &TrashCommand) -> Result<Exit, Failure> {
    match command {
        TrashCommand::List { pair } => list(console, pair),
        TrashCommand::Restore { pair, beside, numbers } => {
            let to = if *beside { Where::Beside } else { Where::Place };
            restore(console, pair, numbers, to).await
        }
        TrashCommand::Purge { pair, older_than } => purge(console, pair, *older_than).await,
    }
}

fn list(console: &Console, args: &PairArgs) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let asides = Journal::asides(&OnDisk::new(&target.state_dir));
    let asides = asides.map_err(|error| target.failed(EngineError::from(error)))?;
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

async fn restore(
    console: &Console,
    args: &PairArgs,
    numbers: &[u64],
    to: Where,
) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let mut exit = Exit::Equal;
    for &number in numbers {
        let known = Journal::asides(&OnDisk::new(&target.state_dir));
        let known = known.map_err(|error| target.failed(EngineError::from(error)))?;
        if !known.contains_key(&number) {
            return Err(Failure::NotAside(number));
        }
        let more = json!({"number": number, "to": to});
        let told = asked(console, &target, "bring_back", more, Request::BringBack(number, to));
        let told = told.await?;
        match (told["path"].as_str(), told["reason"].as_str()) {
            (Some(path), _) => console.say("trash-restored", &[("path", path.into())]),
            (None, Some("gone")) => {
                exit = Exit::Unfinished;
                console.say("trash-gone", &[("number", number.to_string().into())]);
            }
            (None, _) => {
                exit = Exit::Unfinished;
                console.print(told["said"]["sentence"].as_str().unwrap_or_default());
            }
        }
    }
    Ok(exit)
}

async fn purge(console: &Console, args: &PairArgs, days: u64) -> Result<Exit, Failure> {
    let target = Target::find(console, args)?;
    let older = Duration::from_secs(days.saturating_mul(DAY));
    let more = json!({"seconds": i64::try_from(older.as_secs()).unwrap_or(i64::MAX)});
    let told = asked(console, &target, "empty_asides", more, Request::Empty(older)).await?;
    if let Some(sentence) = told["said"]["sentence"].as_str() {
        console.print(sentence);
        return Ok(Exit::Unfinished);
    }
    console.say("trash-purged", &[("n", told["gone"].as_u64().unwrap_or(0).into())]);
    for path in told["returned"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        console.say("trash-returned", &[("path", path.into())]);
    }
    Ok(Exit::Equal)
}

/// Has it done by whoever watches the folder; if nobody does, or if it is not
/// open there, here, under the folder's lock.
async fn asked(
    console: &Console,
    target: &Target,
    method: &str,
    more: Value,
    request: Request,
) -> Result<Value, Failure> {
    let params = status::params(console, Some(&target.pair.local), more)?;
    match api::call(&Places::find()?.run_dir(), method, &params, PATIENCE).await {
        Err(AskError::Nobody | AskError::NotWatched | AskError::NotOpen) => {}
        told => return Ok(told?),
    }
    let opened = pair::open_aside(&target.pair, target.state_dir.clone(), Timing::default());
    let (here, mut journal) = opened.map_err(|error| target.failed(error))?;
    let recorder = Recorder::new(&target.state_dir);
    let answer = asides::answer(&here, &mut journal, &recorder, request).await;
    journal.close().map_err(|error| target.failed(EngineError::from(error)))?;
    Ok(api::brought(&console.texts, answer))
}
