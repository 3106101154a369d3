//! Differences become ordered steps.
//!
//! Each side is rehearsed: a task runs as soon as its folder is there, its
//! place is free and it would not move a folder into itself; one that cannot
//! run waits for the one node that is in its way, and is tried again when a
//! step touches that node. What is left in the end waits in rings; each ring
//! holds a move (folders are made downwards and removed upwards, which makes no
//! ring), and parking that node opens it. So the work is in proportion to what
//! differs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Name, NodeId, Perms, Side};

use super::clash::Taken;
use super::draft::Draft;
use super::merge::Target;
use super::task::{Task, Tasks};
use super::want::{self, Want};
use super::yard::Yard;
use super::{Op, Step, WaitReason, Why};
use crate::mutant::{Mutant, broken};

/// The steps of both sides as they are found, with the last of each node.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) list: Vec<Step>,
    last: BTreeMap<NodeId, usize>,
}

impl Steps {
    /// Adds a step after `before` and after what was planned for the same node.
    pub(super) fn push(&mut self, op: Op, why: Why, mut before: BTreeSet<usize>) -> usize {
        let index = self.list.len();
        before.extend(self.last.insert(op.node(), index));
        if broken(Mutant::StepsWithoutOrder) {
            before.clear();
        }
        let after = self.without_implied(before);
        self.list.push(Step { op, why, after });
        index
    }

    /// Leaves out what comes before another of `before` anyway.
    fn without_implied(&self, before: BTreeSet<usize>) -> Vec<usize> {
        let implied =
            |step: &usize| before.iter().any(|other| self.list[*other].after.contains(step));
        if before.len() < 2 {
            return before.into_iter().collect();
        }
        before.iter().copied().filter(|step| !implied(step)).collect()
    }
}

/// Plans the steps of one side. Tasks that can never run become waits.
pub(super) fn schedule(
    draft: &mut Draft<'_>,
    target: &Target<'_>,
    tasks: &Tasks,
    steps: &mut Steps,
) {
    let is_split = |task: &(NodeId, Task)| {
        task.1 == Task::Content && tasks.side == Side::Local && target.split.contains(&task.0)
    };
    let split = tasks.list().into_iter().filter(is_split);
    let copies = split.map(|(node, _)| (node, draft.new_node())).collect();
    let mut rehearsal = Rehearsal::new(draft, target, tasks, steps, copies);
    rehearsal.run();
    for node in rehearsal.stuck {
        draft.wait(node, Some(tasks.side.other()), WaitReason::Blocked);
    }
}

/// What keeps a task from running.
enum Hurdle {
    /// Another node has to do something first.
    Node(NodeId),
    /// Nothing that this plan does will ever clear it.
    Forever,
}

struct Rehearsal<'d, 'a> {
    draft: &'d Draft<'a>,
    target: &'d Target<'a>,
    tasks: &'d Tasks,
    steps: &'d mut Steps,
    yard: Yard<'d, 'a>,
    pending: BTreeSet<(Task, NodeId)>,
    ready: BTreeSet<(Task, NodeId)>,
    blocked: BTreeMap<(Task, NodeId), NodeId>,
    /// Tasks to try again when something happens to a node.
    waiters: BTreeMap<NodeId, Vec<(Task, NodeId)>>,
    taken: Taken,
    /// The ids that conflict copies get, by the node that is replaced.
    copies: BTreeMap<NodeId, NodeId>,
    stuck: Vec<NodeId>,
}

impl<'d, 'a> Rehearsal<'d, 'a> {
    fn new(
        draft: &'d Draft<'a>,
        target: &'d Target<'a>,
        tasks: &'d Tasks,
        steps: &'d mut Steps,
        copies: BTreeMap<NodeId, NodeId>,
    ) -> Self {
        let side = tasks.side;
        let (mut arenas, mut dying, mut splits) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let pending: BTreeSet<(Task, NodeId)> =
            tasks.list().into_iter().map(|(node, task)| (task, node)).collect();
        for &(task, node) in &pending {
            let folder = tasks.want(node).map(|want| want.place.parent);
            match task {
                Task::Make | Task::Move => arenas.extend(folder),
                Task::Content if side == Side::Local && target.split.contains(&node) => {
                    splits.extend(folder);
                    splits.extend(draft.here.parent(node));
                }
                Task::Content => {}
                Task::Remove => drop(dying.insert(node)),
            }
        }
        let mut taken = Taken::look(draft, target, &splits);
        if !splits.is_empty() {
            want::take_wanted(&mut taken, draft, &tasks.wants);
        }
        Self {
            yard: Yard::new(draft, side, &arenas, &dying),
            taken,
            draft,
            target,
            tasks,
            steps,
            ready: pending.clone(),
            pending,
            blocked: BTreeMap::new(),
            waiters: BTreeMap::new(),
            copies,
            stuck: Vec::new(),
        }
    }

