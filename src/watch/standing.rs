//! How a pair stands: one picture, which every window shows (ui.md 6.3).

use std::cell::RefCell;
use std::sync::Arc;

use tokio::sync::watch;

use super::circumstances::Circumstance;
use super::progress::Progress;
use super::reason;
use super::wishes::Pause;
use crate::clock::Moment;
use crate::conflicts::Conflict;
use crate::disk::WatchError;
use crate::event::{Cause, Event};
use crate::model::{Side, WaitReason};
use crate::names::Fits;
use crate::pair::OpenError;
use crate::report::{BrakeReport, End, Item, Report};
use crate::server::Portrait;

/// How a pair stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What holds, the first of those that do.
    pub state: State,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// When a run has last come to its end, in seconds since 1970.
    pub checked: Option<i64>,
    /// What the last run has left, and why.
    pub left: Vec<Item>,
    /// When that run ended, in seconds since 1970.
    pub left_at: i64,
    /// Deletions that wait for a decision.
    pub brakes: Vec<BrakeReport>,
    /// Files that are equal on both sides.
    pub files: u64,
    /// How many runs have come to an end, well or not.
    pub runs: u64,
    /// The server tells of changes by itself.
    pub told: bool,
    /// Why the system does not tell of changes here, which are found later then.
    pub unwatched: Option<WatchError>,
    /// Files that stand here in two versions; none before the first run.
    pub versions: Option<Arc<[Conflict]>>,
    /// What the two sides allow; none before they were opened.
    pub allows: Option<Arc<Allows>>,
}

/// What the two sides of a pair allow, as far as people must know it.
#[derive(Clone, Debug, Default)]
pub struct Allows {
    /// What they take for a name.
    pub names: Fits,
    /// The server keeps for a while what is deleted there.
    pub trash: bool,
}

impl Standing {
    /// Whether the last run has left something that somebody must decide.
    pub fn has_left_questions(&self) -> bool {
        !self.brakes.is_empty() || self.left.iter().any(Item::needs_somebody)
    }

    /// Whether another process has the folder: what is wanted of the pair is
    /// wanted of that one.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self.state, State::Hindered(_)) && self.reason() == Some("in-use")
    }

    /// Why it is hindered or stopped, in a word for programs.
    pub fn reason(&self) -> Option<&'static str> {
        match &self.state {
            State::Hindered(error) | State::Stopped(error) => Some(reason::word(error)),
            _ => None,
        }
    }
}

/// What holds for a pair.
#[derive(Clone, Debug)]
pub enum State {
    /// It is being opened.
    Starting,
    /// Both sides are equal.
    UpToDate,
    /// Both sides are looked at.
    Checking,
    /// Steps are being done.
    Syncing(Box<Progress>),
    /// Something is left that goes on by itself.
    Waiting,
    /// Something is left that somebody must decide.
    NeedsYou,
    /// Somebody wanted a pause.
    Paused(Pause),
    /// It pauses by itself, for as long as that holds.
    Spares(Circumstance),
    /// It cannot be worked on for now, and is tried again.
    Hindered(Arc<OpenError>),
    /// It cannot be worked on until somebody does something.
    Stopped(Arc<OpenError>),
}

/// The picture of one pair, for all who look at it.
#[derive(Debug)]
pub struct Board {
    shown: watch::Sender<Standing>,
    /// What the server last told, and when.
    portrait: RefCell<Option<(Portrait, Moment)>>,
}

impl Board {
    /// A picture of a pair that is about to be opened.
    pub fn new(now: i64) -> Self {
        let standing = Standing {
            state: State::Starting,
            since: now,
            checked: None,
            left: Vec::new(),
            left_at: now,
            brakes: Vec::new(),
            files: 0,
            runs: 0,
            told: false,
            unwatched: None,
            versions: None,
            allows: None,
        };
        Self { shown: watch::Sender::new(standing), portrait: RefCell::default() }
    }

