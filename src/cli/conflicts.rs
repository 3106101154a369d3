//! `navette conflicts`: files that stand here in two versions.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::activity::{Filter, Recorder};
use crate::api::{self, AskError};
use crate::clock::{Clock as _, SystemClock};
use crate::conflicts::{self, Choice, Conflict, Request, Selection};
use crate::journal::{Journal, OnDisk};
use crate::model::Timing;
use crate::pair;
use crate::report::EngineError;
use crate::settings::Places;
use crate::text;

use super::args::{ConflictsCommand, KeepArgs, MeantArgs, Since};
use super::console::Console;
use super::explain::{found, resolved};
use super::failure::{Exit, Failure};
use super::status::params;
use super::target::{self, Target};

/// How long whoever watches may take to come to it: a run is let to its end.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &ConflictsCommand) -> Result<Exit, Failure> {
    match command {
        ConflictsCommand::List { local_dir, meant, json } => {
            list(console, local_dir.as_deref(), meant, *json)
        }
        ConflictsCommand::KeepMine(args) => keep(console, args, Choice::Mine).await,
        ConflictsCommand::KeepTheirs(args) => keep(console, args, Choice::Theirs).await,
        ConflictsCommand::KeepBoth(args) => keep(console, args, Choice::Both).await,
        ConflictsCommand::Undo { local_dir, meant, entry, json } => {
            undo(console, (local_dir.as_deref(), meant), *entry, *json).await
        }
    }
}

fn list(
    console: &Console,
    folder: Option<&Path>,
    args: &MeantArgs,
    json: bool,
) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    let targets = target::all(console, folder, &args.side)?;
    for target in &targets {
        let conflicts = standing(target, &selection(args, Vec::new())?)?;
        if json {
            let folder = target.pair.local.to_string_lossy();
            documents.push(json!({"folder": folder, "conflicts": conflicts}));
            continue;
        }
        if targets.len() > 1 {
            console.print(&text::readable(&target.pair.local.to_string_lossy()));
        }
        if conflicts.is_empty() {
            console.say("conflicts-none", &[]);
        }
        for conflict in &conflicts {
            text::conflict(&console.texts, conflict).iter().for_each(|line| console.print(line));
        }
    }
    if json {
        console.print(&json!({"exit": 0, "pairs": documents}).to_string());
    }
    Ok(Exit::Equal)
}

/// What stands in the folder, as it was last looked at.
fn standing(target: &Target, selection: &Selection) -> Result<Vec<Conflict>, Failure> {
    let rows = Journal::read_only(&OnDisk::new(&target.state_dir));
    let rows = rows.map_err(|error| target.failed(EngineError::from(error)))?.unwrap_or_default();
    Ok(conflicts::list(&rows, selection, &[&pair::device(), &target.called()?]))
}

fn selection(args: &MeantArgs, paths: Vec<String>) -> Result<Selection, Failure> {
    let under = args.under.as_deref().map(Filter::parse).transpose();
    let under = under.map_err(|_| Failure::BadPattern(args.under.clone().unwrap_or_default()))?;
    let now = SystemClock::new().wall();
    let before = args.older_than.map(|since| match since {
        Since::Ago(seconds) => now.saturating_sub(seconds),
        Since::At(moment) => moment,
    });
    Ok(Selection { paths, under, before, equal: args.equal })
}

