//! What may start: claimed, admitted, and its intent committed first.

use futures::FutureExt as _;

use crate::clock::Clock as _;
use crate::event::{Cause, Event, Outcome};
use crate::model::{Change, PairState};
use crate::mutant::{Mutant, broken};
use crate::plan::Step;
use crate::report::EngineError;
use crate::server::Server as _;
use crate::world::World;

use super::super::claims::Claim;
use super::super::group::{self, Kind, Member};
use super::super::outcome::Performed;
use super::super::verb::{Verb, wants_number};
use super::super::{intent, naming};
use super::{GROUPS, Landed, Runner};

/// Admitted steps with their verbs; none: the rows know too little by now.
type Prepared = Vec<(usize, Option<Verb>)>;

/// What is about to start, and what is to be committed before.
#[derive(Default)]
struct Starting {
    changes: Vec<Change>,
    /// The next free number in the put-aside store.
    number: u64,
    alone: Prepared,
    groups: Vec<(Kind, usize, Prepared)>,
    /// Some step is held up only by what is not committed yet.
    blocked: bool,
}

impl<W: World> Runner<'_, W> {
    /// All that a step waits for is committed: it waits for its turn.
    pub(super) fn queue(&mut self, step: usize) {
        let (rows, profile) = (self.journal.rows(), self.world.server().profile());
        let op = &self.steps[step].op;
        match Member::of(rows, profile, &self.twins, &self.crowds, op) {
            Some(member) => self.groups.wait(step, member),
            None => self.lanes.queue(self.lane[step], step),
        }
    }

    /// Starts what may start; their intents are committed first. Returns
    /// whether a step is held up only by what is not committed yet.
    pub(super) fn start(&mut self) -> Result<bool, EngineError> {
        if self.run.stop.is_some() {
            return Ok(false);
        }
        let number = self.journal.rows().pair.next_aside;
        let mut starting = Starting { number, ..Starting::default() };
        Kind::ALL.into_iter().for_each(|kind| self.prepare_groups(kind, &mut starting));
        self.prepare_steps(&mut starting);
        let Starting { mut changes, number, alone, groups, blocked } = starting;
        if number != self.journal.rows().pair.next_aside {
            let pair = PairState { next_aside: number, ..self.journal.rows().pair.clone() };
            changes.push(Change::Pair(Box::new(pair)));
        }
        let blind = changes.iter().any(is_blind_deletion);
        if !changes.is_empty() {
            self.journal.commit(changes)?;
        }
        if (!groups.is_empty() || blind) && !broken(Mutant::BarrierOmitted) {
            // What groups and blind deletions ask cannot be refused if it lands
            // after a power cut, and is to be looked at afterwards: one sync for
            // all of their files (I8).
            self.journal.barrier()?;
        }
        for (kind, group, steps) in groups {
            self.launch_group(kind, group, steps);
        }
        for (step, verb) in alone {
            self.launch(step, verb);
        }
        Ok(blocked)
    }

    /// Prepares the steps that are first in lanes with room.
    fn prepare_steps(&mut self, starting: &mut Starting) {
        for step in self.lanes.candidates() {
            if !self.lanes.has_room(self.lane[step]) {
                continue;
            }
            if !self.claims.allow(&self.claim(step)) {
                starting.blocked = true;
            } else if self.admit(step) {
                self.lanes.enter(self.lane[step], step);
                let verb = self.prepare(step, false, starting);
                starting.alone.push((step, verb));
            } else {
                self.lanes.pass_over(self.lane[step], step);
            }
        }
    }

    /// Prepares as many groups of `kind` as may start.
    fn prepare_groups(&mut self, kind: Kind, starting: &mut Starting) {
        while self.lanes.has_room(GROUPS) {
            let profile = self.world.server().profile();
            let (claims, rows, all) = (&self.claims, self.journal.rows(), self.steps);
            let free = |step: usize| claims.allow(&Claim::of(rows, &all[step].op));
            let failures = self.lanes.width.failures(kind);
            let formed = self.groups.form(kind, profile, failures, free);
            starting.blocked |= formed.blocked;
            self.groups.leave(kind, &formed.alone);
            for step in formed.alone {
                self.lanes.queue(self.lane[step], step);
            }
            if formed.group.is_empty() {
                return;
            }
            let group = self.groups.start(kind, &formed.group);
            self.lanes.enter_group(GROUPS);
            let mut steps = Vec::new();
            for step in formed.group {
                // One may hold up another: that one waits for a later group.
                if !self.claims.allow(&self.claim(step)) {
                    self.queue(step);
                } else if self.admit(step) {
                    let verb = self.prepare(step, true, starting);
                    steps.push((step, verb));
                }
            }
            starting.groups.push((kind, group, steps));
        }
    }

    fn claim(&self, step: usize) -> Claim {
        Claim::of(self.journal.rows(), &self.steps[step].op)
    }

    /// Takes what a step needs, if there is room for it on the server and here.
    fn admit(&mut self, step: usize) -> bool {
        let (rows, op) = (self.journal.rows(), &self.steps[step].op);
        // No step needs room on both sides.
        let admitted = self.room.admit(rows, step, op) && self.headroom.admit(rows, step, op);
        if admitted {
            let claim = self.claim(step);
            self.claims.hold(&claim);
            self.held.insert(step, claim);
        }
        admitted
    }

    /// The verb of an admitted step, with the intent that goes before it.
    fn prepare(&self, step: usize, grouped: bool, starting: &mut Starting) -> Option<Verb> {
        let (rows, op) = (self.journal.rows(), &self.steps[step].op);
        let mut verb = Verb::prepare(rows, op, starting.number, &self.twins)?;
        if let Verb::Send(send) = &mut verb {
            send.tell_begun(self.note.clone());
        }
        let profile = self.world.server().profile();
        if !broken(Mutant::IntentLate) {
            starting.changes.extend(intent::before(rows, profile, op, grouped));
        }
        starting.number += u64::from(wants_number(op));
        Some(verb)
    }

    fn launch(&mut self, step: usize, verb: Option<Verb>) {
        if self.steps[step].op.asks_server() {
            self.begun.insert(step, self.world.clock().now());
        }
        let (world, ready) = (self.world, self.announce(step, verb));
        self.running.push(Box::pin(async move {
            let performed = match ready {
                Ok(verb) => verb.perform(world).await,
                Err(performed) => *performed,
            };
            Landed::Step(step, performed)
        }));
    }

    fn launch_group(&mut self, kind: Kind, group: usize, steps: Prepared) {
        let (mut ready, mut ended) = (Vec::new(), Vec::new());
        for (step, verb) in steps {
            match self.announce(step, verb) {
                Ok(verb) => ready.push((step, verb)),
                Err(performed) => ended.push((step, *performed)),
            }
        }
        let performed = group::perform(self.world, kind, ready).map(move |mut all| {
            all.steps.append(&mut ended);
            Landed::Group(group, all)
        });
        self.running.push(Box::pin(performed));
    }

    /// Tells that a step starts. Returns its verb, or how it ends at once.
    fn announce(&mut self, step: usize, verb: Option<Verb>) -> Result<Verb, Box<Performed>> {
        let Step { op, why, .. } = &self.steps[step];
        let path = self.journal.rows().spoken(op.node());
        self.spoken.insert(step, path.clone());
        tracing::debug!(?op, path, "step starts");
        let bytes = op.size(self.journal.rows());
        self.world.tell(Event::Started { op: op.clone(), why: *why, path, bytes });
        let names = &self.world.server().profile().names;
        if let Some(reason) = naming::refused(names, self.journal.rows(), op) {
            return Err(Box::new(Performed::ended(Outcome::Failed(Cause::NameForbidden(reason)))));
        }
        verb.ok_or_else(|| Box::new(Performed::ended(Outcome::Stale)))
    }
}

/// Whether this writes down that something is asked to be deleted under no
/// condition.
fn is_blind_deletion(change: &Change) -> bool {
    matches!(change, Change::Intent(_, Some(intent)) if intent.deleting)
}
