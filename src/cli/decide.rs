//! `navette decide`, and what `navette sync` decides while somebody else
//! watches the folder.

use serde_json::json;

use crate::api::{self, Answer, AskError, Waits};
use crate::model::Side;
use crate::plan::{Answered, Verdict};
use crate::report::{BrakeReport, SyncOptions};
use crate::settings::Places;
use crate::watch::{Live, Undecided};

use super::args::{DecideArgs, SyncArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::status;
use super::sync::{self, Opened};

/// How long whoever watches may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// Answers what a folder asks, and waits for what comes of it.
pub(super) async fn decide(console: &Console, args: &DecideArgs) -> Result<Exit, Failure> {
    let folder = &args.pair.local_dir;
    let places = Places::find()?;
    let more = json!({"answer": args.answer(), "side": args.side().map(Side::word)});
    let params = status::params(console, Some(folder), more)?;
    match api::call(&places.run_dir(), "decide", &params, PATIENCE).await {
        Ok(_) => status::outcome(console, folder, args.json, Waits::ForAWhile).await,
        Err(AskError::Nobody | AskError::NotWatched) => alone(console, args).await,
        Err(error) => Err(error.into()),
    }
}

/// What a sync decides besides, of a folder that somebody watches: whether
/// that is all that is wanted of it.
pub(super) async fn of_sync(console: &Console, args: &SyncArgs) -> Result<bool, Failure> {
    let Some(decides) = args.decides() else { return Ok(false) };
    let dir = Places::find()?.run_dir();
    let params = |more| status::params(console, Some(&args.pair.local_dir), more);
    let Ok(told) = api::ask(&dir, "status", &params(json!({}))?).await else { return Ok(false) };
    let mut answers = Vec::new();
    match decides {
        Decides::Compare => answers.push(json!({"answer": Answer::Compare})),
        Decides::AllowDeletes(most) => {
            for brake in told.pairs.iter().flat_map(|pair| pair["brakes"].as_array()).flatten() {
                let files = brake["files"].as_array().map_or(0, Vec::len) as u64;
                if most.is_none_or(|most| files <= most) {
                    answers.push(json!({"answer": Answer::Delete, "side": brake["side"]}));
                }
            }
        }
    }
    for answer in answers {
        api::call(&dir, "decide", &params(answer)?, PATIENCE).await?;
    }
    Ok(true)
}

/// What the options of a sync decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decides {
    /// Both sides are compared.
    Compare,
    /// What is held may go, where it is not more than that.
    AllowDeletes(Option<u64>),
}

/// Asks and answers at once, where nobody watches.
async fn alone(console: &Console, args: &DecideArgs) -> Result<Exit, Failure> {
    let verdict = match args.answer() {
        Answer::Restore => Some(Verdict::Restore),
        Answer::Delete => Some(Verdict::Delete),
        Answer::Compare | Answer::Again => None,
    };
    let anew = args.answer() == Answer::Compare;
    let mut opened = sync::open(console, &args.pair, &args.sign_in, Live::default(), anew).await?;
    let options = SyncOptions::default();
    if let Some(verdict) = verdict {
        let report = opened.run(&options).await?;
        let answered = answered(&report.brakes, args.side(), verdict)?;
        let Opened { engine, .. } = &mut opened;
        engine.answer(answered);
    }
    opened.finish(console, &options, args.json).await
}

fn answered(
    brakes: &[BrakeReport],
    side: Option<Side>,
    verdict: Verdict,
) -> Result<Answered, AskError> {
    let open = brakes.iter().map(|report| &report.brake);
    let open = open.filter(|brake| side.is_none_or(|side| brake.side == side));
    let brake = match *open.collect::<Vec<_>>() {
        [] => return Err(Undecided::NotAsked.into()),
        [brake] => brake,
        _ => return Err(Undecided::WhichSide.into()),
    };
    let mut answered = Answered::default();
    answered.take(brake, verdict);
    Ok(answered)
}
