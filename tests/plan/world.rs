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
    /// Places here that no side shows to be taken.
    pub(crate) kept: BTreeMap<NodeId, Place>,
    /// Folders there that hold what no side shows.
    pub(crate) holding: BTreeSet<NodeId>,
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
            holding: BTreeSet::new(),
            kept: BTreeMap::new(),
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
            holding: self.holding.clone(),
            kept: self.kept.clone(),
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

    pub(crate) fn shown(&mut self, side: Side) -> &mut Shown {
        match side {
            Side::Local => &mut self.local,
            Side::Remote => &mut self.remote,
        }
    }

    pub(crate) fn side(&self, side: Side) -> &Shown {
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
            Record::Prove { .. } | Record::Presume { .. } => {
                Err("nothing here looks like anything".into())
            }
            Record::Forget { node } => {
                ensure!(self.base.0.remove(node).is_some(), "base did not know it");
                Ok(())
            }
            Record::Leave { node } => {
                ensure!(!self.local.tree.contains(*node), "it is here");
                let is_parked = |at: NodeId| self.remote.stands.get(&at) == Some(&Stand::Parked);
                let stands_in =
                    |(at, entry): (NodeId, &Entry)| entry.place.parent == *node && !is_parked(at);
                ensure!(!self.remote.tree.iter().any(stands_in), "something is in it");
                ensure!(self.remote.tree.0.remove(node).is_some(), "it is not there");
                self.base.0.remove(node);
                self.holding.remove(node);
                Ok(())
            }
            Record::Select { node, away } => {
                ensure!(self.deselected.remove(node), "it was selected");
                for away in away {
                    ensure!(self.remote.tree.contains(*away), "it is not there");
                    ensure!(!self.local.tree.contains(*away), "it is here");
                }
                self.deselected.extend(away);
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
    pub(crate) fn slot(&self, side: Side, node: NodeId) -> Option<(NodeId, Name)> {
        let shown = self.side(side);
        let place = &shown.tree.get(node)?.place;
        match shown.stands.get(&node).unwrap_or(&Stand::Home) {
            Stand::Home => Some((place.parent, place.name.clone())),
            Stand::Alias(alias) => Some((place.parent, alias.clone())),
            Stand::Parked => None,
        }
    }

    pub(crate) fn is_free(&self, side: Side, parent: NodeId, name: &Name, but: NodeId) -> bool {
        let folding = if side == Side::Local { self.folding } else { Folding::default() };
        let key = folding.key(name);
        !self.side(side).tree.iter().any(|(node, entry)| {
            node != but
                && (entry.place.parent == parent)
                && self.slot(side, node).is_some_and(|(_, taken)| folding.key(&taken) == key)
        })
    }

    pub(crate) fn is_empty(&self, side: Side, folder: NodeId) -> bool {
        let inside = |node| self.slot(side, node).is_some_and(|(parent, _)| parent == folder);
        !self.side(side).tree.iter().any(|(node, _)| inside(node))
    }

    pub(crate) fn can_hold(&self, side: Side, folder: NodeId) -> bool {
        folder.is_root() || self.side(side).tree.get(folder).is_some_and(|at| at.body.is_dir())
    }

    pub(crate) fn put(
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
    pub(crate) fn perms(&self) -> BTreeMap<NodeId, Perms> {
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
