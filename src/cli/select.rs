//! `navette folder select`: which folders of the server are kept here.

use serde_json::{Value, json};

use crate::api::{self, AskError, Waits};
use crate::settings::Places;
use crate::watch::{Live, Selection};

use super::args::SelectArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::Target;
use super::{report, status, sync};

/// Shows the folders, after changing what is kept of them if that is wanted.
pub(super) async fn run(console: &Console, args: &SelectArgs) -> Result<Exit, Failure> {
    let (exit, folders) = match asked(console, args).await? {
        Some(told) => told,
        None => alone(console, args).await?,
    };
    if args.json {
        console.print(&json!({"folders": folders}).to_string());
        return Ok(exit);
    }
    let unticked = args.untick.iter().map(ToString::to_string).collect::<Vec<_>>();
    let stays = |folder: &&Value| {
        let path = folder["path"].as_str().unwrap_or_default().to_owned();
        unticked.contains(&path) && matches!(folder["tick"].as_str(), Some("all" | "part"))
    };
    for folder in folders.iter().filter(stays) {
        let path = folder["path"].as_str().unwrap_or_default();
        console.remark(&console.texts.explain("folder-select-stays", &[("path", path.into())]));
    }
    if folders.is_empty() {
        console.say("folder-select-none", &[]);
    }
    let is_shown = |folder: &&Value| {
        let path = folder["path"].as_str().unwrap_or_default();
        path.split('/').count() <= args.depth.max(1) || leads_on(&folders, path)
    };
    folders.iter().filter(is_shown).for_each(|folder| print(console, folder));
    Ok(exit)
}

/// Whether a folder is no longer all or nothing of the one above it: that is
/// shown however deep it is.
fn leads_on(folders: &[Value], path: &str) -> bool {
    let tick = |path: &str| {
        let found = folders.iter().find(|folder| folder["path"] == path);
        found.map_or("all", |folder| folder["tick"].as_str().unwrap_or_default())
    };
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    matches!(tick(above), "part") && tick(path) != "all"
}

fn print(console: &Console, folder: &Value) {
    let id = match folder["tick"].as_str() {
        Some("part") => "folder-select-part",
        Some("none") => "folder-select-not",
        Some("kept") => "folder-select-kept",
        _ => "folder-select-all",
    };
    let path = folder["path"].as_str().unwrap_or_default();
    let size = console.texts.size(folder["size"].as_u64().unwrap_or(0));
    console.say(id, &[("path", path.into()), ("size", size.into())]);
}

/// Asks whoever watches the folder; none if nobody does.
async fn asked(
    console: &Console,
    args: &SelectArgs,
) -> Result<Option<(Exit, Vec<Value>)>, Failure> {
    let dir = Places::find()?.run_dir();
    let local = Some(args.pair.local_dir.as_path());
    let params = |more| status::params(console, local, more);
    let mut exit = Exit::Equal;
    if let Some(Selection { tick, untick, .. }) = args.selection() {
        let wish = params(json!({"tick": tick, "untick": untick, "keep": args.keep}))?;
        match api::ask(&dir, "select", &wish).await {
            Err(AskError::Nobody | AskError::NotWatched) => return Ok(None),
            told => drop(told?),
        }
        // What is not sent yet goes first; then the choice is carried out.
        for _ in 0..2 {
            let pair = api::sync(&dir, &params(json!({}))?, Waits::ForAWhile).await?;
            exit = status::exit_of(&pair);
        }
    }
    match api::ask(&dir, "folders", &params(json!({}))?).await {
        Err(AskError::Nobody | AskError::NotWatched) => Ok(None),
        told => {
            let pair = told?.pairs.into_iter().next().unwrap_or_default();
            let folders = pair["folders"].as_array().cloned().unwrap_or_default();
            Ok(Some((exit, folders)))
        }
    }
}

/// Opens the pair itself.
async fn alone(console: &Console, args: &SelectArgs) -> Result<(Exit, Vec<Value>), Failure> {
    let sync::Opened { target, mut engine, progress } =
        sync::open(console, &args.pair, &args.sign_in, Live::default(), false).await?;
    target.heed(&mut engine)?;
    let selection = args.selection();
    let mut exit = Exit::Equal;
    if let Some(selection) = &selection {
        exit = choose(&target, &mut engine, selection).await?;
    }
    let folders = match selection {
        Some(_) => crate::watch::choosable(engine.journal().rows()),
        None => engine.choosable().await.map_err(|error| target.failed(error))?,
    };
    progress.clear();
    target.give_back(&mut engine)?;
    engine.close().map_err(|error| target.failed(error))?;
    Ok((exit, folders.iter().map(|folder| json!(folder)).collect()))
}

async fn choose(
    target: &Target,
    engine: &mut crate::pair::Engine,
    selection: &Selection,
) -> Result<Exit, Failure> {
    let failed = |error| target.failed(error);
    // What is not sent yet goes first: it is then known to be there.
    let options = crate::report::SyncOptions::default();
    engine.sync(&options).await.map_err(failed)?;
    let unfulfilled = engine.select(selection).await.map_err(failed)?;
    if let Some((path, why)) = unfulfilled.into_iter().next() {
        return Err(Failure::NotChoosable(path.to_string(), why));
    }
    Ok(report::exit(&engine.sync(&options).await.map_err(failed)?))
}
