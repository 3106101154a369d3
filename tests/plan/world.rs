//! Two sides as trees, on which a plan is carried out step by step, each step
//! refused unless the real world would let it happen.

use std::collections::{BTreeMap, BTreeSet};

use navette::model::{
    Body, Content, Entry, Folding, Hash, Name, NodeId, Perms, Place, Side, Stamp, Stand, Tree,
};
use navette::plan::{
    AllowDeletes, BrakeState, Op, Plan, Record, Shown, Situation, Step, agree, plan,
};

/// A source of chance that gives the same numbers every time.
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

/// The bytes called `token`.
pub(crate) fn bytes(token: u32) -> Body {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&token.to_be_bytes());
    Body::known(Hash(hash))
}

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn entry(parent: u64, name: Name, body: Body) -> Entry {
    Entry { place: Place::new(NodeId(parent), name), body }
}

/// Both sides, and what the journal knows.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) base: Tree,
    pub(crate) local: Shown,
    pub(crate) remote: Shown,
    /// Remote files whose bytes have not been read in their present version.
    pub(crate) unread: BTreeSet<NodeId>,
    pub(crate) perms: BTreeMap<NodeId, Perms>,
    /// A folder that nobody here may change anything in.
    pub(crate) read_only: Option<NodeId>,
    pub(crate) deselected: BTreeSet<NodeId>,
    pub(crate) given: BTreeSet<NodeId>,
    pub(crate) folding: Folding,
    pub(crate) next_node: u64,
    pub(crate) passes: u32,
}

/// Why something cannot be so.
pub(crate) type Verdict<T = ()> = Result<T, String>;

macro_rules! ensure {
    ($fact:expr, $($why:tt)+) => {
        if !$fact {
            return Err(format!($($why)+));
        }
    };
}
pub(crate) use ensure;

impl World {
    pub(crate) fn new(base: &Tree, local: &Tree, remote: &Tree) -> Self {
        Self {
            base: base.clone(),
            local: Shown { tree: local.clone(), stands: BTreeMap::new() },
            remote: Shown { tree: remote.clone(), stands: BTreeMap::new() },
            unread: BTreeSet::new(),
            perms: BTreeMap::new(),
            read_only: None,
            deselected: BTreeSet::new(),
            given: BTreeSet::new(),
            folding: Folding::default(),
            next_node: 1000,
            passes: 0,
        }
    }

    pub(crate) fn situation(&self) -> Situation {
        let mut remote = self.remote.clone();
        for node in &self.unread {
            if let Some(entry) = remote.tree.0.get_mut(node) {
                entry.body = Body::File(Content::Unread);
            }
        }
        Situation {
            base: self.base.clone(),
            local: self.local.clone(),
            remote,
            perms: self.perms(),
            deselected: self.deselected.clone(),
            given: self.given.clone(),
            consistent: true,
            folding: self.folding,
            brake: BrakeState { allow: AllowDeletes::All, ..BrakeState::default() },
            stamp: Stamp { date: "2026-11-22 135419".into(), device: "dev".into() },
            next_node: self.next_node,
            ..Situation::default()
        }
    }

    /// Plans, and takes the records.
    pub(crate) fn plan(&mut self) -> Verdict<Plan> {
        self.passes += 1;
        let plan = plan(&self.situation());
        self.next_node = plan.next_node;
        for record in &plan.records {
            self.record(record).map_err(|why| format!("{record:?}: {why}"))?;
        }
        for (index, step) in plan.steps.iter().enumerate() {
            ensure!(step.after.iter().all(|&at| at < index), "step {index} is before its after");
        }
        Ok(plan)
    }

    fn shown(&mut self, side: Side) -> &mut Shown {
        match side {
            Side::Local => &mut self.local,
            Side::Remote => &mut self.remote,
        }
    }

    fn side(&self, side: Side) -> &Shown {
        match side {
            Side::Local => &self.local,
            Side::Remote => &self.remote,
        }
    }

