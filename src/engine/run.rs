//! A run: passes until nothing is left to do, or only what must wait.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::clock::{Clock as _, Moment};
use crate::disk::{Disk as _, DiskErrorKind};
use crate::event::{Comparison, Event, Outcome};
use crate::execute::{self, aside};
use crate::model::{Body, Change, NodeId, PairState, RemoteRow, Rows, Side, WaitReason};
use crate::plan::{Answered, Op, Plan, Record, Step, Why};
use crate::report::{Counts, End, EngineError, Report, SyncOptions};
use crate::server::{Server as _, ServerError, ServerErrorKind};
use crate::world::World;

use super::situation::BRAKE_WINDOW;
use super::told::{planned, spoken_brake};
use super::waits::next_wait;
use super::{Engine, Look, comparison, gates, presumed, records, situation};

/// Passes in a row that may achieve nothing before a run gives up: a side that
/// changes all the time must not keep a script for ever.
const IDLE_PASSES: u32 = 12;

/// After so many of them a run rather waits for what it knows that it must wait
/// for: what stands in the way may be just that, as something that is asked to
/// go and stands elsewhere by now.
const HASTY_PASSES: u32 = 2;

/// The first pause for a server that has too much to do and does not say how
/// long; each further one is twice as long.
const FIRST_REST: Duration = Duration::from_secs(5);

/// One run in progress.
struct Run {
    begun: Moment,
    requests: u64,
    passes: u64,
    idle: u32,
    /// Pauses for a server with too much to do, since anything was achieved.
    rested: Vec<Duration>,
    counts: Counts,
    bytes_up: u64,
    bytes_down: u64,
    agreement_changed: bool,
    /// When the marker got a new nonce in this run.
    renewed: Option<Moment>,
    compared: Option<Comparison>,
}

pub(super) async fn sync<W: World>(
    engine: &mut Engine<W>,
    options: &SyncOptions,
) -> Result<Report, EngineError> {
    engine.width.begin_run();
    engine.ledger.begin_run(engine.world.clock().now());
    let mut run = Run {
        begun: engine.world.clock().now(),
        requests: engine.world.server().requests(),
        passes: 0,
        idle: 0,
        rested: Vec::new(),
        counts: Counts::default(),
        bytes_up: 0,
        bytes_down: 0,
        agreement_changed: false,
        renewed: None,
        compared: None,
    };
    if !options.dry_run {
        // First, because a file that was written to after it was put aside
        // comes back and is then synced (amendment 20).
        aside::purge(&engine.world, &mut engine.journal).await?;
    }
    let mut result = run.passes(engine, options).await;
    // Whatever ended the run, the marker goes with the agreement (amendment 26).
    if run.agreement_changed {
        let refreshed = gates::refresh_marker(&engine.world, &mut engine.journal).await;
        result = gates::told_of_marker(result, refreshed);
    }
    engine.ledger.end_run(engine.journal.rows(), engine.world.clock().now());
    if !options.dry_run {
        let left = result.as_ref().ok().map(|report| report.items.clone());
        engine.world.tell(Event::Ended { left });
    }
    if result.is_ok() && !options.dry_run {
        engine.answered = Answered::default();
    }
    if result.as_ref().is_ok_and(|report| report.end == End::Equal && !options.dry_run) {
        engine.journal.back_up(engine.world.clock().wall())?;
    }
    result
}

