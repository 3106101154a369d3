//! `navette explain`: why one file or folder is, or is not, in sync.

use std::iter::successors;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::activity::{Store, Verb};
use crate::api;
use crate::clock::{Clock as _, SystemClock};
use crate::disk;
use crate::event::Cause;
use crate::explain::{Explained, Left, Question, explain as known_of};
use crate::journal::{Journal, OnDisk};
use crate::model::RelPath;
use crate::report::EngineError;
use crate::settings::Places;
use crate::text;

use super::args::{ExplainArgs, PairArgs, SideArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::status::params;
use super::target::{Target, open_settings};

/// Entries of what was done with it that are shown.
const LAST: usize = 5;

/// Says what is known of a path.
pub(super) async fn explain(console: &Console, args: &ExplainArgs) -> Result<Exit, Failure> {
    let path = resolved(&args.path)?;
    let (target, path) = found(console, &path, args.folder.as_deref(), &args.side)?;
    let rows = Journal::read_only(&OnDisk::new(&target.state_dir));
    let rows = rows.map_err(|error| target.failed(EngineError::from(error)))?.unwrap_or_default();
    let standing = standing(console, &target).await;
    let explained = known_of(&rows, question(&target, path, standing.as_ref())?);
    let there = there(&target, &explained);
    let said = text::verdict(&console.texts, &explained, &there);
    if args.json {
        let mut document = json!(explained);
        document["exit"] = json!(0);
        document["folder"] = json!(target.pair.local.to_string_lossy());
        document["remote_path"] = json!(there);
        document["said"] = json!({"sentence": said.sentence, "remedy": said.remedy});
        document["checked"] = standing.as_ref().map_or(Value::Null, |pair| pair["checked"].clone());
        document["state"] = standing.as_ref().map_or(Value::Null, |pair| pair["state"].clone());
        console.print(&document.to_string());
        return Ok(Exit::Equal);
    }
    let name = if explained.path.is_empty() { "." } else { explained.path.as_str() };
    console.say("line-item", &[("path", name.into()), ("sentence", said.to_string().into())]);
    for line in text::facts(&console.texts, &explained, &there) {
        console.print(&format!("  {line}"));
    }
    if let Some(pair) = standing.filter(|pair| pair["state"] != "up-to-date") {
        let said = pair["said"]["sentence"].as_str().unwrap_or_default().to_owned();
        let folder = target.pair.local.to_string_lossy();
        console.say("line-item", &[("path", folder.into()), ("sentence", said.into())]);
    }
    Ok(Exit::Equal)
}

/// The path without links above its last name, whether it is there or not.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, Failure> {
    let whole = std::path::absolute(path).map_err(|error| Failure::File(path.to_owned(), error))?;
    let real = whole.ancestors().skip(1).find_map(|above| {
        let rest = whole.strip_prefix(above).ok()?;
        Some(dunce::canonicalize(above).ok()?.join(rest))
    });
    Ok(real.unwrap_or(whole))
}

/// The pair that the path belongs to, and the path below its folder.
pub(super) fn found(
    console: &Console,
    path: &Path,
    folder: Option<&Path>,
    side: &SideArgs,
) -> Result<(Target, RelPath), Failure> {
    let folder = match folder {
        Some(folder) => folder.to_owned(),
        None => {
            let folders = open_settings(console)?.folders.into_iter().map(|folder| folder.path);
            let holding = folders.filter(|folder| path.starts_with(folder));
            let deepest = holding.max_by_key(|folder| folder.components().count());
            deepest.ok_or_else(|| Failure::NoPair(path.to_owned()))?
        }
    };
    let args = PairArgs { local_dir: folder, side: side.clone() };
    let target = Target::find(console, &args)?;
    let below = path.strip_prefix(&target.pair.local);
    let below = below.map_err(|_| Failure::NoPair(path.to_owned()))?;
    let names: Vec<_> = below.components().map(|name| name.as_os_str().to_string_lossy()).collect();
    let rel = RelPath::parse(&names.join("/")).map_err(|_| Failure::NoPair(path.to_owned()))?;
    Ok((target, rel))
}

/// How the pair stands, if somebody watches it.
async fn standing(console: &Console, target: &Target) -> Option<Value> {
    let params = params(console, Some(&target.pair.local), json!({})).ok()?;
    let told = api::ask(&Places::find().ok()?.run_dir(), "status", &params).await.ok()?;
    told.pairs.into_iter().next()
}

fn question(target: &Target, path: RelPath, standing: Option<&Value>) -> Result<Question, Failure> {
    let store = Store::read(&target.state_dir).ok().flatten();
    let last = store.as_ref().and_then(|store| store.of_path(path.as_str(), LAST).ok());
    let above = successors(Some(path.clone()), RelPath::parent).filter(|path| !path.is_root());
    let remembered = above.into_iter().find_map(|path| remembered(store.as_ref()?, &path));
    Ok(Question {
        stat: disk::glance(&target.pair.local, &path, target.follows_links()?).ok().flatten(),
        left: standing.and_then(|pair| left(pair, &path)),
        remembered: remembered.filter(|_| standing.is_none()),
        last: last.unwrap_or_default(),
        now: SystemClock::new().wall(),
        device: target.called()?,
        path,
    })
}

/// What was left of the path, if that is the last that was written down of it.
fn remembered(store: &Store, path: &RelPath) -> Option<Left> {
    let last = store.of_path(path.as_str(), 1).ok()?.pop()?.entry;
    let left = matches!(last.verb, Verb::Held | Verb::Failed);
    let cause = last.more.cause.filter(|_| left)?;
    Some(Left { path: last.path, cause, again: None })
}

/// What the last run has left of the path, or of the nearest folder above it.
fn left(pair: &Value, path: &RelPath) -> Option<Left> {
    let all = pair["left"].as_array()?.iter().filter_map(|item| {
        let at = RelPath::parse(item["path"].as_str()?).ok()?;
        let cause = Cause::deserialize(&item["cause"]).ok()?;
        // What is only mentioned says nothing of what lies below.
        let meant = path == &at || item["blocks"] == true && path.starts_with(&at);
        let left = Left { path: at.as_str().to_owned(), cause, again: item["again"].as_i64() };
        meant.then_some(left)
    });
    all.max_by_key(|left| left.path.len())
}

/// Where it is, or would be, on the server.
fn there(target: &Target, explained: &Explained) -> String {
    let path =
        explained.there.as_ref().map_or(explained.path.as_str(), |there| there.path.as_str());
    let path = RelPath::parse(path).unwrap_or_default();
    format!("/{}", target.pair.remote_path.then(&path))
}