    fn record(&mut self, record: &Record) -> Verdict {
        match record {
            Record::Unify { local, remote } => {
                let (mine, theirs) = (self.local.tree.get(*local), self.remote.tree.get(*remote));
                let (Some(mine), Some(theirs)) = (mine, theirs) else {
                    return Err("one of them is not there".into());
                };
                ensure!(mine.body == theirs.body, "they are not alike");
                ensure!(!self.unread.contains(remote), "it was not read");
                ensure!(!self.base.contains(*local), "the local node is not new");
                self.rename(*local, *remote)
            }
            Record::Fork { node, fork } => {
                ensure!(!self.remote.tree.contains(*fork), "the fork is not new");
                self.rename(*node, *fork)
            }
            Record::Agree { node, base } => self.agree_on(*node, base.clone()),
            Record::Forget { node } => {
                ensure!(self.base.0.remove(node).is_some(), "base did not know it");
                Ok(())
            }
            Record::Select { node } => {
                ensure!(self.deselected.remove(node), "it was selected");
                let children = self.remote.tree.iter().filter(|(_, at)| at.place.parent == *node);
                let absent = children.map(|(child, _)| child);
                let absent: Vec<_> =
                    absent.filter(|child| !self.local.tree.contains(*child)).collect();
                self.deselected.extend(absent);
                Ok(())
            }
        }
    }

    fn rename(&mut self, old: NodeId, new: NodeId) -> Verdict {
        ensure!(!self.local.tree.contains(new), "the new id is taken here");
        let entry = self.local.tree.0.remove(&old).ok_or("the old id is not here")?;
        self.local.tree.0.insert(new, entry);
        for entry in self.local.tree.0.values_mut() {
            if entry.place.parent == old {
                entry.place.parent = new;
            }
        }
        if let Some(stand) = self.local.stands.remove(&old) {
            self.local.stands.insert(new, stand);
        }
        if self.given.remove(&old) {
            self.given.insert(new);
        }
        Ok(())
    }

    /// I4: base only ever takes what both sides show.
    fn agree_on(&mut self, node: NodeId, base: Option<Entry>) -> Verdict {
        let (local, remote) = (self.local.tree.get(node), self.remote.tree.get(node));
        let Some(new) = base else {
            ensure!(local.is_none() && remote.is_none(), "a side still has it");
            self.base.0.remove(&node);
            return Ok(());
        };
        let (Some(local), Some(remote)) = (local, remote) else {
            return Err("a side does not have it".into());
        };
        let old = self.base.get(node);
        let shown = |same: bool, kept: bool| same || (old.is_some() && kept);
        let parent = new.place.parent;
        ensure!(
            shown(
                local.place.parent == parent && remote.place.parent == parent,
                old.is_some_and(|old| old.place.parent == parent)
            ),
            "the sides do not show this parent"
        );
        let text = &new.place.name;
        ensure!(
            shown(
                local.place.name == *text && remote.place.name == *text,
                old.is_some_and(|old| old.place.name == *text)
            ),
            "the sides do not show this name"
        );
        ensure!(
            shown(
                local.body == new.body && remote.body == new.body && !self.unread.contains(&node),
                old.is_some_and(|old| old.body == new.body)
            ),
            "the sides do not show this content"
        );
        self.base.0.insert(node, new);
        Ok(())
    }

    /// The folder and name under which a node really is.
    fn slot(&self, side: Side, node: NodeId) -> Option<(NodeId, Name)> {
        let shown = self.side(side);
        let place = &shown.tree.get(node)?.place;
        match shown.stands.get(&node).unwrap_or(&Stand::Home) {
            Stand::Home => Some((place.parent, place.name.clone())),
            Stand::Alias(alias) => Some((place.parent, alias.clone())),
            Stand::Parked => None,
        }
    }

    fn is_free(&self, side: Side, parent: NodeId, name: &Name, but: NodeId) -> bool {
        let folding = if side == Side::Local { self.folding } else { Folding::default() };
        let key = folding.key(name);
        !self.side(side).tree.iter().any(|(node, entry)| {
            node != but
                && (entry.place.parent == parent)
                && self.slot(side, node).is_some_and(|(_, taken)| folding.key(&taken) == key)
        })
    }

    fn is_empty(&self, side: Side, folder: NodeId) -> bool {
        let inside = |node| self.slot(side, node).is_some_and(|(parent, _)| parent == folder);
        !self.side(side).tree.iter().any(|(node, _)| inside(node))
    }

