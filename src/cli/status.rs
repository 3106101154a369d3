//! `navette status`, `navette pause` and `navette resume`: questions to a
//! Navette that watches.

use std::path::Path;

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::activity::{Kept, bursts};
use crate::api::{self, AskError, Standing, Standings, Waits};
use crate::clock::{Clock as _, SystemClock};
use crate::event::Cause;
use crate::overview::{overview, progress_line};
use crate::settings::{Places, local_dir};
use crate::text;

use super::args::{PauseArgs, ResumeArgs, StatusArgs, SyncArgs};
use super::console::Console;
use super::decide;
use super::failure::{Exit, Failure};

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
    headline(console, &pairs, args.local_dir.is_none()).await?;
    let asked = params(console, args.local_dir.as_deref(), json!({}))?;
    // Of another version, perhaps: then what is left says it.
    let concerns = api::concerns(&Places::find()?.run_dir(), &asked).await.ok();
    for pair in &pairs {
        print(console, pair, concerns.as_deref());
        print_recent(console, pair);
    }
    Ok(exit(&pairs))
}

/// Prints the one picture of everything, as the window shows it.
async fn headline(console: &Console, pairs: &[Value], all: bool) -> Result<(), Failure> {
    let stands = pairs.iter().map(Standing::deserialize);
    // Of another version, which says it otherwise: the pairs are printed all the same.
    let Ok(stands) = stands.collect::<Result<Vec<_>, _>>() else { return Ok(()) };
    if !all {
        return Ok(());
    }
    let several = stands.iter().any(|pair| pair.account != stands[0].account);
    let accounts = match several {
        true => api::accounts(&Places::find()?.run_dir(), &[]).await,
        false => Vec::new(),
    };
    let now = SystemClock::new().wall();
    let overview = overview(&console.texts, &stands, &accounts, now);
    console.print(&overview.headline);
    console.print(&overview.rest);
    Ok(())
}

/// Has a pair synced by whoever watches it, and waits for the end of that; none
/// if nobody does, or if more is wanted than can be asked for.
pub(super) async fn synced(console: &Console, args: &SyncArgs) -> Result<Option<Exit>, Failure> {
    if !args.is_plain() && !decide::of_sync(console, args).await? {
        return Ok(None);
    }
    let waits = if args.no_wait { Waits::Not } else { Waits::ForAWhile };
    // Nobody does, or nobody any more. If somebody does and says nothing, the
    // pair cannot be opened, which says so.
    Ok(outcome(console, &args.pair.local_dir, args.json, waits).await.ok())
}

/// Has a pair synced by whoever watches it, and shows how that ends.
pub(super) async fn outcome(
    console: &Console,
    folder: &Path,
    json: bool,
    waits: Waits,
) -> Result<Exit, Failure> {
    let params = params(console, Some(folder), json!({}))?;
    let pair = api::sync(&Places::find()?.run_dir(), &params, waits).await?;
    match json {
        true => console.print(&json!({"watched": pair}).to_string()),
        false => print(console, &pair, None),
    }
    Ok(exit_of(&pair))
}

/// How a sync ends that leaves a pair so.
pub(super) fn exit_of(pair: &Value) -> Exit {
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
    more: Value,
) -> Result<Standings, Failure> {
    let params = params(console, folder, more)?;
    Ok(api::ask(&Places::find()?.run_dir(), method, &params).await?)
}

/// What a question says besides.
pub(super) fn params(
    console: &Console,
    folder: Option<&Path>,
    mut more: Value,
) -> Result<Value, Failure> {
    if let Some(folder) = folder {
        // A folder whose disk is gone is watched all the same.
        let path = local_dir(folder).or_else(|_| std::path::absolute(folder));
        let path = path.map_err(|error| Failure::File(folder.to_owned(), error))?;
        more["folder"] = json!(path.to_string_lossy());
    }
    more["language"] = json!(console.texts.language().tag());
    Ok(more)
}

/// Equal if all of them are.
fn exit(pairs: &[Value]) -> Exit {
    let equal = |pair: &Value| pair["state"] == "up-to-date";
    match !pairs.is_empty() && pairs.iter().all(equal) {
        true => Exit::Equal,
        false => Exit::Unfinished,
    }
}

/// Prints what was done last, oldest first, as `activity` does.
fn print_recent(console: &Console, pair: &Value) {
    let recent = pair["recent"].as_array().into_iter().flatten().rev();
    for kept in recent.filter_map(|told| Kept::deserialize(told).ok()) {
        let kept = [kept];
        for burst in bursts(&kept) {
            let date = console.texts.date(burst.first.at);
            let args =
                [("date", date.into()), ("line", text::burst(&console.texts, &burst).into())];
            console.print(&format!("  {}", console.texts.say("activity-line", &args)));
        }
    }
}

/// Prints some of the files that a question is about, and how many more there
/// are. Of one alone its sentence has the name, and what was deleted in masses is
/// listed where it is decided.
fn print_files(console: &Console, about: &Value) {
    let files = about["files"].as_u64().unwrap_or(0);
    let sample = about["sample"].as_array().map(Vec::as_slice).unwrap_or_default();
    if about["kind"] == "brake" || files < 2 {
        return;
    }
    for file in sample {
        // A path alone, or one with what belongs to it.
        let path = file.as_str().or(file["path"].as_str()).unwrap_or_default();
        console.print(&format!("    {path}"));
    }
    let more = files.saturating_sub(u64::try_from(sample.len()).unwrap_or(u64::MAX));
    if more > 0 {
        console.print(&format!("    {}", console.texts.say("line-more", &[("n", more.into())])));
    }
}

/// Prints a pair in words: how it stands, what moves, what needs somebody, what
/// is left and why.
fn print(console: &Console, pair: &Value, concerns: Option<&[Value]>) {
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
    let progress = api::Progress::deserialize(&pair["progress"]).ok();
    let line_of = |progress| progress_line(&console.texts, [progress]);
    if let Some(line) = progress.as_ref().and_then(line_of) {
        console.print(&format!("  {line}"));
    }
    for moving in progress.into_iter().flat_map(|progress| progress.moving) {
        let args = [("path", moving.path.into())];
        console.print(&format!("  {}", console.texts.say("watch-moving", &args)));
    }
    let of_pair = |concern: &&Value| concern["folder"] == pair["folder"];
    for concern in concerns.into_iter().flatten().filter(of_pair) {
        console.print(&format!("  {}", said(&concern["said"])));
        print_files(console, &concern["about"]);
        let id = match concern["about"]["kind"].as_str() {
            Some("brake") => "decide-brake",
            Some("gate") if concern["about"]["compare"] == true => "decide-gate",
            _ => continue,
        };
        console.print(&format!("  {}", console.texts.say(id, &[])));
    }
    for brake in list(&pair["brakes"]).iter().filter(|_| concerns.is_none()) {
        console.print(&format!("  {}", said(&brake["said"])));
    }
    let is_said = |item: &Value| {
        let cause = Cause::deserialize(&item["cause"]);
        concerns.is_some() && item["blocks"] == true && cause.is_ok_and(|cause| !cause.passes())
    };
    for item in list(&pair["left"]).iter().filter(|item| !is_said(item)) {
        console.print(&format!("  {}", line(text(&item["path"]), said(&item["said"]))));
    }
    if !pair["unwatched"].is_null() {
        console.print(&format!("  {}", said(&pair["unwatched"])));
    }
}
