//! The main loop: starts steps, gathers what came of them, makes it durable,
//! and commits it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::{Either, LocalBoxFuture, join_all, select};
use futures::stream::FuturesUnordered;

use crate::clock::{Clock as _, Moment};
use crate::disk::{Disk as _, DiskErrorKind};
use crate::event::{Cause, Event, Outcome};
use crate::journal::Journal;
use crate::model::{Change, NodeId, PairState, RelPath, Side};
use crate::plan::{Op, Step};
use crate::report::EngineError;
use crate::server::Server as _;
use crate::world::World;

use super::claims::{Claim, Claims};
use super::lanes::{Lane, Lanes};
use super::outcome::{Performed, disk_cause};
use super::room::Room;
use super::twins::Twins;
use super::verb::{Verb, wants_number};
use super::{agree, arrange, deleted, guard, intent, naming};

/// A batch is made durable when it holds so many results,
const BATCH: usize = 256;
/// or when its first one is so old.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the steps of one plan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// How each step ended, in their order.
    pub outcomes: Vec<Outcome>,
    /// Bytes of files sent.
    pub bytes_up: u64,
    /// Bytes of files fetched.
    pub bytes_down: u64,
    /// Nodes with a request that ended without an answer (amendment 12).
    pub quarantined: BTreeSet<NodeId>,
    /// Nodes whose bytes on the server are known now, read by a step that did
    /// nothing else: the next plan may decide about them.
    pub read: BTreeSet<NodeId>,
}

/// Runs the steps of a plan, several at once, in an order that keeps
/// [`Step::after`]. Each result is durable on disk before it is in the
/// journal, and in the journal before a step that needs it starts.
///
/// A step that fails keeps back those that name it (I9). Fails as a whole, once
/// what was running has ended and is committed, if the server or the journal
/// cannot be worked with at all.
pub async fn run<W: World>(
    world: &W,
    journal: &mut Journal,
    steps: &[Step],
) -> Result<Run, EngineError> {
    if steps.is_empty() {
        return Ok(Run::default());
    }
    guard::make_own_dirs(world.disk()).await?;
    let parks = steps.iter().any(|step| parks_there(journal, &step.op));
    let mut run = Runner::new(world, journal, steps).run().await?;
    let back = deleted::look_after(world, journal, removed(steps, &run)).await?;
    for (step, outcome) in steps.iter().zip(&mut run.outcomes) {
        if back.contains(&step.op.node()) {
            *outcome = Outcome::Stale;
        }
    }
    let unsure = |node: &NodeId| journal.rows().intents.get(node).is_some_and(|it| it.unknown);
    run.quarantined.extend(back.into_iter().filter(unsure));
    if parks {
        // Nothing depends on it; a folder that stays is swept another time.
        if let Err(error) = arrange::tidy(world.server()).await {
            tracing::debug!(%error, "our folder stays on the server");
        }
    }
    Ok(run)
}

/// Nodes that were deleted on the server.
fn removed<'a>(steps: &'a [Step], run: &'a Run) -> impl Iterator<Item = NodeId> + 'a {
    let done = steps.iter().zip(&run.outcomes).filter(|(_, end)| **end == Outcome::Done);
    done.filter_map(|(step, _)| match &step.op {
        Op::Remove { side: Side::Remote, node, .. } => Some(*node),
        _ => None,
    })
}

/// Whether `op` leaves or enters our folder on the server.
fn parks_there(journal: &Journal, op: &Op) -> bool {
    let parked =
        |node| journal.rows().stand(Side::Remote, node) == Some(&crate::model::Stand::Parked);
    match op {
        Op::Park { side, .. } => *side == Side::Remote,
        Op::Move { side: Side::Remote, node, .. } => parked(*node),
        _ => false,
    }
}

/// What one future of the loop ended with.
enum Landed {
    Step(usize, Performed),
    /// The folders of the batch in flight that could not be made durable.
    Synced(BTreeMap<RelPath, Cause>),
}

struct Runner<'a, W: World> {
    world: &'a W,
    journal: &'a mut Journal,
    steps: &'a [Step],
    running: FuturesUnordered<LocalBoxFuture<'a, Landed>>,
    /// Ended, neither durable nor committed.
    gathered: Vec<(usize, Performed)>,
    since: Option<Moment>,
    /// Lanes in which a step waits for one of them.
    awaited: BTreeSet<Lane>,
    /// Being made durable.
    syncing: Vec<(usize, Performed)>,
    outcomes: Vec<Option<Outcome>>,
    /// Steps that each one still waits for.
    open: Vec<usize>,
    dependents: Vec<Vec<usize>>,
    lane: Vec<Lane>,
    lanes: Lanes,
    claims: Claims,
    room: Room,
    twins: Twins,
    held: BTreeMap<usize, Claim>,
    /// What the nodes of running steps were called when they started.
    spoken: BTreeMap<usize, String>,
    stop: Option<EngineError>,
    run: Run,
}

