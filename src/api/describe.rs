//! From a pair to what is told of it.

use std::path::Path;

use crate::activity::{Kept, Query};
use crate::clock::{Clock, Moment};
use crate::event::Item;
use crate::report::BrakeReport;
use crate::text::{self, Texts};
use crate::watch::{self, Circumstance, Pause, State};

use super::concerns;
use super::document::{Brake, Entry, Left, Moving, PairState, Progress, Side, Standing};
use super::pairs::Watched;

/// Items of a pair that are told one by one.
const MOST: usize = 1000;
/// Things done that are told with it.
const RECENT: usize = 5;

/// How a pair stands now by `clock`, with words of `texts`.
pub fn standing_of(texts: &Texts, watched: &Watched, clock: &impl Clock) -> Standing {
    watched.board.see(|standing| told(texts, watched, standing, clock))
}

fn told(
    texts: &Texts,
    watched: &Watched,
    standing: &watch::Standing,
    clock: &impl Clock,
) -> Standing {
    let (host, place) = (watched.pair.server.host(), watched.state_dir.to_string_lossy());
    let now = (clock.wall(), clock.now());
    let said = text::standing(texts, standing, (&host, &place), now);
    let left = standing.left.iter().take(MOST);
    Standing {
        folder: watched.pair.local.to_string_lossy().into_owned(),
        account: watched.account.name.clone(),
        server: watched.pair.server.as_str().to_owned(),
        user: watched.pair.user.clone(),
        remote_path: format!("/{}", watched.pair.remote_path),
        state: word(&standing.state),
        reason: reason(standing).map(str::to_owned),
        said: said.into(),
        since: standing.since,
        checked: standing.checked,
        until: until(&standing.state),
        files: standing.files,
        runs: standing.runs,
        told: standing.told,
        progress: progress(&standing.state, clock.now()),
        left: left.map(|item| left_of(texts, standing, item)).collect(),
        brakes: standing.brakes.iter().map(|brake| brake_of(texts, brake)).collect(),
        questions: concerns::ids(watched, standing),
        recent: recent(texts, watched),
        unwatched: standing.unwatched.as_ref().map(|error| text::unwatched(texts, error).into()),
    }
}

fn until(state: &State) -> Option<i64> {
    match state {
        State::Paused(Pause::Until(end)) => Some(*end),
        State::Spares(Circumstance::Hours(begin)) => Some(*begin),
        _ => None,
    }
}

fn left_of(texts: &Texts, standing: &watch::Standing, item: &Item) -> Left {
    Left {
        path: item.path.clone(),
        side: item.side.map(Side::from),
        again: again(standing, item),
        cause: item.cause.clone(),
        blocks: item.blocks,
        said: text::cause(texts, &item.cause).into(),
    }
}

/// When something that is left is tried again, in seconds since 1970.
fn again(standing: &watch::Standing, item: &Item) -> Option<i64> {
    let wait = i64::try_from(item.again?.as_secs()).unwrap_or(i64::MAX);
    Some(standing.left_at.saturating_add(wait))
}

fn brake_of(texts: &Texts, report: &BrakeReport) -> Brake {
    let brake = &report.brake;
    Brake {
        side: brake.side.into(),
        files: report.paths.clone(),
        asked: watch::asked(brake),
        of: brake.of,
        rule: brake.rule.word().to_owned(),
        said: text::brake(texts, brake).into(),
    }
}

/// What was done in the folder `local`, with words of `texts`.
pub fn told_of(texts: &Texts, local: &Path, kept: &Kept) -> Entry {
    let (entry, more) = (&kept.entry, &kept.entry.more);
    let number = |number: i64| (kept.id != 0).then_some(number);
    Entry {
        id: number(kept.id),
        batch: number(kept.batch),
        folder: local.to_string_lossy().into_owned(),
        at: entry.at,
        path: entry.path.clone(),
        verb: entry.verb,
        side: entry.side().map(Side::from),
        why: more.why.clone(),
        cause: more.cause.clone(),
        bytes: more.bytes,
        from: more.from.clone(),
        shown_as: more.shown_as.clone(),
        aside: more.aside,
        copy: more.copy.clone(),
        copy_aside: more.copy_aside,
        undoes: more.undoes,
        here: more.here,
        there: more.there,
        said: text::entry(texts, entry).into(),
    }
}

/// The last things that were done, newest first.
fn recent(texts: &Texts, watched: &Watched) -> Vec<Entry> {
    let query = Query { limit: Some(RECENT), ..Query::default() };
    let page = watched.activity.page(&query).unwrap_or_default();
    page.iter().map(|kept| told_of(texts, &watched.pair.local, kept)).collect()
}

fn progress(state: &State, now: Moment) -> Option<Progress> {
    let State::Syncing(progress) = state else { return None };
    let moving = progress.moving.iter().map(|moving| Moving {
        path: moving.path.clone(),
        side: moving.side.into(),
        bytes: moving.bytes,
        moved: moving.moved,
    });
    Some(Progress {
        steps: progress.steps,
        ended: progress.ended,
        files: progress.files,
        files_ended: progress.files_ended,
        bytes: progress.bytes,
        moved: progress.moved(),
        fraction: progress.fraction(),
        rate: progress.rate(now),
        time_left: progress.time_left(now).map(|left| left.as_secs()),
        stalled: progress.stalled(now).map(|still| still.as_secs()),
        moving: moving.collect(),
    })
}

/// The word for a state: promised, for programs.
fn word(state: &State) -> PairState {
    match state {
        State::Starting => PairState::Starting,
        State::UpToDate => PairState::UpToDate,
        State::Checking => PairState::Checking,
        State::Syncing(_) => PairState::Syncing,
        State::Waiting => PairState::Waiting,
        State::NeedsYou => PairState::NeedsYou,
        State::Paused(_) | State::Spares(_) => PairState::Paused,
        State::Hindered(_) => PairState::Hindered,
        State::Stopped(_) => PairState::Stopped,
    }
}

/// Why it pauses by itself, is hindered or stopped: promised, too.
fn reason(standing: &watch::Standing) -> Option<&'static str> {
    let State::Spares(circumstance) = standing.state else { return standing.reason() };
    Some(match circumstance {
        Circumstance::Metered => "metered",
        Circumstance::Battery => "battery",
        Circumstance::BatteryLow => "battery-low",
        Circumstance::Hours(_) => "hours",
    })
}
