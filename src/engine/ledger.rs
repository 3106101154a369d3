//! Remembers what failed and why, when it is to be tried again, and turns what
//! is left into items that a user can read.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::time::Duration;

use crate::clock::Moment;
use crate::event::{Cause, Outcome};
use crate::model::{
    Body, Content, LocalSeen, NameRules, NodeId, Perms, RemoteSeen, Rows, Side, WaitReason,
};
use crate::observe::Mention;
use crate::plan::{Step, Wait};
use crate::report::Item;

use super::naming;

/// How often the same thing may fail before it is left until something about
/// it changes.
const TRIES: u32 = 3;

/// What no repetition cures: tried once a run.
const HOPELESS: &[Cause] =
    &[Cause::Quota, Cause::TooLarge, Cause::Forbidden, Cause::NoDownload, Cause::Reserve];

fn is_hopeless(cause: &Cause) -> bool {
    HOPELESS.contains(cause) || is_about_the_name(cause)
}

fn is_about_the_name(cause: &Cause) -> bool {
    matches!(cause, Cause::NameRefused | Cause::NameForbidden(_))
}

/// How often a side may turn out not to be as observed: each time it is looked
/// at again, so more often than a failure.
const STALE_TRIES: u32 = 8;

/// What could not be done in a run is tried again after so long, then after
/// four times as long, and so on; as soon as something about it changes anyhow.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest of these pauses,
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);
/// and the longest where only room on this disk is missing: nothing tells when
/// somebody makes some, and to look costs no more than to ask the disk.
const LONGEST_FOR_ROOM: Duration = Duration::from_secs(120);

/// What was seen of a node when it failed: when that changes, it is tried again.
type Evidence = (Option<LocalSeen>, Option<RemoteSeen>);

#[derive(Clone, Debug)]
struct Failure {
    evidence: Evidence,
    failed: u32,
    stale: u32,
    cause: Cause,
    side: Option<Side>,
    /// It was not even tried: the server is known to refuse it.
    foreseen: bool,
    /// How many runs have given it up.
    runs: u32,
    /// When it is to be tried again, since a run has given it up.
    again: Option<Moment>,
}

/// What failed in this run, and in those before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    failures: BTreeMap<NodeId, Failure>,
}

impl Failure {
    /// How long it is until it is tried again.
    fn next_try(&self, now: Moment) -> Duration {
        match self.again {
            Some(again) => again.saturating_sub(now),
            // A run that is just ending has not decided yet.
            None => self.pause(),
        }
    }

    /// How long it is left alone when it is given up.
    fn pause(&self) -> Duration {
        let longest = match self.cause {
            Cause::Reserve => LONGEST_FOR_ROOM,
            _ => LONGEST_PAUSE,
        };
        FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(self.runs)).min(longest)
    }
}

fn evidence(rows: &Rows, node: NodeId) -> Evidence {
    let local = rows.local.get(&node).map(|row| row.seen);
    (local, rows.remote.get(&node).map(|row| row.seen.clone()))
}

/// Files of which the server shows everything but the bytes, and whose bytes
/// nobody here knows: without the letter `G` (protocol.md 3.3) a GET is refused.
fn not_given(rows: &Rows) -> impl Iterator<Item = NodeId> {
    let unread = Body::File(Content::Unread);
    let closed = rows
        .remote
        .iter()
        .filter(move |(_, row)| row.entry.body == unread && !row.seen.perms.contains(Perms::READ));
    closed.map(|(&node, _)| node)
}

/// Bytes of the file that would be moved, on whichever side it is new.
fn bytes(rows: &Rows, node: NodeId) -> u64 {
    let here = rows.local.get(&node).filter(|row| !row.entry.body.is_dir());
    let there = rows.remote.get(&node).and_then(|row| row.seen.size);
    here.map(|row| row.seen.size).or(there).unwrap_or(0)
}

impl Ledger {
    /// Writes down how a step ended.
    pub(super) fn enter(&mut self, rows: &Rows, step: &Step, outcome: &Outcome) {
        let node = step.op.node();
        let cause = match outcome {
            Outcome::Done => {
                self.failures.remove(&node);
                return;
            }
            Outcome::Skipped => return,
            Outcome::Failed(cause) | Outcome::Unknown(cause) => cause.clone(),
            Outcome::Stale => Cause::Changing,
        };
        let evidence = evidence(rows, node);
        let failure = self.failures.entry(node).or_insert_with(|| Failure {
            evidence: evidence.clone(),
            failed: 0,
            stale: 0,
            cause: cause.clone(),
            side: step.op.side(),
            foreseen: false,
            runs: 0,
            again: None,
        });
        if failure.evidence != evidence {
            *failure = Failure { evidence, failed: 0, runs: 0, again: None, ..failure.clone() };
        }
        match outcome {
            Outcome::Failed(_) => failure.failed += 1,
            _ => failure.stale += 1,
        }
        failure.cause = cause;
        failure.side = step.op.side();
    }

    /// Writes down which names the server would refuse, and which files it would
    /// not give, so that nothing is planned for them.
    pub(super) fn foresee(&mut self, rows: &Rows, rules: &NameRules) {
        self.failures.retain(|_, failure| !failure.foreseen);
        let names = naming::refused(rows, rules);
        let names = names.map(|(node, reason)| (node, Cause::NameForbidden(reason)));
        let closed = not_given(rows).map(|node| (node, Cause::NoDownload));
        for (node, cause) in names.chain(closed) {
            let (evidence, side) = (evidence(rows, node), Some(Side::Remote));
            let (failed, stale, foreseen) = (TRIES, 0, true);
            let failure =
                Failure { evidence, failed, stale, cause, side, foreseen, runs: 0, again: None };
            self.failures.insert(node, failure);
        }
    }

