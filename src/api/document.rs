//! How a pair stands, as JSON.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Watched;
use crate::activity::{Kept, Query};
use crate::event::Item;
use crate::text::{self, Said, Texts};
use crate::watch::{Circumstance, Pause, Progress, Standing, State};

/// Items of a pair that are told one by one.
const MOST: usize = 1000;
/// Things done that are told with it.
const RECENT: usize = 5;

/// An answer about pairs.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Standings {
    /// Each pair.
    pub pairs: Vec<Value>,
}

/// How a pair stands at `now` (seconds since 1970), with words of `texts`.
pub fn standing_of(texts: &Texts, watched: &Watched, now: i64) -> Value {
    let standing = watched.board.now();
    let (host, place) = (watched.pair.server.host(), watched.state_dir.to_string_lossy());
    let said = text::standing(texts, &standing, &host, &place, now);
    let until = match standing.state {
        State::Paused(Pause::Until(end)) => Some(end),
        State::Spares(Circumstance::Hours(begin)) => Some(begin),
        _ => None,
    };
    let left = standing.left.iter().take(MOST);
    let left = left.map(|item| {
        let mut told = json!(item);
        told["again"] = json!(again(&standing, item));
        told["said"] = spoken(&text::cause(texts, &item.cause));
        told
    });
    let brakes = standing.brakes.iter().map(|brake| {
        json!({
            "side": brake.brake.side.word(),
            "files": brake.paths,
            "of": brake.brake.of,
            "rule": brake.brake.rule,
            "said": spoken(&text::brake(texts, &brake.brake)),
        })
    });
    json!({
        "folder": watched.pair.local.to_string_lossy(),
        "server": watched.pair.server.as_str(),
        "user": watched.pair.user,
        "remote_path": format!("/{}", watched.pair.remote_path),
        "state": word(&standing),
        "reason": reason(&standing),
        "recent": recent(texts, watched),
        "said": spoken(&said),
        "since": standing.since,
        "checked": standing.checked,
        "until": until,
        "files": standing.files,
        "runs": standing.runs,
        "told": standing.told,
        "progress": progress(&standing.state),
        "left": left.collect::<Vec<_>>(),
        "brakes": brakes.collect::<Vec<_>>(),
        "unwatched": standing.unwatched.map(|error| spoken(&text::unwatched(texts, &error))),
    })
}

/// What was done, with words of `texts`.
pub(super) fn entry_of(texts: &Texts, watched: &Watched, kept: &Kept) -> Value {
    told_of(texts, &watched.pair.local, kept)
}

/// What was done in the folder `local`, with words of `texts`.
pub fn told_of(texts: &Texts, local: &Path, kept: &Kept) -> Value {
    let mut told = json!(kept);
    if kept.id == 0 {
        (told["id"], told["batch"]) = (Value::Null, Value::Null);
    }
    told["folder"] = json!(local.to_string_lossy());
    told["said"] = spoken(&text::entry(texts, &kept.entry));
    told
}

/// The last things that were done, newest first.
fn recent(texts: &Texts, watched: &Watched) -> Vec<Value> {
    let query = Query { limit: Some(RECENT), ..Query::default() };
    let page = watched.activity.page(&query).unwrap_or_default();
    page.iter().map(|kept| entry_of(texts, watched, kept)).collect()
}

/// When something that is left is tried again, in seconds since 1970.
fn again(standing: &Standing, item: &Item) -> Option<i64> {
    let wait = i64::try_from(item.again?.as_secs()).unwrap_or(i64::MAX);
    Some(standing.left_at.saturating_add(wait))
}

pub(super) fn spoken(said: &Said) -> Value {
    json!({"sentence": said.sentence, "remedy": said.remedy})
}

fn progress(state: &State) -> Option<Value> {
    let State::Syncing(Progress { steps, ended, bytes, moved, moving }) = state else {
        return None;
    };
    Some(json!({
        "steps": steps, "ended": ended, "bytes": bytes, "moved": moved, "moving": moving,
    }))
}

/// The word for a state: promised, for programs.
fn word(standing: &Standing) -> &'static str {
    match standing.state {
        State::Starting => "starting",
        State::UpToDate => "up-to-date",
        State::Checking => "checking",
        State::Syncing(_) => "syncing",
        State::Waiting => "waiting",
        State::NeedsYou => "needs-you",
        State::Paused(_) | State::Spares(_) => "paused",
        State::Hindered(_) => "hindered",
        State::Stopped(_) => "stopped",
    }
}

/// Why it pauses by itself, is hindered or stopped: promised, too.
fn reason(standing: &Standing) -> Option<&'static str> {
    let State::Spares(circumstance) = standing.state else { return standing.reason() };
    Some(match circumstance {
        Circumstance::Metered => "metered",
        Circumstance::Battery => "battery",
        Circumstance::BatteryLow => "battery-low",
        Circumstance::Hours(_) => "hours",
    })
}