    fn can_hold(&self, side: Side, folder: NodeId) -> bool {
        folder.is_root() || self.side(side).tree.get(folder).is_some_and(|at| at.body.is_dir())
    }

    fn put(
        &mut self,
        side: Side,
        node: NodeId,
        to: &Place,
        alias: Option<&Name>,
        body: Body,
    ) -> Verdict {
        let real = alias.unwrap_or(&to.name);
        ensure!(self.can_hold(side, to.parent), "no folder {:?} there", to.parent);
        ensure!(self.is_free(side, to.parent, real, node), "{real:?} is taken");
        let shown = self.shown(side);
        shown.tree.0.insert(node, Entry { place: to.clone(), body });
        match alias {
            Some(alias) => shown.stands.insert(node, Stand::Alias(alias.clone())),
            None => shown.stands.remove(&node),
        };
        Ok(())
    }

    /// What may be done on the server as it is now.
    fn perms(&self) -> BTreeMap<NodeId, Perms> {
        let mut perms = self.perms.clone();
        let Some(closed) = self.read_only.filter(|top| self.remote.tree.contains(*top)) else {
            return perms;
        };
        perms.insert(closed, Perms::OWN - Perms::ADD_FILE - Perms::ADD_DIR);
        for (node, _) in self.remote.tree.iter() {
            if node != closed && self.remote.tree.is_below(node, closed) {
                perms.insert(node, Perms::READ);
            }
        }
        perms
    }

    fn may(&self, node: NodeId, right: Perms) -> bool {
        self.perms().get(&node).is_none_or(|perms| perms.contains(right))
    }

    fn check_may(&self, op: &Op) -> Verdict {
        let may = match op {
            Op::MakeDir { side: Side::Remote, to, .. } => self.may(to.parent, Perms::ADD_DIR),
            Op::Send { to, .. } => self.may(to.parent, Perms::ADD_FILE),
            Op::Update { node } => self.may(*node, Perms::WRITE),
            Op::Remove { side: Side::Remote, node, .. } => self.may(*node, Perms::DELETE),
            Op::Park { side: Side::Remote, node } => self.may(*node, Perms::MOVE),
            Op::Move { side: Side::Remote, node, to, .. } => {
                let from = self.remote.tree.parent(*node);
                let is_dir = self.remote.tree.get(*node).is_some_and(|at| at.body.is_dir());
                let add = if is_dir { Perms::ADD_DIR } else { Perms::ADD_FILE };
                let within = from == Some(to.parent);
                self.may(*node, if within { Perms::RENAME } else { Perms::MOVE })
                    && (within || self.may(to.parent, add))
            }
            _ => true,
        };
        ensure!(may, "forbidden");
        Ok(())
    }

    /// Carries out one step, as the real world would, or says why it would not.
    pub(crate) fn carry_out(&mut self, op: &Op) -> Verdict {
        self.check_may(op)?;
        match op {
            Op::MakeDir { side, node, to, alias } => {
                ensure!(!self.side(*side).tree.contains(*node), "it is there already");
                self.put(*side, *node, to, alias.as_ref(), Body::Dir)
            }
            Op::Move { side, node, to, alias, given } => {
                let body = self.side(*side).tree.get(*node).ok_or("it is not there")?.body;
                let inside = to.parent == *node || self.really_below(*side, to.parent, *node);
                ensure!(!inside, "into itself");
                self.put(*side, *node, to, alias.as_ref(), body)?;
                if *side == Side::Local {
                    if *given {
                        self.given.insert(*node)
                    } else {
                        self.given.remove(node)
                    };
                }
                Ok(())
            }
            Op::Park { side, node } => {
                ensure!(self.side(*side).tree.contains(*node), "it is not there");
                ensure!(self.slot(*side, *node).is_some(), "it is parked already");
                self.shown(*side).stands.insert(*node, Stand::Parked);
                Ok(())
            }
            Op::Fetch { node, to, alias, given } => {
                ensure!(!self.local.tree.contains(*node), "it is here already");
                let body = self.remote.tree.get(*node).ok_or("it is not there")?.body;
                ensure!(!body.is_dir(), "a folder has no bytes");
                self.unread.remove(node);
                if *given {
                    self.given.insert(*node);
                }
                self.put(Side::Local, *node, to, alias.as_ref(), body)
            }
            Op::Replace { node, keep } => self.replace(*node, keep.as_ref()),
            Op::Send { node, to } => {
                ensure!(!self.remote.tree.contains(*node), "it is there already");
                let body = self.local.tree.get(*node).ok_or("it is not here")?.body;
                ensure!(!body.is_dir(), "a folder has no bytes");
                self.put(Side::Remote, *node, to, None, body)
            }
            Op::Update { node } => {
                let body = self.local.tree.get(*node).ok_or("it is not here")?.body;
                ensure!(!self.unread.contains(node), "unread bytes would be lost");
                let known = self.base.get(*node).map(|base| base.body);
                let there = self.remote.tree.0.get_mut(node).ok_or("it is not there")?;
                ensure!(Some(there.body) == known, "bytes of the server would be lost");
                there.body = body;
                Ok(())
            }
            Op::Remove { side, node, with } => self.remove(*side, *node, with),
            Op::Read { node } => {
                ensure!(self.unread.remove(node), "it was read already");
                Ok(())
            }
        }
    }

