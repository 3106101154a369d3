//! The main loop: starts steps (`start`), gathers what came of them, makes it
//! durable, and commits it (`commit`).

mod commit;
mod start;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::{Either, LocalBoxFuture, select};
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};

use crate::clock::{Clock as _, Moment};
use crate::event::{Cause, Event, Outcome, Trace};
use crate::journal::Journal;
use crate::model::{Change, NodeId, RelPath, Side, UploadAt};
use crate::plan::{Op, Step};
use crate::report::EngineError;
use crate::server::Server as _;
use crate::world::World;

use super::claims::{Claim, Claims};
use super::fetches::Crowds;
use super::group::{Ended, Groups};
use super::headroom::Headroom;
use super::lanes::{Lane, Lanes};
use super::outcome::Performed;
use super::room::Room;
use super::twins::Twins;
use super::width::Width;
use super::{arrange, deleted, guard};

/// A batch is made durable when it holds so many results,
const BATCH: usize = 256;
/// or when its first one is so old.
const PATIENCE: Duration = Duration::from_secs(2);
/// A group counts as one step of this lane.
const GROUPS: Lane = Lane::Small;

/// What the steps of one plan came to.
#[derive(Debug, Default)]
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
    /// Something may have been changed on this computer that is not durable: a
    /// step failed in its midst, or a folder could not be synced. Whoever adopts
    /// it makes it durable before (I8).
    pub unsettled: bool,
    /// Why the server could not be worked with any more, if so. What had begun
    /// was let to its end and is committed.
    pub stop: Option<EngineError>,
}