    /// What the server last told of itself and of the account.
    pub fn portrait(&self) -> Option<Portrait> {
        self.portrait.borrow().as_ref().map(|(portrait, _)| portrait.clone())
    }

    /// When that was.
    pub fn portrayed(&self) -> Option<Moment> {
        self.portrait.borrow().as_ref().map(|(_, at)| *at)
    }

    /// The server has told this.
    pub(super) fn portrays(&self, portrait: Portrait, now: Moment) {
        self.portrait.replace(Some((portrait, now)));
    }

    /// How it stands now.
    pub fn now(&self) -> Standing {
        self.shown.borrow().clone()
    }

    /// Looks at how it stands now: what is left may be much, and is not copied
    /// for it. Nothing may be shown on the board meanwhile.
    pub fn see<T>(&self, look: impl FnOnce(&Standing) -> T) -> T {
        look(&self.shown.borrow())
    }

    /// Hears of every change.
    pub fn follow(&self) -> watch::Receiver<Standing> {
        self.shown.subscribe()
    }

    /// Another state holds.
    pub(super) fn turn(&self, state: State, now: i64) {
        self.shown.send_modify(|standing| (standing.state, standing.since) = (state, now));
    }

    /// Somebody wants a pause, perhaps since before.
    pub(super) fn pauses(&self, pause: Pause, now: i64) {
        self.shown.send_if_modified(|standing| {
            let news = !matches!(standing.state, State::Paused(before) if before == pause);
            if news {
                (standing.state, standing.since) = (State::Paused(pause), now);
            }
            news
        });
    }

    /// It pauses by itself, perhaps since before.
    pub(super) fn spares(&self, circumstance: Circumstance, now: i64) {
        self.shown.send_if_modified(|standing| {
            let news = !matches!(standing.state, State::Spares(before) if before == circumstance);
            if news {
                (standing.state, standing.since) = (State::Spares(circumstance), now);
            }
            news
        });
    }

    /// A run could not begin, or was broken off.
    pub(super) fn hindered(&self, state: State, now: i64) {
        self.shown.send_modify(|standing| {
            (standing.state, standing.since) = (state, now);
            standing.runs += 1;
        });
    }

    /// A run has come to its end.
    pub(super) fn ended(&self, report: &Report, now: i64) {
        self.shown.send_modify(|standing| {
            (standing.since, standing.checked) = (now, Some(now));
            standing.runs += 1;
            standing.left.clone_from(&report.items);
            standing.left_at = now;
            standing.brakes.clone_from(&report.brakes);
            standing.files = report.counts.files;
            standing.state = match (report.end, standing.has_left_questions()) {
                (End::Equal, _) => State::UpToDate,
                (End::Unfinished, false) => State::Waiting,
                (End::Unfinished | End::Braked, _) => State::NeedsYou,
            };
        });
    }

    /// Somebody has decided what becomes of what that side would lose: it is
    /// asked again if the next run cannot carry it out.
    pub(super) fn answered(&self, side: Side) {
        self.shown.send_modify(|standing| {
            standing.brakes.retain(|report| report.brake.side != side);
            let held = |item: &Item| item.cause == Cause::Waits(WaitReason::Brake);
            standing.left.retain(|item| !(held(item) && item.side == Some(side.other())));
            if !standing.has_left_questions() && matches!(standing.state, State::NeedsYou) {
                standing.state = State::Waiting;
            }
        });
    }

    /// The pair was opened.
    pub(super) fn opened(&self, allows: Allows) {
        self.shown.send_modify(|standing| standing.allows = Some(Arc::new(allows)));
    }

    /// Which files stand here in two versions.
    pub(super) fn versions(&self, versions: Vec<Conflict>) {
        self.shown.send_if_modified(|standing| {
            let news = standing.versions.as_deref() != Some(&versions[..]);
            if news {
                standing.versions = Some(versions.into());
            }
            news
        });
    }