    fn really_below(&self, side: Side, node: NodeId, folder: NodeId) -> bool {
        let mut at = node;
        for _ in 0..1000 {
            match self.slot(side, at) {
                Some((parent, _)) if parent == folder => return true,
                Some((parent, _)) if !parent.is_root() => at = parent,
                _ => return false,
            }
        }
        true
    }

    fn replace(&mut self, node: NodeId, keep: Option<&(NodeId, Name)>) -> Verdict {
        let there = self.remote.tree.get(node).ok_or("it is not there")?.body;
        let here = self.local.tree.get(node).ok_or("it is not here")?.clone();
        match keep {
            None => {
                let known = self.base.get(node).is_some_and(|base| base.body == here.body);
                ensure!(known, "bytes of the user would be lost");
            }
            Some((copy, name)) => {
                let (parent, _) = self.slot(Side::Local, node).ok_or("it is parked")?;
                ensure!(
                    ![&self.base, &self.local.tree, &self.remote.tree]
                        .iter()
                        .any(|tree| tree.contains(*copy)),
                    "the copy is not new"
                );
                let to = Place::new(parent, name.clone());
                self.put(Side::Local, *copy, &to, None, here.body)?;
                ensure!(
                    self.is_free(Side::Remote, parent, name, *copy),
                    "the copy's name is taken there"
                );
            }
        }
        self.unread.remove(&node);
        if let Some(entry) = self.local.tree.0.get_mut(&node) {
            entry.body = there;
        }
        Ok(())
    }

    fn remove(&mut self, side: Side, node: NodeId, with: &[NodeId]) -> Verdict {
        let shown = self.side(side);
        let entry = shown.tree.get(node).ok_or("it is not there")?;
        match side {
            Side::Local => {
                ensure!(with == [node], "only one at a time here");
                ensure!(!entry.body.is_dir() || self.is_empty(side, node), "it is not empty");
                let same = |tree: &Tree| tree.get(node).is_some_and(|at| at.body == entry.body);
                let safe = same(&self.base) || same(&self.remote.tree);
                ensure!(safe || entry.body.is_dir(), "bytes of the user would be lost");
            }
            Side::Remote => {
                let below = shown.tree.iter().map(|(at, _)| at);
                let all: BTreeSet<NodeId> =
                    below.filter(|&at| at == node || self.really_below(side, at, node)).collect();
                let named: BTreeSet<NodeId> = with.iter().copied().collect();
                ensure!(all == named, "it holds {all:?}, not {named:?}");
                for at in all {
                    let there = shown.tree.get(at).map(|at| at.body);
                    let known = self.base.get(at).map(|at| at.body);
                    ensure!(there == known, "bytes of the server would be lost");
                    ensure!(!self.unread.contains(&at), "unread bytes would be lost");
                }
            }
        }
        for node in with {
            let shown = self.shown(side);
            shown.tree.0.remove(node);
            shown.stands.remove(node);
            if side == Side::Local {
                self.given.remove(node);
            } else {
                self.unread.remove(node);
            }
        }
        Ok(())
    }