async fn keep(console: &Console, args: &KeepArgs, choice: Choice) -> Result<Exit, Failure> {
    let meant = &args.meant;
    let by_rule = meant.under.is_some() || meant.older_than.is_some() || meant.equal;
    if args.paths.is_empty() && !args.all && !by_rule {
        return Err(Failure::Conflicts("conflicts-which"));
    }
    let (targets, paths) = targets(console, args)?;
    let selection = selection(meant, paths)?;
    let (mut documents, mut exit, mut any) = (Vec::new(), Exit::Equal, false);
    for target in &targets {
        if args.dry_run {
            let conflicts = standing(target, &selection)?;
            any |= !conflicts.is_empty();
            for conflict in conflicts.iter().filter(|_| !args.json) {
                console.print(&text::would(&console.texts, choice, conflict));
            }
            documents.push(told(target, &json!({"conflicts": conflicts, "done": []})));
            continue;
        }
        let more = json!({
            "choice": choice, "paths": selection.paths, "under": meant.under,
            "before": selection.before, "equal": meant.equal, "all": true,
        });
        let request = Request::Choose(choice, selection.clone());
        let answer = asked(console, target, "choose", more, request).await?;
        any |= answer["done"].as_array().is_some_and(|done| !done.is_empty());
        exit = shown(console, &answer, args.json).unwrap_or(exit);
        documents.push(told(target, &answer));
    }
    if !any && !args.paths.is_empty() {
        return Err(Failure::Conflicts("conflicts-none-meant"));
    }
    if args.json {
        console.print(&json!({"exit": exit as u8, "pairs": documents}).to_string());
    } else if !any {
        console.say("conflicts-none", &[]);
    } else if !args.dry_run && exit == Exit::Equal {
        console.say("conflicts-undo", &[]);
    }
    Ok(exit)
}

/// The pairs that are meant, and the paths below the folder, if any are.
fn targets(console: &Console, args: &KeepArgs) -> Result<(Vec<Target>, Vec<String>), Failure> {
    let folder = args.folder.as_deref();
    let mut paths = Vec::new();
    let mut target: Option<Target> = None;
    for path in &args.paths {
        let folder: Option<PathBuf> =
            target.as_ref().map(|target| target.pair.local.clone()).or(folder.map(Path::to_owned));
        let (of, below) = found(console, &resolved(path)?, folder.as_deref(), &args.meant.side)?;
        paths.push(below.as_str().to_owned());
        target = Some(of);
    }
    match target {
        Some(target) => Ok((vec![target], paths)),
        None => Ok((target::all(console, folder, &args.meant.side)?, paths)),
    }
}

async fn undo(
    console: &Console,
    (folder, args): (Option<&Path>, &MeantArgs),
    entry: Option<i64>,
    json: bool,
) -> Result<Exit, Failure> {
    let targets = target::all(console, folder, &args.side)?;
    let [target] = targets.as_slice() else {
        return Err(Failure::Conflicts("conflicts-which-folder"));
    };
    let more = json!({"entry": entry});
    let answer = asked(console, target, "undo", more, Request::Undo(entry)).await?;
    let Some(exit) = shown(console, &answer, json) else {
        return Err(Failure::Conflicts("conflicts-nothing-to-undo"));
    };
    if json {
        let document = json!({"exit": exit as u8, "pairs": [told(target, &answer)]});
        console.print(&document.to_string());
    }
    Ok(exit)
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
    let params = params(console, Some(&target.pair.local), more)?;
    match api::call(&Places::find()?.run_dir(), method, &params, PATIENCE).await {
        Err(AskError::Nobody | AskError::NotWatched | AskError::NotOpen) => {}
        told => return Ok(told?),
    }
    let opened = pair::open_aside(&target.pair, target.state_dir.clone(), Timing::default());
    let (here, mut journal) = opened.map_err(|error| target.failed(error))?;
    let recorder = Recorder::new(&target.state_dir);
    let answer = conflicts::answer(&here, &mut journal, &recorder, &request).await;
    journal.close().map_err(|error| target.failed(EngineError::from(error)))?;
    Ok(json!(api::answer_of(&console.texts, &request, answer)))
}

/// Prints what was done, for people. Returns how the command ends; none if
/// there was nothing to do.
fn shown(console: &Console, answer: &Value, json: bool) -> Option<Exit> {
    let done = answer["done"].as_array().filter(|done| !done.is_empty())?;
    for one in done.iter().filter(|_| !json) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let sentence = text(&one["said"]["sentence"]);
        match one["said"]["remedy"].as_str() {
            None => console.print(&sentence),
            Some(remedy) => {
                let said = format!("{sentence} {remedy}");
                let args = [("path", text(&one["path"]).into()), ("sentence", said.into())];
                console.say("line-item", &args);
            }
        }
    }
    let all = done.iter().all(|one| one["reason"].is_null());
    Some(if all { Exit::Equal } else { Exit::Unfinished })
}

fn told(target: &Target, answer: &Value) -> Value {
    let mut told = answer.clone();
    told["folder"] = json!(target.pair.local.to_string_lossy());
    told
}