impl Run {
    async fn passes<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        options: &SyncOptions,
    ) -> Result<Report, EngineError> {
        loop {
            self.passes += 1;
            match self.pass(engine, options).await {
                Ok(ControlFlow::Break(report)) => return Ok(report),
                Ok(ControlFlow::Continue(())) => {}
                Err(EngineError::Server(error)) if !options.no_wait => {
                    self.rest(engine, error).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Looks, plans, executes and writes down once.
    async fn pass<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        options: &SyncOptions,
    ) -> Result<ControlFlow<Report>, EngineError> {
        if !options.dry_run {
            engine.look_after_blind_requests().await?;
        }
        let mut look = engine.look().await?;
        let astray = &look.remote.astray;
        if !options.dry_run
            && !astray.is_empty()
            && execute::bring_back_astray(&engine.world, engine.journal.rows(), astray).await?
        {
            return Ok(ControlFlow::Continue(()));
        }
        let plan = engine.plan(&mut look, options);
        engine.world.tell(Event::Differs(plan.differences.clone()));
        if !look.rules.first {
            self.compare(engine, &plan);
        }
        if options.dry_run {
            return Ok(ControlFlow::Break(self.report(engine, &look, &plan, true)));
        }
        if !(plan.steps.is_empty() && plan.records.is_empty()) {
            self.renew_marker(engine).await?;
        }
        self.record(engine, &plan).await?;
        if !plan.steps.is_empty() {
            let achieved = self.execute(engine, &look, &plan).await?;
            self.idle = if achieved { 0 } else { self.idle + 1 };
        } else if !plan.records.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        let gave_up = self.idle >= IDLE_PASSES;
        let goes_on = !plan.steps.is_empty() && !gave_up;
        if goes_on && self.idle < HASTY_PASSES {
            return Ok(ControlFlow::Continue(()));
        }
        match next_wait(engine, &look, &plan) {
            Some(wait) if !options.no_wait && !gave_up => {
                self.wait(engine, wait).await;
                Ok(ControlFlow::Continue(()))
            }
            _ if goes_on => Ok(ControlFlow::Continue(())),
            _ => {
                self.settle(engine, &plan)?;
                Ok(ControlFlow::Break(self.report(engine, &look, &plan, false)))
            }
        }
    }

    /// Gives the marker a new nonce before the agreement changes, once a minute:
    /// a run that is cut off never comes to its end, and a folder from a backup
    /// made before it must not pass for the present one (amendment 26).
    async fn renew_marker<W: World>(&mut self, engine: &mut Engine<W>) -> Result<(), EngineError> {
        let now = engine.world.clock().now();
        let patience = engine.world.timing().nonce;
        if self.renewed.is_some_and(|at| now < at + patience) {
            return Ok(());
        }
        self.renewed = Some(now);
        match gates::refresh_marker(&engine.world, &mut engine.journal).await {
            // The old one is still accepted; what stands in the way is told at
            // the end.
            Err(EngineError::Disk(error)) => {
                tracing::warn!(%error, "the marker was not renewed");
                Ok(())
            }
            renewed => renewed,
        }
    }

    /// Waits until something that the rules hold may go on.
    async fn wait<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        (wait, reason, path): (Duration, WaitReason, String),
    ) {
        // A file that never comes to rest must not keep a script for ever.
        let endless = matches!(reason, WaitReason::Quiet | WaitReason::Settling);
        self.idle += u32::from(!reason.is_timed() || endless);
        engine.world.tell(Event::Waiting { wait, reason, path });
        engine.world.clock().sleep(wait).await;
        if reason == WaitReason::SecondLook {
            engine.ledger.look_again();
        }
    }

    /// Leaves a server alone that has too much to do (429, 503), for as long
    /// as it asks, and then works on with less at once. Nothing that was
    /// committed is done again. Any other error, and an overload that does not
    /// end, is handed back.
    async fn rest<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        error: ServerError,
    ) -> Result<(), EngineError> {
        let ServerErrorKind::Busy(asked) = error.kind else { return Err(error.into()) };
        let growing = FIRST_REST * 2_u32.saturating_pow(self.rested.len().min(8) as u32);
        let wait = asked.unwrap_or(growing).max(FIRST_REST);
        let patience = engine.world.timing().overload;
        let rested = self.rested.iter().sum::<Duration>();
        if rested.saturating_add(wait) > patience {
            return Err(error.into());
        }
        self.rested.push(wait);
        let now = engine.world.clock().now();
        engine.width.overloaded(now, now);
        engine.world.tell(Event::Resting { wait });
        engine.world.clock().sleep(wait).await;
        Ok(())
    }

    /// Tells what the first comparison of two sides that both hold files comes to.
    fn compare<W: World>(&mut self, engine: &Engine<W>, plan: &Plan) {
        if self.compared.is_none() && comparison::is_first(engine.journal.rows()) {
            let compared = comparison::of(plan);
            engine.world.tell(Event::Compared(compared));
            self.compared = Some(compared);
        }
    }

    /// Writes down what the plan concluded without any effect.
    async fn record<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        plan: &Plan,
    ) -> Result<(), EngineError> {
        let changes = records::changes(engine.journal.rows(), plan);
        if changes.is_empty() {
            return Ok(());
        }
        let rows = engine.journal.rows();
        self.counts.adopted +=
            plan.records.iter().filter(|record| is_adoption(rows, record)).count() as u64;
        for folder in records::adopting_folders(rows, plan) {
            match engine.world.disk().sync_dir(&folder).await {
                // Gone meanwhile: the next look sees it.
                Err(error) if error.kind == DiskErrorKind::NotFound => {}
                synced => synced?,
            }
        }
        self.agreement_changed |= changes.iter().any(|change| matches!(change, Change::Base(..)));
        Ok(engine.journal.commit(changes)?)
    }

    /// Runs the steps, and returns whether anything was achieved.
    async fn execute<W: World>(
        &mut self,
        engine: &mut Engine<W>,
        look: &Look,
        plan: &Plan,
    ) -> Result<bool, EngineError> {
        let sizes = plan.steps.iter().map(|step| step.op.size(engine.journal.rows()));
        // The lengths that a server tells may be any numbers.
        let bytes = sizes.fold(0, u64::saturating_add);
        let files = plan.steps.iter().filter(|step| step.op.moves_file()).count();
        engine.world.tell(Event::Planned { steps: plan.steps.len(), files, bytes });
        let before = Weights::of(engine.journal.rows(), &plan.steps);
        engine.unsettled = true;
        let Engine { world, journal, width, .. } = engine;
        let done = execute::run(world, journal, &plan.steps, width).await?;
        engine.unsettled = done.unsettled;
        if done.unsettled {
            engine.memory.doubt_rows();
        }
        self.bytes_up += done.bytes_up;
        self.bytes_down += done.bytes_down;
        engine.memory.quarantine(&engine.world, done.quarantined.iter().copied());
        let mut achieved = false;
        for ((step, outcome), files) in plan.steps.iter().zip(&done.outcomes).zip(&before.files) {
            engine.ledger.enter(engine.journal.rows(), step, outcome);
            if *outcome == Outcome::Done {
                // A reading alone brings the sides no nearer to each other.
                achieved |= !matches!(step.op, Op::Read { .. });
                self.count(step, *files);
            }
        }
        self.agreement_changed |= done.outcomes.contains(&Outcome::Done);
        let changes = self.after_steps(engine, look, plan, &done.outcomes, &before);
        engine.journal.commit(changes)?;
        if achieved {
            self.rested.clear();
        }
        match done.stop {
            Some(stop) => Err(stop),
            None => Ok(achieved),
        }
    }

    /// What the journal learns from the outcomes beyond what the steps proved:
    /// what the brake counts, and which versions are no longer racy.
    fn after_steps<W: World>(
        &self,
        engine: &Engine<W>,
        look: &Look,
        plan: &Plan,
        outcomes: &[Outcome],
        before: &Weights,
    ) -> Vec<Change> {
        let (rows, answered) = (engine.journal.rows(), &engine.answered);
        let mut changes = Vec::new();
        let mut removed = [(Side::Local, 0), (Side::Remote, 0)];
        for ((step, outcome), &files) in plan.steps.iter().zip(outcomes).zip(&before.files) {
            match &step.op {
                _ if *outcome != Outcome::Done => {}
                // Somebody was asked about those.
                Op::Remove { node, side, .. } if answered.go.contains(&(*node, *side)) => {}
                Op::Remove { side, .. } => {
                    removed
                        .iter_mut()
                        .filter(|(on, _)| on == side)
                        .for_each(|(_, sum)| *sum += files);
                }
                // What was fetched when it was old enough is known for good.
                Op::Read { node } | Op::Fetch { node, .. } | Op::Replace { node, .. }
                    if situation::is_old_enough(&engine.world, rows, look, *node) =>
                {
                    if let Some(row) = rows.remote.get(node) {
                        let row = RemoteRow { racy: false, ..row.clone() };
                        changes.push(Change::Remote(*node, Some(row)));
                    }
                }
                _ => {}
            }
        }
        if removed.iter().any(|(_, files)| *files > 0) {
            let now = engine.world.clock().wall();
            let mut pair = rows.pair.clone();
            pair.removals.retain(|(at, ..)| *at >= now - BRAKE_WINDOW);
            let new = removed.into_iter().filter(|(_, files)| *files > 0);
            pair.removals.extend(new.map(|(side, files)| (now, side, files)));
            changes.push(Change::Pair(Box::new(pair)));
        }
        changes
    }

    fn count(&mut self, step: &Step, files: u64) {
        let counts = &mut self.counts;
        // New files of both sides at one place: one of them gets the name of a copy.
        let is_copy = step.why == Why::Clash && matches!(step.op, Op::Move { given: true, .. });
        counts.conflicts += u64::from(step.why == Why::Conflict || is_copy);
        match &step.op {
            Op::MakeDir { .. } => counts.folders += 1,
            Op::Move { .. } if is_copy => {}
            Op::Move { .. } => counts.moved += 1,
            Op::Fetch { .. } => counts.fetched += 1,
            Op::Replace { .. } => counts.replaced += 1,
            Op::Send { .. } => counts.sent += 1,
            Op::Update { .. } => counts.updated += 1,
            Op::Remove { side: Side::Local, .. } => counts.removed_here += files.max(1),
            Op::Remove { side: Side::Remote, .. } => counts.removed_there += files.max(1),
            Op::Park { .. } | Op::Read { .. } => {}
        }
    }

    /// A comparison that has come to its end is over: from now on deletes are
    /// trusted again (amendment 27).
    fn settle<W: World>(&self, engine: &mut Engine<W>, plan: &Plan) -> Result<(), EngineError> {
        let pair = &engine.journal.rows().pair;
        let settled = plan.waits.iter().all(|wait| wait.reason.is_chosen());
        if pair.merging && settled && plan.brakes.is_empty() {
            let pair = PairState { merging: false, ..pair.clone() };
            engine.journal.commit(vec![Change::Pair(Box::new(pair))])?;
        }
        Ok(())
    }

    /// When another run may achieve what this one could not.
    fn next<W: World>(&self, engine: &Engine<W>, look: &Look, plan: &Plan) -> Option<Duration> {
        let wait = next_wait(engine, look, plan).map(|(wait, ..)| wait);
        let now = engine.world.clock().now();
        let try_again = engine.ledger.next_try(engine.journal.rows(), now);
        wait.into_iter().chain(try_again).min()
    }

    fn report<W: World>(&self, engine: &Engine<W>, look: &Look, plan: &Plan, dry: bool) -> Report {
        let rows = engine.journal.rows();
        let waits = look.waits(rows, plan);
        let items = engine.ledger.items(rows, &look.mentions(), &waits, engine.world.clock().now());
        let blocked = items.iter().any(|item| item.blocks);
        let left = waits.iter().any(|wait| !wait.reason.is_chosen());
        let unfinished = blocked || left || !plan.steps.is_empty() || !plan.records.is_empty();
        let end = match (plan.brakes.is_empty(), unfinished) {
            (false, _) => End::Braked,
            (true, true) => End::Unfinished,
            (true, false) => End::Equal,
        };
        let files = rows.base.values().filter(|row| !row.entry.body.is_dir()).count() as u64;
        Report {
            end,
            counts: Counts { files, presumed: presumed::count(rows), ..self.counts },
            bytes_up: self.bytes_up,
            bytes_down: self.bytes_down,
            requests: engine.world.server().requests() - self.requests,
            seconds: engine.world.clock().now().saturating_sub(self.begun).as_secs_f64(),
            passes: self.passes,
            items,
            compared: self.compared,
            next: self.next(engine, look, plan),
            brakes: plan.brakes.iter().map(|brake| spoken_brake(rows, brake)).collect(),
            planned: if dry { planned(rows, plan) } else { Vec::new() },
        }
    }
}

/// How many files each step concerns, from before it ran.
struct Weights {
    files: Vec<u64>,
}

impl Weights {
    fn of(rows: &Rows, steps: &[Step]) -> Self {
        let is_file =
            |node: &NodeId| rows.base.get(node).is_some_and(|row| !row.entry.body.is_dir());
        let files = steps.iter().map(|step| match &step.op {
            Op::Remove { with, .. } => with
                .iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .filter(|node| is_file(node))
                .count() as u64,
            op => u64::from(is_file(&op.node())),
        });
        Self { files: files.collect() }
    }
}

/// Whether a record finds two files equal that were not known to be.
fn is_adoption(rows: &Rows, record: &Record) -> bool {
    matches!(record, Record::Agree { node, base: Some(entry) }
        if !rows.base.contains_key(node) && matches!(entry.body, Body::File(_)))
}