impl<'a, W: World> Runner<'a, W> {
    fn new(world: &'a W, journal: &'a mut Journal, steps: &'a [Step]) -> Self {
        let mut dependents = vec![Vec::new(); steps.len()];
        for (step, after) in steps.iter().enumerate().map(|(at, step)| (at, &step.after)) {
            let after: BTreeSet<_> = after.iter().collect();
            after.into_iter().for_each(|&before| dependents[before].push(step));
        }
        let open: Vec<_> =
            steps.iter().map(|step| step.after.iter().collect::<BTreeSet<_>>().len()).collect();
        let lane: Vec<_> = steps.iter().map(|step| Lane::of(journal.rows(), &step.op)).collect();
        let mut lanes = Lanes::default();
        let free = (0..steps.len()).filter(|&step| open[step] == 0);
        free.for_each(|step| lanes.queue(lane[step], step));
        let room = Room::of(journal.rows(), steps.iter().map(|step| &step.op));
        let twins = Twins::of(journal.rows(), steps.iter().map(|step| &step.op));
        Self {
            world,
            journal,
            steps,
            running: FuturesUnordered::new(),
            gathered: Vec::new(),
            since: None,
            awaited: BTreeSet::new(),
            syncing: Vec::new(),
            outcomes: vec![None; steps.len()],
            open,
            dependents,
            lane,
            lanes,
            claims: Claims::default(),
            room,
            twins,
            held: BTreeMap::new(),
            spoken: BTreeMap::new(),
            stop: None,
            run: Run::default(),
        }
    }

