//! `navette status`, `navette pause` and `navette resume`: questions to a
//! Navette that watches.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::{self, AskError, Standings};
use crate::clock::{Clock as _, SystemClock};
use crate::settings::{Places, local_dir};
use crate::text::Language;

use super::args::{PauseArgs, ResumeArgs, StatusArgs, SyncArgs};
use super::console::Console;
use super::failure::{Exit, Failure};

/// How often it is asked whether a sync has ended.
const PAUSE: Duration = Duration::from_millis(200);

/// So many runs of what waits are waited for.
const PATIENCE: u64 = 5;

/// Shows how pairs stand.
pub(super) async fn status(console: &Console, args: &StatusArgs) -> Result<Exit, Failure> {
    let told = ask(console, "status", args.local_dir.as_deref(), json!({})).await;
    if args.json {
        let (running, pairs) = match told {
            Ok(Standings { pairs }) => (true, pairs),
            Err(Failure::Ask(AskError::Nobody)) => (false, Vec::new()),
            Err(failure) => return Err(failure),
        };
        console.print(&json!({"running": running, "pairs": pairs}).to_string());
        return Ok(exit(&pairs));
    }
    let pairs = told?.pairs;
    pairs.iter().for_each(|pair| print(console, pair));
    Ok(exit(&pairs))
}

/// Has a pair synced by whoever watches it, and waits for the end of that; none
/// if nobody does, or if more is wanted than can be asked for.
pub(super) async fn synced(console: &Console, args: &SyncArgs) -> Result<Option<Exit>, Failure> {
    let folder = args.pair.local_dir.as_path();
    if !args.is_plain() {
        return Ok(None);
    }
    let before = match ask(console, "status", Some(folder), json!({})).await {
        Ok(Standings { pairs }) => pairs.into_iter().next().unwrap_or_default(),
        // What is wrong with them is said by whoever opens the pair.
        Err(_) => return Ok(None),
    };
    ask(console, "sync", Some(folder), json!({})).await?;
    let runs = |pair: &Value| pair["runs"].as_u64().unwrap_or(0);
    // A run that goes on already has perhaps looked past what is meant.
    let wanted = runs(&before) + 1 + u64::from(is_at_work(&before));
    let clock = SystemClock::new();
    loop {
        clock.sleep(PAUSE).await;
        let pairs = ask(console, "status", Some(folder), json!({})).await?.pairs;
        // In a pause no run will come.
        let ends = |pair: &&Value| runs(pair) >= wanted || pair["state"] == "paused";
        let Some(pair) = pairs.first().filter(ends) else { continue };
        let waits = pair["state"] == "waiting" && !args.no_wait && runs(pair) < wanted + PATIENCE;
        if is_at_work(pair) || waits {
            continue;
        }
        match args.json {
            true => console.print(&json!({"watched": pair}).to_string()),
            false => print(console, pair),
        }
        return Ok(Some(exit_of(pair)));
    }
}

fn is_at_work(pair: &Value) -> bool {
    matches!(pair["state"].as_str(), Some("starting" | "checking" | "syncing"))
}

/// How a sync ends that leaves a pair so.
fn exit_of(pair: &Value) -> Exit {
    let braked = pair["brakes"].as_array().is_some_and(|brakes| !brakes.is_empty());
    match pair["state"].as_str() {
        Some("up-to-date") => Exit::Equal,
        Some("hindered" | "stopped") => Exit::Server,
        _ if braked => Exit::Gate,
        _ => Exit::Unfinished,
    }
}

/// Lets pairs pause.
pub(super) async fn pause(console: &Console, args: &PauseArgs) -> Result<Exit, Failure> {
    let seconds = args.seconds.map_or(json!({}), |seconds| json!({"seconds": seconds}));
    ask(console, "pause", args.local_dir.as_deref(), seconds).await?;
    console.say("watch-pauses", &[]);
    Ok(Exit::Equal)
}

/// Lets pairs go on.
pub(super) async fn resume(console: &Console, args: &ResumeArgs) -> Result<Exit, Failure> {
    ask(console, "resume", args.local_dir.as_deref(), json!({})).await?;
    console.say("watch-resumes", &[]);
    Ok(Exit::Equal)
}

async fn ask(
    console: &Console,
    method: &str,
    folder: Option<&Path>,
    mut params: Value,
) -> Result<Standings, Failure> {
    if let Some(folder) = folder {
        // A folder whose disk is gone is watched all the same.
        let path = local_dir(folder).or_else(|_| std::path::absolute(folder));
        let path = path.map_err(|error| Failure::File(folder.to_owned(), error))?;
        params["folder"] = json!(path.to_string_lossy());
    }
    params["language"] = json!(match console.texts.language() {
        Language::English => "en",
        Language::French => "fr",
    });
    Ok(api::ask(&Places::find()?.run_dir(), method, &params).await?)
}

/// Equal if all of them are.
fn exit(pairs: &[Value]) -> Exit {
    let equal = |pair: &Value| pair["state"] == "up-to-date";
    match !pairs.is_empty() && pairs.iter().all(equal) {
        true => Exit::Equal,
        false => Exit::Unfinished,
    }
}

/// Prints a pair in words: how it stands, what moves, what is left and why.
fn print(console: &Console, pair: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = |value: &Value| {
        let (sentence, remedy) = (text(&value["sentence"]), text(&value["remedy"]));
        if remedy.is_empty() { sentence } else { format!("{sentence} {remedy}") }
    };
    let line = |path: String, sentence: String| {
        console.texts.say("line-item", &[("path", path.into()), ("sentence", sentence.into())])
    };
    console.print(&line(text(&pair["folder"]), said(&pair["said"])));
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for path in list(&pair["progress"]["moving"]) {
        let args = [("path", text(&path).into())];
        console.print(&format!("  {}", console.texts.say("watch-moving", &args)));
    }
    for brake in list(&pair["brakes"]) {
        console.print(&format!("  {}", said(&brake["said"])));
    }
    for item in list(&pair["left"]) {
        console.print(&format!("  {}", line(text(&item["path"]), said(&item["said"]))));
    }
    if !pair["unwatched"].is_null() {
        console.print(&format!("  {}", said(&pair["unwatched"])));
    }
}