    fn run(&mut self) {
        loop {
            while let Some((task, node)) = self.ready.pop_first() {
                self.blocked.remove(&(task, node));
                let hurdle = match task {
                    Task::Move | Task::Make => self.arrive(task, node),
                    Task::Content => self.content(node),
                    Task::Remove => self.remove(node),
                };
                match hurdle {
                    None => self.finish(task, node),
                    Some(Hurdle::Node(other)) if self.will_happen(other) => {
                        self.blocked.insert((task, node), other);
                        self.waiters.entry(other).or_default().push((task, node));
                    }
                    Some(_) => {
                        self.stuck.push(node);
                        self.finish(task, node);
                    }
                }
            }
            if self.blocked.is_empty() {
                return;
            }
            self.open_ring();
        }
    }

    /// Whether the node is still to come, to move or to go.
    fn will_happen(&self, node: NodeId) -> bool {
        [Task::Move, Task::Make, Task::Remove]
            .into_iter()
            .any(|task| self.pending.contains(&(task, node)))
    }

    fn finish(&mut self, task: Task, node: NodeId) {
        self.pending.remove(&(task, node));
        self.wake(node);
    }

    fn wake(&mut self, node: NodeId) {
        for waiter in self.waiters.remove(&node).into_iter().flatten() {
            if self.blocked.remove(&waiter).is_some() {
                self.ready.insert(waiter);
            }
        }
    }

    fn push(&mut self, op: Op, why: Why, before: BTreeSet<usize>) -> usize {
        self.steps.push(op, why, before)
    }

    /// Puts a node at its place, if it can be put there now.
    fn arrive(&mut self, task: Task, node: NodeId) -> Option<Hurdle> {
        let want = self.tasks.want(node)?.clone();
        let folder = want.place.parent;
        if !self.yard.holds(folder) {
            return Some(Hurdle::Node(folder));
        }
        // What is to be made, too: something that was in it may still stand here
        // by its row, if it could not be looked at.
        if self.yard.path(folder).any(|at| at == node) {
            let moves = |at: &NodeId| self.pending.contains(&(Task::Move, *at)) && *at != node;
            let mover = self.yard.path(folder).take_while(|at| *at != node).find(moves);
            return Some(mover.map_or(Hurdle::Forever, Hurdle::Node));
        }
        if task == Task::Move
            && let Some(parked) = self.yard.parked_below(folder, node)
        {
            // By their rows each would stand in the other (I6).
            return Some(Hurdle::Node(parked));
        }
        let occupant = self.yard.occupant(folder, want.real_name());
        if let Some(other) = occupant.filter(|other| *other != node) {
            return Some(Hurdle::Node(other));
        }
        let mut before = self.yard.before_arrival(folder, want.real_name());
        if task == Task::Move {
            before.extend(
                self.yard.folder(node).map(|from| self.yard.before_touch(from)).unwrap_or_default(),
            );
        }
        let why = self.tasks.why(node, task);
        let name = want.real_name().clone();
        let op = self.arrival(task, node, want);
        let step = self.push(op, why, before);
        self.yard.place(node, folder, &name, step);
        None
    }

    fn arrival(&self, task: Task, node: NodeId, want: Want) -> Op {
        let side = self.tasks.side;
        let Want { place: to, alias, body } = want;
        let given = self.target.named.contains(&node)
            || (self.draft.is_given(node)
                && self.draft.here.place(node).is_some_and(|here| here.name == to.name));
        match (task, side) {
            (Task::Move, _) => Op::Move { side, node, to, alias, given },
            _ if body.is_dir() => Op::MakeDir { side, node, to, alias },
            (_, Side::Local) => Op::Fetch { node, to, alias, given },
            (_, Side::Remote) => Op::Send { node, to },
        }
    }