    /// Writes down what both sides agree on after a step.
    pub(crate) fn commit(&mut self, op: &Op) -> Verdict {
        let nodes: Vec<NodeId> = match op {
            Op::Remove { with, .. } => with.clone(),
            _ => vec![op.node()],
        };
        for node in nodes {
            let parked = [&self.local, &self.remote]
                .iter()
                .any(|shown| shown.stands.get(&node) == Some(&Stand::Parked));
            if parked {
                continue;
            }
            let remote = self.remote.tree.get(node).filter(|_| !self.unread.contains(&node));
            if remote.is_none() && self.remote.tree.contains(node) {
                continue;
            }
            if let Some(base) = agree(&self.base, self.local.tree.get(node), remote, node) {
                self.agree_on(node, base)?;
            }
        }
        Ok(())
    }

    /// Carries steps out in any order that their `after` allows. At most
    /// `limit` of them; every commit is lost with a chance of one in `lossy`,
    /// if that is not 0.
    pub(crate) fn run(
        &mut self,
        steps: &[Step],
        chance: &mut Chance,
        limit: usize,
        lossy: usize,
    ) -> Verdict {
        let mut done = vec![false; steps.len()];
        for _ in 0..limit.min(steps.len()) {
            let is_ready =
                |index: &usize| !done[*index] && steps[*index].after.iter().all(|&at| done[at]);
            let ready: Vec<usize> = (0..steps.len()).filter(is_ready).collect();
            let index = ready[chance.below(ready.len())];
            let op = &steps[index].op;
            self.carry_out(op).map_err(|why| format!("step {index} {op:?}: {why}"))?;
            if lossy == 0 || chance.below(lossy) > 0 {
                self.commit(op).map_err(|why| format!("commit of {op:?}: {why}"))?;
            }
            done[index] = true;
        }
        Ok(())
    }

    /// Runs plan after plan until one is empty; returns it.
    pub(crate) fn settle(&mut self, chance: &mut Chance, most: usize) -> Verdict<Plan> {
        for _ in 0..most {
            let plan = self.plan()?;
            if plan.records.is_empty() && plan.steps.is_empty() {
                return Ok(plan);
            }
            self.run(&plan.steps, chance, usize::MAX, 0)?;
        }
        Err("no rest".into())
    }

    /// All bytes on both sides.
    pub(crate) fn contents(&self) -> BTreeSet<Body> {
        let both = self.local.tree.iter().chain(self.remote.tree.iter());
        both.map(|(_, entry)| entry.body).filter(|body| !body.is_dir()).collect()
    }

    /// No name of ours is left where users see it.
    pub(crate) fn check_names(&self) -> Verdict {
        let both = self.local.tree.iter().chain(self.remote.tree.iter());
        for (node, entry) in both {
            ensure!(
                !entry.place.name.as_str().ends_with(".park"),
                "{node:?} kept its name in staging"
            );
        }
        Ok(())
    }

    /// Both sides and base are one tree, and nothing is left in staging.
    pub(crate) fn check_equal(&self) -> Verdict {
        ensure!(self.local.tree == self.remote.tree, "the sides differ");
        ensure!(self.local.tree == self.base, "base differs");
        ensure!(self.local.stands.is_empty() && self.remote.stands.is_empty(), "not at home");
        self.check_names()?;
        self.check_tree(Side::Local)?;
        self.check_tree(Side::Remote)
    }

    /// I6: a tree, with one name for each node in a folder.
    pub(crate) fn check_tree(&self, side: Side) -> Verdict {
        let tree = &self.side(side).tree;
        for (node, _) in tree.iter() {
            ensure!(!self.really_below(side, node, node), "a loop at {node:?}");
            if let Some((parent, name)) = self.slot(side, node) {
                ensure!(self.can_hold(side, parent), "{node:?} is an orphan on {side:?}");
                ensure!(self.is_free(side, parent, &name, node), "two {name:?} in {parent:?}");
            }
        }
        Ok(())
    }
}