    async fn run(mut self) -> Result<Run, EngineError> {
        if let Err(error) = self.turn().await {
            // The journal fails: nothing can be committed any more, but what
            // has begun is let to its end rather than cut in the middle.
            while self.running.next().await.is_some() {}
            return Err(error);
        }
        if let Some(stop) = self.stop {
            return Err(stop);
        }
        // A plan without rings leaves no step unsettled.
        let outcomes = self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Skipped));
        Ok(Run { outcomes: outcomes.collect(), ..self.run })
    }

    /// One thing after another, until nothing runs and nothing may start.
    async fn turn(&mut self) -> Result<(), EngineError> {
        self.room.ask(self.world.server(), self.journal.rows()).await;
        loop {
            let blocked = self.start()?;
            if self.must_sync(blocked) {
                self.sync();
            }
            match self.next().await {
                Some(Landed::Step(step, performed)) => self.gather(step, performed),
                Some(Landed::Synced(failed)) => self.commit(&failed)?,
                None if self.is_idle() && !self.make_room().await => return Ok(()),
                None => {}
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.running.is_empty() && self.gathered.is_empty()
    }

    /// Uploads that found no room may find it now that all else is done; the
    /// others are held. Whether there were any.
    async fn make_room(&mut self) -> bool {
        if self.stop.is_some() {
            return false;
        }
        let (rows, steps) = (self.journal.rows(), self.steps);
        let op = |step: usize| &steps[step].op;
        let (again, held) = self.room.settle(self.world.server(), rows, op).await;
        let any = !(again.is_empty() && held.is_empty());
        for step in again {
            self.lanes.queue(self.lane[step], step);
        }
        for (step, cause) in held {
            self.lanes.enter(self.lane[step], step);
            self.gather(step, Performed::ended(Outcome::Failed(cause)));
        }
        any
    }

    /// Starts what may start; their intents are committed first. Returns
    /// whether a step is held up only by what is not committed yet.
    fn start(&mut self) -> Result<bool, EngineError> {
        if self.stop.is_some() {
            return Ok(false);
        }
        let mut blocked = false;
        let mut changes = Vec::new();
        let mut verbs = Vec::new();
        let mut number = self.journal.rows().pair.next_aside;
        for step in self.lanes.candidates() {
            if !self.lanes.has_room(self.lane[step]) {
                continue;
            }
            let op = &self.steps[step].op;
            let claim = Claim::of(self.journal.rows(), op);
            if !self.claims.allow(&claim) {
                blocked = true;
                continue;
            }
            if !self.room.admit(self.journal.rows(), step, op) {
                self.lanes.pass_over(self.lane[step], step);
                continue;
            }
            self.claims.hold(&claim);
            self.held.insert(step, claim);
            self.lanes.enter(self.lane[step], step);
            let verb = Verb::prepare(self.journal.rows(), op, number, &self.twins);
            if verb.is_some() {
                let profile = self.world.server().profile();
                changes.extend(intent::before(self.journal.rows(), profile, op));
                number += u64::from(wants_number(op));
            }
            verbs.push((step, verb));
        }
        if number != self.journal.rows().pair.next_aside {
            let pair = PairState { next_aside: number, ..self.journal.rows().pair.clone() };
            changes.push(Change::Pair(Box::new(pair)));
        }
        if !changes.is_empty() {
            self.journal.commit(changes)?;
        }
        for (step, verb) in verbs {
            self.launch(step, verb);
        }
        Ok(blocked)
    }

    fn launch(&mut self, step: usize, verb: Option<Verb>) {
        let Step { op, why, .. } = &self.steps[step];
        let path = self.journal.rows().spoken(op.node());
        self.spoken.insert(step, path.clone());
        tracing::debug!(?op, path, "step starts");
        self.world.tell(Event::Started { op: op.clone(), why: *why, path });
        let world = self.world;
        let refused = naming::refused(&world.server().profile().names, self.journal.rows(), op);
        self.running.push(Box::pin(async move {
            let performed = match (refused, verb) {
                (Some(reason), _) => {
                    Performed::ended(Outcome::Failed(Cause::NameForbidden(reason)))
                }
                (None, Some(verb)) => verb.perform(world).await,
                (None, None) => Performed::ended(Outcome::Stale),
            };
            Landed::Step(step, performed)
        }));
    }

    /// Waits for the next end of anything, at most until the batch is due.
    async fn next(&mut self) -> Option<Landed> {
        let (true, Some(since)) = (self.syncing.is_empty(), self.since) else {
            return self.running.next().await;
        };
        let age = self.world.clock().now().saturating_sub(since);
        let due = pin!(self.world.clock().sleep(PATIENCE.saturating_sub(age)));
        match select(self.running.next(), due).await {
            Either::Left((landed, _)) => landed,
            Either::Right(((), _)) => None,
        }
    }

    fn gather(&mut self, step: usize, mut performed: Performed) {
        self.lanes.leave(self.lane[step]);
        self.room.ended(step, &performed.outcome);
        if let Some(stop) = performed.stop.take() {
            self.stop.get_or_insert(stop);
        }
        self.since.get_or_insert_with(|| self.world.clock().now());
        self.awaited.extend(self.dependents[step].iter().map(|&next| self.lane[next]));
        self.gathered.push((step, performed));
    }

    /// Whether the gathered results are to be made durable now.
    fn must_sync(&self, blocked: bool) -> bool {
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
    fn sync(&mut self) {
        self.syncing = std::mem::take(&mut self.gathered);
        self.since = None;
        self.awaited.clear();
        let dirs: BTreeSet<RelPath> =
            self.syncing.iter().flat_map(|(_, performed)| performed.sync.iter().cloned()).collect();
        let world = self.world;
        self.running.push(Box::pin(async move {
            let synced = dirs.into_iter().map(async |dir| {
                let error = world.disk().sync_dir(&dir).await.err()?;
                tracing::debug!(%error, "folder not durable");
                // Gone: a user has removed or moved it. The next scan shows what is left.
                let gone = error.kind == DiskErrorKind::NotFound;
                let cause = if gone { None } else { disk_cause(error.kind) };
                Some((dir, cause.unwrap_or(Cause::Changing)))
            });
            Landed::Synced(join_all(synced).await.into_iter().flatten().collect())
        }));
    }

    /// Commits the batch that is durable now, with the base that follows from
    /// it. What could not be made durable is not committed: the next scan will
    /// see what is there.
    fn commit(&mut self, failed: &BTreeMap<RelPath, Cause>) -> Result<(), EngineError> {
        let mut batch = std::mem::take(&mut self.syncing);
        let mut changes = Vec::new();
        for (step, performed) in &mut batch {
            if let Some(cause) = performed.sync.iter().find_map(|dir| failed.get(dir)) {
                performed.outcome = Outcome::Failed(cause.clone());
                performed.changes.clear();
            }
            changes.append(&mut performed.changes);
            let op = &self.steps[*step].op;
            changes.extend(intent::after(self.journal.rows(), op, &performed.outcome));
        }
        changes.extend(agree::agree(self.journal.rows(), &changes));
        if !changes.is_empty() {
            self.journal.commit(changes)?;
        }
        for (step, performed) in batch {
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
            for &next in &self.dependents[step] {
                if outcome == Outcome::Done {
                    self.open[next] -= 1;
                    if self.open[next] == 0 && self.outcomes[next].is_none() {
                        self.lanes.queue(self.lane[next], next);
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
        self.world.tell(Event::Finished { op: op.clone(), why: *why, path, outcome });
    }
}