/// Runs the steps of a plan, several at once, in an order that keeps
/// [`Step::after`]. Each result is durable on disk before it is in the
/// journal, and in the journal before a step that needs it starts.
///
/// A step that fails keeps back those that name it (I9). `width` is how many
/// run at once, and learns from it. Fails as a whole if the disk or the journal
/// cannot be worked with at all.
pub async fn run<W: World>(
    world: &W,
    journal: &mut Journal,
    steps: &[Step],
    width: &mut Width,
) -> Result<Run, EngineError> {
    if steps.is_empty() {
        return Ok(Run::default());
    }
    guard::make_own_dirs(world.disk()).await?;
    let parks = steps.iter().any(|step| parks_there(journal, &step.op));
    let mut run = Runner::new(world, journal, steps, width).run().await?;
    if run.stop.is_some() {
        return Ok(run);
    }
    let back = deleted::look_after(world, journal, removed(steps, &run)).await?;
    for (step, outcome) in steps.iter().zip(&mut run.outcomes) {
        if back.contains(&step.op.node()) {
            if *outcome == Outcome::Done {
                world.tell(Event::CameBack { path: journal.rows().spoken(step.op.node()) });
            }
            *outcome = Outcome::Stale;
        }
    }
    let unsure = |node: &NodeId| journal.rows().intents.get(node).is_some_and(|it| it.unknown);
    run.quarantined.extend(back.into_iter().filter(unsure));
    if parks {
        // Nothing depends on it; a folder that stays is swept another time.
        if let Err(error) = arrange::tidy(world, journal.rows()).await {
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
    /// A step by itself.
    Step(usize, Performed),
    /// The steps of a group, and what [`Groups`] calls it.
    Group(usize, Ended),
    /// The folders of the batch in flight that could not be made durable.
    Synced(BTreeMap<RelPath, Cause>),
    /// An upload has got an address: nothing has ended.
    Begun(NodeId, UploadAt),
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
    lanes: Lanes<'a>,
    groups: Groups,
    claims: Claims,
    room: Room,
    headroom: Headroom,
    twins: Twins,
    crowds: Crowds,
    held: BTreeMap<usize, Claim>,
    /// When running steps that ask the server have begun.
    begun: BTreeMap<usize, Moment>,
    /// Uploads tell here where they arrive.
    note: mpsc::UnboundedSender<(NodeId, UploadAt)>,
    noted: mpsc::UnboundedReceiver<(NodeId, UploadAt)>,
    /// What the nodes of running steps were called when they started.
    spoken: BTreeMap<usize, String>,
    /// What steps that are done have left behind, until it is told.
    traces: BTreeMap<usize, Trace>,
    run: Run,
}

impl<'a, W: World> Runner<'a, W> {
    fn new(
        world: &'a W,
        journal: &'a mut Journal,
        steps: &'a [Step],
        width: &'a mut Width,
    ) -> Self {
        let mut dependents = vec![Vec::new(); steps.len()];
        for (step, after) in steps.iter().enumerate().map(|(at, step)| (at, &step.after)) {
            let after: BTreeSet<_> = after.iter().collect();
            after.into_iter().for_each(|&before| dependents[before].push(step));
        }
        let open: Vec<_> =
            steps.iter().map(|step| step.after.iter().collect::<BTreeSet<_>>().len()).collect();
        let lane: Vec<_> = steps.iter().map(|step| Lane::of(journal.rows(), &step.op)).collect();
        let room =
            Room::of(journal.rows(), world.clock().wall(), steps.iter().map(|step| &step.op));
        let twins = Twins::of(journal.rows(), steps.iter().map(|step| &step.op));
        let ops = steps.iter().map(|step| &step.op);
        let crowds = Crowds::of(journal.rows(), world.server().profile(), ops);
        let (note, noted) = mpsc::unbounded();
        let mut runner = Self {
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
            lanes: Lanes::new(width),
            groups: Groups::default(),
            claims: Claims::default(),
            room,
            headroom: Headroom::default(),
            twins,
            crowds,
            held: BTreeMap::new(),
            begun: BTreeMap::new(),
            note,
            noted,
            spoken: BTreeMap::new(),
            traces: BTreeMap::new(),
            run: Run::default(),
        };
        let free: Vec<_> = (0..steps.len()).filter(|&step| runner.open[step] == 0).collect();
        free.into_iter().for_each(|step| runner.queue(step));
        runner
    }

    async fn run(mut self) -> Result<Run, EngineError> {
        if let Err(error) = self.turn().await {
            // The journal fails: nothing can be committed any more, but what
            // has begun is let to its end rather than cut in the middle.
            while self.running.next().await.is_some() {}
            return Err(error);
        }
        // A plan without rings leaves no step unsettled.
        let outcomes = self.outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Skipped));
        Ok(Run { outcomes: outcomes.collect(), ..self.run })
    }

    /// One thing after another, until nothing runs and nothing may start.
    async fn turn(&mut self) -> Result<(), EngineError> {
        self.room.ask(self.world.server(), self.journal.rows()).await;
        self.headroom.measure(self.world.disk(), self.world.reserve()).await;
        loop {
            let blocked = self.start()?;
            if self.must_sync(blocked) {
                self.sync();
            }
            match self.next().await {
                Some(Landed::Step(step, performed)) => {
                    self.lanes.leave(self.lane[step]);
                    self.learn(step, &performed);
                    self.gather(step, performed);
                }
                Some(Landed::Group(group, ended)) => {
                    self.lanes.leave(GROUPS);
                    let kind = self.groups.ended(group);
                    if let Some(kind) = kind.filter(|_| ended.failed) {
                        self.lanes.width.failed_at(kind);
                    }
                    ended
                        .steps
                        .into_iter()
                        .for_each(|(step, performed)| self.gather(step, performed));
                }
                Some(Landed::Synced(failed)) => self.commit(&failed)?,
                Some(Landed::Begun(node, at)) => {
                    self.journal.commit(vec![Change::Upload(node, Some(at))])?;
                }
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
        if self.run.stop.is_some() {
            return false;
        }
        let (rows, steps) = (self.journal.rows(), self.steps);
        let op = |step: usize| &steps[step].op;
        let (again, held) = self.room.settle(self.world.server(), rows, op).await;
        let here = self.headroom.settle();
        let any = !(again.is_empty() && held.is_empty() && here.is_empty());
        for step in again.into_iter().chain(here) {
            self.lanes.queue(self.lane[step], step);
        }
        for (step, cause) in held {
            self.gather(step, Performed::ended(Outcome::Failed(cause)));
        }
        any
    }

    /// Waits for the next end of anything, at most until the batch is due.
    async fn next(&mut self) -> Option<Landed> {
        // What was told is written down before the end of the step that told it.
        let landed = select(self.noted.next(), self.running.next()).map(|next| match next {
            Either::Left((noted, _)) => noted.map(|(node, at)| Landed::Begun(node, at)),
            Either::Right((landed, _)) => landed,
        });
        let (true, Some(since)) = (self.syncing.is_empty(), self.since) else {
            return landed.await;
        };
        let age = self.world.clock().now().saturating_sub(since);
        let due = pin!(self.world.clock().sleep(PATIENCE.saturating_sub(age)));
        match select(landed, due).await {
            Either::Left((landed, _)) => landed,
            Either::Right(((), _)) => None,
        }
    }

    /// What a step by itself tells of how much the server bears.
    fn learn(&mut self, step: usize, performed: &Performed) {
        let Some(begun) = self.begun.remove(&step) else { return };
        let now = self.world.clock().now();
        match performed.outcome {
            Outcome::Done if self.lane[step] == Lane::Small => {
                self.lanes.width.succeeded(begun, now);
            }
            Outcome::Unknown(_) => self.lanes.width.overloaded(begun, now),
            _ => {}
        }
    }

    fn gather(&mut self, step: usize, mut performed: Performed) {
        self.room.ended(step, &performed.outcome);
        for waiting in self.headroom.ended(step, &performed.outcome) {
            self.lanes.queue(self.lane[waiting], waiting);
        }
        if let Some(stop) = performed.stop.take() {
            self.run.stop.get_or_insert(stop);
        }
        self.since.get_or_insert_with(|| self.world.clock().now());
        self.awaited.extend(self.dependents[step].iter().map(|&next| self.lane[next]));
        self.gathered.push((step, performed));
    }
}