    /// After a wait that decides whether something is gone, whatever hung on
    /// that may be tried anew: a file whose folder vanished has its folder back.
    pub(super) fn look_again(&mut self) {
        self.failures.retain(|_, failure| failure.failed > 0);
        self.failures.values_mut().for_each(|failure| failure.stale = 0);
    }

    /// Begins another run: what was given up is tried again when its time has
    /// come, and nothing counts that was not given up.
    pub(super) fn begin_run(&mut self, now: Moment) {
        for failure in self.failures.values_mut().filter(|failure| !failure.foreseen) {
            if failure.again.is_none_or(|again| again <= now) {
                (failure.failed, failure.stale, failure.again) = (0, 0, None);
            }
        }
    }

    /// Ends a run: what it has given up is left alone for a while.
    pub(super) fn end_run(&mut self, rows: &Rows, now: Moment) {
        for node in self.given_up(rows) {
            let Some(failure) = self.failures.get_mut(&node) else { continue };
            if failure.again.is_none() && !failure.foreseen {
                failure.again = Some(now + failure.pause());
                failure.runs = failure.runs.saturating_add(1);
            }
        }
    }

    /// How long it is until something given up is to be tried again.
    pub(super) fn next_try(&self, rows: &Rows, now: Moment) -> Option<Duration> {
        let given_up = self.given_up(rows);
        let tried = given_up.iter().filter_map(|node| self.failures.get(node));
        tried.filter(|failure| !failure.foreseen).map(|failure| failure.next_try(now)).min()
    }

    /// Nodes that failed often enough, and of which nothing has changed since.
    pub(super) fn given_up(&self, rows: &Rows) -> BTreeSet<NodeId> {
        let given_up = self.failures.iter().filter(|(node, failure)| {
            let tries = if is_hopeless(&failure.cause) { 1 } else { TRIES };
            (failure.failed >= tries && failure.evidence == evidence(rows, **node))
                || failure.stale >= STALE_TRIES
        });
        given_up.map(|(&node, _)| node).collect()
    }

    /// Everything that a user should know of at the end: what was seen that is
    /// no node, what failed, and what waits.
    ///
    /// What was given up is tried again by itself; how long that takes from
    /// `now` on is told with it.
    pub(super) fn items(
        &self,
        rows: &Rows,
        mentions: &[Mention],
        waits: &[Wait],
        now: Moment,
    ) -> Vec<Item> {
        let mut items: BTreeMap<(String, Option<Side>), Item> = BTreeMap::new();
        let mut add = |item: Item| {
            items.entry((item.path.clone(), item.side)).or_insert(item);
        };
        let closed = closed(rows, mentions, waits);
        for Mention { path, cause, blocks } in mentions {
            let (path, cause) = (path.clone(), cause.clone());
            let blocks = *blocks || closed.contains_key(&path);
            add(Item { path, side: None, cause, blocks, again: None, bytes: 0 });
        }
        naming::aliases(rows).for_each(&mut add);
        let is_refused = |node: NodeId| {
            self.failures.get(&node).is_some_and(|failure| is_about_the_name(&failure.cause))
        };
        for wait in waits {
            if wait.reason == WaitReason::Blocked && naming::is_below(rows, wait.node, is_refused) {
                continue;
            }
            let failure =
                self.failures.get(&wait.node).filter(|_| wait.reason == WaitReason::Failed);
            let cause = match (failure, wait.reason) {
                (Some(failure), _) => failure.cause.clone(),
                (None, WaitReason::Forbidden) => Cause::Forbidden,
                (None, WaitReason::MountGone) => Cause::MountGone,
                // What cannot be looked into there is not this computer's fault.
                (None, WaitReason::Unreadable) if wait.side == Some(Side::Remote) => {
                    Cause::ServerTrouble
                }
                (None, WaitReason::Unreadable) => Cause::Unreadable,
                (None, WaitReason::Changing) => Cause::Changing,
                (None, reason) => Cause::Waits(reason),
            };
            let side = failure.map_or(wait.side, |failure| failure.side);
            let path = rows.spoken(wait.node);
            let cause = match closed.get(&path) {
                None => cause,
                Some(Closed { here: true, .. }) => continue,
                Some(Closed { cause, .. }) => cause.clone(),
            };
            if !path.is_empty() {
                let again = failure.filter(|failure| !failure.foreseen);
                let again = again.map(|failure| failure.next_try(now));
                let bytes = bytes(rows, wait.node);
                let blocks = !wait.reason.is_chosen();
                add(Item { path, side, cause, blocks, again, bytes });
            }
        }
        items.into_values().collect()
    }
}

/// Why something of this computer cannot be looked into.
struct Closed {
    /// For what stands at its very place.
    here: bool,
    cause: Cause,
}

/// What cannot be looked into because a link or another disk is at its place,
/// or above it.
fn closed(rows: &Rows, mentions: &[Mention], waits: &[Wait]) -> BTreeMap<String, Closed> {
    let bars = mentions
        .iter()
        .filter(|mention| matches!(mention.cause, Cause::NotAFile | Cause::OtherVolume));
    let bars: BTreeMap<&str, &Cause> =
        bars.map(|mention| (mention.path.as_str(), &mention.cause)).collect();
    let unread = waits
        .iter()
        .filter(|wait| wait.reason == WaitReason::Unreadable && wait.side != Some(Side::Remote));
    let unread = unread.map(|wait| rows.spoken(wait.node)).filter_map(|path| {
        let mut above = successors(Some(path.as_str()), |path| Some(&path[..path.rfind('/')?]));
        let (at, cause) = above.find_map(|above| bars.get_key_value(above))?;
        let closed = Closed { here: *at == path, cause: (*cause).clone() };
        Some((path, closed))
    });
    unread.collect()
}
