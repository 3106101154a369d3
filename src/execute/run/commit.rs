//! What has ended is made durable, committed, and settled.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;

use crate::clock::Clock as _;
use crate::disk::{Disk as _, DiskErrorKind};
use crate::event::{Cause, Event, Outcome};
use crate::model::{Change, NodeId, PairState, RelPath, Side};
use crate::mutant::{Mutant, broken};
use crate::plan::{Op, Step};
use crate::report::EngineError;
use crate::world::World;

use super::super::outcome::disk_cause;
use super::super::{agree, intent, outdated};
use super::{BATCH, Landed, PATIENCE, Runner, trace};

impl<W: World> Runner<'_, W> {
    /// Whether the gathered results are to be made durable now.
    pub(super) fn must_sync(&self, blocked: bool) -> bool {
        let Some(since) = self.since else { return false };
        if !self.syncing.is_empty() {
            return false;
        }
        let age = self.world.clock().now().saturating_sub(since);
        blocked
            || self.gathered.len() >= BATCH
            || age >= PATIENCE
            || self.running.is_empty()
            || self.awaited.iter().any(|&lane| self.lanes.has_room(lane))
    }

    /// Sends the gathered results on their way to the disk. Files have been
    /// synced one by one; what is left are the folders, each once.
    pub(super) fn sync(&mut self) {
        self.syncing = std::mem::take(&mut self.gathered);
        self.since = None;
        self.awaited.clear();
        let mut dirs: BTreeSet<RelPath> =
            self.syncing.iter().flat_map(|(_, performed)| performed.sync.iter().cloned()).collect();
        if broken(Mutant::FolderNotSynced) {
            dirs.clear();
        }
        let world = self.world;
        self.running.push(Box::pin(async move {
            let synced = dirs.into_iter().map(async |dir| {
                let error = world.disk().sync_dir(&dir).await.err()?;
                tracing::debug!(%error, "folder not durable");
                // Gone: a user has removed or moved it. The next scan shows what is left.
                let gone = matches!(error.kind, DiskErrorKind::NotFound | DiskErrorKind::WrongType);
                let cause = if gone { None } else { disk_cause(error.kind) };
                Some((dir, cause.unwrap_or(Cause::Changing)))
            });
            Landed::Synced(join_all(synced).await.into_iter().flatten().collect())
        }));
    }

    /// Commits the batch that is durable now, with the base that follows from
    /// it. What could not be made durable is not committed: the next scan will
    /// see what is there.
    pub(super) fn commit(&mut self, failed: &BTreeMap<RelPath, Cause>) -> Result<(), EngineError> {
        let mut batch = std::mem::take(&mut self.syncing);
        let mut changes = Vec::new();
        for (step, performed) in &mut batch {
            if let Some(cause) = performed.sync.iter().find_map(|dir| failed.get(dir))
                && !broken(Mutant::UnsyncedCommitted)
            {
                performed.outcome = Outcome::Failed(cause.clone());
                let node = self.steps[*step].op.node();
                performed.changes = put_aside(std::mem::take(&mut performed.changes), node);
            }
            let op = &self.steps[*step].op;
            if performed.outcome == Outcome::Done {
                let trace = trace::before(self.journal.rows(), op, performed);
                self.traces.insert(*step, trace);
            }
            changes.append(&mut performed.changes);
            changes.extend(intent::after(self.journal.rows(), op, &performed.outcome));
            if performed.outcome == Outcome::Done
                && self.journal.rows().uploads.contains_key(&op.node())
            {
                changes.push(Change::Upload(op.node(), None));
            }
        }
        changes.extend(agree::agree(self.journal.rows(), &changes));
        if let Some(large) = self.room.refusal_to_remember(self.world.clock().wall()) {
            let pair = PairState { too_large: Some(large), ..self.journal.rows().pair.clone() };
            changes.push(Change::Pair(Box::new(pair)));
        }
        if !changes.is_empty() {
            self.journal.commit(changes)?;
        }
        for (step, performed) in &batch {
            let (rows, op) = (self.journal.rows(), &self.steps[*step].op);
            let again = match performed.outcome {
                Outcome::Stale => outdated::after_stale(rows, op),
                Outcome::Done => outdated::after_placed(rows, op),
                _ => Vec::new(),
            };
            if !again.is_empty() {
                self.journal.commit(again)?;
            }
        }
        for (step, performed) in batch {
            let here = self.steps[step].op.side() == Some(Side::Local);
            self.run.unsettled |= here && matches!(performed.outcome, Outcome::Failed(_));
            self.run.bytes_up += performed.up;
            self.run.bytes_down += performed.down;
            if let Some(claim) = self.held.remove(&step) {
                self.claims.release(&claim);
            }
            self.settle(step, performed.outcome);
        }
        Ok(())
    }

    /// The step has ended for good. Those after it may start, or never will (I9).
    fn settle(&mut self, step: usize, outcome: Outcome) {
        let mut ended = vec![(step, outcome)];
        while let Some((step, outcome)) = ended.pop() {
            for next in self.dependents[step].clone() {
                if outcome == Outcome::Done {
                    self.open[next] -= 1;
                    if self.open[next] == 0 && self.outcomes[next].is_none() {
                        self.queue(next);
                    }
                } else if self.outcomes[next].is_none() {
                    self.outcomes[next] = Some(Outcome::Skipped);
                    ended.push((next, Outcome::Skipped));
                }
            }
            self.report(step, outcome);
        }
    }

    fn report(&mut self, step: usize, outcome: Outcome) {
        let Step { op, why, .. } = &self.steps[step];
        let node = op.node();
        match (&outcome, op) {
            (Outcome::Unknown(_), _) if broken(Mutant::NoQuarantine) => {}
            (Outcome::Unknown(_), _) => drop(self.run.quarantined.insert(node)),
            (Outcome::Done, Op::Read { .. }) => drop(self.run.read.insert(node)),
            _ => {}
        }
        let now = self.journal.rows().spoken(node);
        // What was removed has no rows any more: it is called what it was called.
        let before = self.spoken.remove(&step).unwrap_or_default();
        let path = if now.is_empty() { before } else { now };
        tracing::debug!(?op, path, ?outcome, "step ends");
        self.outcomes[step] = Some(outcome.clone());
        let trace = self.traces.remove(&step).unwrap_or_default();
        let trace = trace::after(self.journal.rows(), &self.steps[step], &path, trace);
        let (op, trace) = (op.clone(), Box::new(trace));
        self.world.tell(Event::Finished { op, why: *why, path, outcome, trace });
    }
}

/// What is kept of a step whose folders could not be made durable: that a file
/// is in the put-aside store, where a program may still write to it. That it
/// went was nobody's deletion here, and what took its place is nobody's edit.
fn put_aside(changes: Vec<Change>, node: NodeId) -> Vec<Change> {
    let is_aside = |change: &Change| matches!(change, Change::Aside(..));
    if !changes.iter().any(is_aside) {
        return Vec::new();
    }
    let gone = |change: &Change| matches!(change, Change::Local(_, None));
    let kept = changes.into_iter().filter(|change| is_aside(change) || gone(change));
    kept.chain([Change::Base(node, None)]).collect()
}