    /// These stood here in two versions when the journal was last written; what a
    /// run has shown is newer.
    pub(super) fn versions_were(&self, versions: Vec<Conflict>) {
        self.shown.send_if_modified(|standing| {
            let news = standing.versions.is_none();
            if news {
                standing.versions = Some(versions.into());
            }
            news
        });
    }

    /// Whether the system tells of changes.
    pub(super) fn unwatched(&self, why: Option<WatchError>) {
        self.shown.send_if_modified(|standing| {
            let news = standing.unwatched != why;
            standing.unwatched = why;
            news
        });
    }

    /// Whether the server tells of changes by itself.
    pub(super) fn told(&self, told: bool) {
        self.shown.send_if_modified(|standing| std::mem::replace(&mut standing.told, told) != told);
    }

    /// Both sides were asked, and nothing has changed.
    pub(super) fn checked(&self, now: i64) {
        self.shown.send_modify(|standing| standing.checked = Some(now));
    }

    /// Takes what the engine tells, at `wall` (seconds since 1970), which is `now`
    /// on the monotonic clock.
    pub fn hear(&self, event: &Event, wall: i64, now: Moment) {
        match event {
            Event::Planned { steps, files, bytes } if *steps > 0 => self.plans(
                |progress| progress.plans(*steps as u64, *files as u64, *bytes, now),
                (wall, now),
            ),
            Event::Started { op, path, bytes, .. } => {
                self.on_its_way(|progress| progress.starts(op, path, *bytes, now));
            }
            Event::Moved { node, bytes } => {
                self.on_its_way(|progress| progress.moves(*node, *bytes, now));
            }
            Event::Finished { op, outcome, .. } => {
                self.on_its_way(|progress| progress.ends(op, outcome, now));
            }
            _ => {}
        }
    }

    /// Another pass of the run has steps: they come to those of the ones before.
    fn plans(&self, change: impl FnOnce(&mut Progress), (wall, now): (i64, Moment)) {
        self.shown.send_modify(|standing| {
            if !matches!(standing.state, State::Syncing(_)) {
                let progress = Box::new(Progress::begun(now));
                (standing.state, standing.since) = (State::Syncing(progress), wall);
            }
            if let State::Syncing(progress) = &mut standing.state {
                change(progress);
            }
        });
    }

    fn on_its_way(&self, change: impl FnOnce(&mut Progress)) {
        self.shown.send_if_modified(|standing| match &mut standing.state {
            State::Syncing(progress) => {
                change(progress);
                true
            }
            _ => false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Counts;

    fn after(end: End, causes: &[Cause]) -> Standing {
        let item = |cause: &Cause| Item {
            path: "a".to_owned(),
            side: None,
            cause: cause.clone(),
            blocks: true,
            again: None,
            bytes: 0,
        };
        let report = Report {
            end,
            counts: Counts::default(),
            bytes_up: 0,
            bytes_down: 0,
            requests: 0,
            seconds: 0.0,
            passes: 1,
            items: causes.iter().map(item).collect(),
            compared: None,
            next: None,
            brakes: Vec::new(),
            planned: Vec::new(),
        };
        let board = Board::new(0);
        board.ended(&report, 1);
        board.now()
    }

    #[test]
    fn what_goes_on_by_itself_waits_and_the_rest_needs_somebody() {
        let waits = [Cause::Locked, Cause::Waits(WaitReason::Quiet)];
        let standing = after(End::Unfinished, &waits);
        assert!(matches!(standing.state, State::Waiting) && !standing.has_left_questions());
        let needs = [Cause::Locked, Cause::Quota, Cause::Waits(WaitReason::Discarded)];
        let standing = after(End::Unfinished, &needs);
        assert!(matches!(standing.state, State::NeedsYou) && standing.has_left_questions());
        assert!(matches!(after(End::Equal, &[]).state, State::UpToDate));
    }
}