    /// Brings a file's bytes, once it stands where it is to stand.
    fn content(&mut self, node: NodeId) -> Option<Hurdle> {
        if self.pending.contains(&(Task::Move, node)) {
            return Some(Hurdle::Node(node));
        }
        let why = self.tasks.why(node, Task::Content);
        let before = self.yard.before_touch(node);
        if self.tasks.side == Side::Remote {
            self.push(Op::Update { node }, why, before);
            return None;
        }
        let keep = self.keep(node);
        let copy = keep.clone();
        let step = self.push(Op::Replace { node, keep }, why, before);
        if let (Some((copy, name)), Some(folder)) = (copy, self.yard.folder(node)) {
            self.yard.place(copy, folder, &name, step);
        }
        None
    }

    /// Who takes over the local bytes that the server never had.
    fn keep(&mut self, node: NodeId) -> Option<(NodeId, Name)> {
        if !self.target.split.contains(&node) || broken(Mutant::NoSplit) {
            return None;
        }
        let folder = self.yard.folder(node).or_else(|| self.draft.here.parent(node))?;
        let name = self.draft.here.place(node)?.name.clone();
        let name = self.tasks.want(node).map_or(name, |want| want.place.name.clone());
        let name = self.taken.conflict(self.draft, folder, &name, crate::model::Kind::File);
        Some((self.copies.remove(&node)?, name))
    }

    /// Takes a node away, once nothing is in it.
    fn remove(&mut self, node: NodeId) -> Option<Hurdle> {
        if let Some(inside) = self.yard.first_inside(node) {
            return Some(Hurdle::Node(inside));
        }
        let why = self.tasks.why(node, Task::Remove);
        let mut before: BTreeSet<usize> = self.yard.before_removal(node).collect();
        before.extend(self.yard.before_touch(node));
        let op = Op::Remove { side: self.tasks.side, node, with: vec![node] };
        let step = self.push(op, why, before);
        self.yard.remove(node, step);
        None
    }

    /// Parks one node of a ring of tasks that wait for each other.
    fn open_ring(&mut self) {
        let ring = self.ring();
        let movers = ring.iter().filter(|(task, node)| *task == Task::Move && self.may_park(*node));
        if let Some((_, node)) = movers.min().copied() {
            let before =
                self.yard.folder(node).map(|from| self.yard.before_touch(from)).unwrap_or_default();
            let step = self.push(Op::Park { side: self.tasks.side, node }, Why::InTheWay, before);
            self.yard.park(node, step);
            self.blocked.remove(&(Task::Move, node));
            self.ready.insert((Task::Move, node));
            self.wake(node);
        } else if let Some(&(task, node)) = ring.first() {
            self.blocked.remove(&(task, node));
            self.stuck.push(node);
            self.finish(task, node);
        }
    }

    fn may_park(&self, node: NodeId) -> bool {
        let allowed = self.tasks.side == Side::Local || self.draft.may(node, Perms::MOVE);
        let allowed = allowed && !broken(Mutant::NoParking);
        allowed && !self.yard.is_parked(node)
    }

    /// A ring of blocked tasks: from any of them, what it waits for, until one
    /// comes round.
    fn ring(&self) -> Vec<(Task, NodeId)> {
        let mut chain: Vec<(Task, NodeId)> = Vec::new();
        let mut seen: BTreeMap<(Task, NodeId), usize> = BTreeMap::new();
        let mut at = self.blocked.keys().next().copied();
        while let Some(task) = at {
            if let Some(&start) = seen.get(&task) {
                return chain.split_off(start);
            }
            seen.insert(task, chain.len());
            chain.push(task);
            at = self.blocked.get(&task).and_then(|&node| {
                [Task::Move, Task::Make, Task::Remove]
                    .into_iter()
                    .map(|task| (task, node))
                    .find(|next| self.blocked.contains_key(next))
            });
        }
        chain
    }
}
