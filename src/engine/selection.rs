//! Which folders of the server are kept here: what a user's wish makes of the
//! journal's rows, and how the choice is told.
//!
//! A folder that is not kept here is one of the pair's `deselected` nodes: it is
//! known by its id, however it is renamed (amendment 3). Paths are what people
//! and the settings say; they are looked up once.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::Cause;
use crate::model::{Change, Chosen, NodeId, PairState, RelPath, RemoteRow, Rows, Side, Stand};
use crate::observe::Mention;

mod choosable;

pub use choosable::{Choosable, Tick, choosable};

/// What becomes of the copy here when a folder is not to be kept any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaving {
    /// What the server is proved to have is put aside; all else stays.
    #[default]
    Trash,
    /// It stays, and is no part of the pair any more.
    Keep,
}

/// A user's wish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Folders that are to be kept here, with all that is in them.
    pub tick: Vec<RelPath>,
    /// Folders that are not.
    pub untick: Vec<RelPath>,
    /// What becomes of their copies here.
    pub leaving: Leaving,
}

/// What of a wish cannot be fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfulfilled {
    /// The server has no such folder.
    Unknown,
    /// It lies in a folder whose copy only stays: that one has to be ticked.
    InKept,
    /// Something of it is just being moved here.
    Moving,
}

/// Where a copy stays; its bare name if nothing else is in the folder around it.
fn kept_path(rows: &Rows, node: NodeId) -> Option<RelPath> {
    let bare = || Some(RelPath::root().join(&rows.local.get(&node)?.entry.place.name));
    rows.home(Side::Local, node).or_else(bare)
}

/// The paths that are not kept here, as the settings say them: what is hidden,
/// and what is to be as soon as the server shows it.
pub fn without(rows: &Rows) -> BTreeSet<RelPath> {
    let hidden = rows.pair.deselected.iter().filter(|node| rows.remote.contains_key(node));
    let hidden = hidden.filter_map(|&node| rows.home(Side::Remote, node));
    hidden.chain(rows.pair.chosen.unmet.iter().cloned()).collect()
}

/// Nodes of the server that are not kept here, with all that is in them.
pub(super) fn hidden(rows: &Rows) -> BTreeSet<NodeId> {
    let tops = &rows.pair.deselected;
    if tops.is_empty() {
        return BTreeSet::new();
    }
    let is_hidden = |node: &NodeId| {
        tops.contains(node) || ancestors(rows, *node).any(|above| tops.contains(&above))
    };
    rows.remote.keys().copied().filter(is_hidden).collect()
}

/// The folders above a node on the server, from its own up.
fn ancestors(rows: &Rows, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let above = |node: &NodeId| rows.remote.get(node).map(|row| row.entry.place.parent);
    // Rows that stand in a circle have no root.
    std::iter::successors(above(&node), move |node| above(node))
        .take_while(|node| !node.is_root())
        .take(rows.remote.len())
}

/// The node at a path of a side, as people mean it.
fn at(rows: &Rows, side: Side, path: &RelPath) -> Option<NodeId> {
    let mut folder = NodeId::ROOT;
    for name in path.names() {
        let is_it = |entry: &crate::model::Entry| {
            entry.place.parent == folder && entry.place.name.as_str() == name
        };
        let found = match side {
            Side::Local => rows.local.iter().find(|(_, row)| is_it(&row.entry)).map(|(&it, _)| it),
            Side::Remote => {
                rows.remote.iter().find(|(_, row)| is_it(&row.entry)).map(|(&it, _)| it)
            }
        };
        folder = found?;
    }
    (!folder.is_root()).then_some(folder)
}

/// A choice as it is being changed, and what that changes in the rows.
pub(super) struct Choosing<'a> {
    rows: &'a Rows,
    deselected: BTreeSet<NodeId>,
    chosen: Chosen,
    changes: Vec<Change>,
}

impl<'a> Choosing<'a> {
    pub(super) fn new(rows: &'a Rows) -> Self {
        let PairState { deselected, chosen, .. } = rows.pair.clone();
        Self { rows, deselected, chosen, changes: Vec::new() }
    }

    /// All that is to be written down; nothing if nothing is.
    pub(super) fn changes(mut self) -> Vec<Change> {
        let pair = &self.rows.pair;
        if self.deselected != pair.deselected || self.chosen != pair.chosen {
            let pair =
                PairState { deselected: self.deselected, chosen: self.chosen, ..pair.clone() };
            self.changes.push(Change::Pair(Box::new(pair)));
        }
        self.changes
    }

    /// Keeps a folder here from now on, with all that is in it.
    pub(super) fn tick(&mut self, path: &RelPath) -> Result<(), Unfulfilled> {
        let waited = self.chosen.unmet.len();
        self.chosen.unmet.retain(|unmet| !unmet.starts_with(path));
        let waits = self.chosen.unmet.len() < waited;
        let there = at(self.rows, Side::Remote, path);
        let is_kept = |node: &NodeId| self.chosen.kept.contains(node);
        let here = || {
            let found = at(self.rows, Side::Local, path).filter(is_kept);
            let mut alone = self.chosen.kept.iter().copied();
            found.or_else(|| alone.find(|&node| kept_path(self.rows, node).as_ref() == Some(path)))
        };
        // Something else may have come to the place of a copy that stays.
        let nodes: BTreeSet<NodeId> = there.into_iter().chain(here()).collect();
        if nodes.is_empty() {
            return if waits { Ok(()) } else { Err(Unfulfilled::Unknown) };
        }
        let in_kept = |&node: &NodeId| {
            ancestors(self.rows, node).any(|above| self.chosen.kept.contains(&above))
        };
        if nodes.iter().any(in_kept) {
            return Err(Unfulfilled::InKept);
        }
        for node in nodes {
            self.open_above(node);
            let below = self.rows.remote.keys().filter(|&&other| self.is_within(other, node));
            let below: Vec<NodeId> = below.copied().collect();
            for other in below.into_iter().chain([node]) {
                self.deselected.remove(&other);
                self.chosen.asked.remove(&other);
                // What is here is compared with what is there, as at a first sync.
                self.chosen.kept.remove(&other);
            }
        }
        Ok(())
    }

    /// A folder above that is not kept here becomes one of which this much is:
    /// what else is in it stays away one by one (amendment 3).
    fn open_above(&mut self, node: NodeId) {
        let mut path: Vec<NodeId> = ancestors(self.rows, node).collect();
        path.insert(0, node);
        while let Some(above) = path.pop() {
            if !path.is_empty() && self.deselected.remove(&above) {
                let inside = self.rows.remote.iter();
                let inside = inside.filter(|(_, row)| row.entry.place.parent == above);
                self.deselected.extend(inside.map(|(&child, _)| child));
            }
        }
    }

    fn is_within(&self, node: NodeId, folder: NodeId) -> bool {
        node == folder || ancestors(self.rows, node).any(|above| above == folder)
    }

    /// Does not keep a folder here any more.
    pub(super) fn untick(&mut self, path: &RelPath, leaving: Leaving) -> Result<(), Unfulfilled> {
        let node = at(self.rows, Side::Remote, path);
        let node = node.filter(|node| self.rows.remote[node].entry.body.is_dir());
        let node = node.ok_or(Unfulfilled::Unknown)?;
        let here = self.rows.local.contains_key(&node).then_some(node);
        self.deselect(node, here, leaving)
    }

    /// `here` is the local folder that is its copy, if there is one.
    fn deselect(
        &mut self,
        node: NodeId,
        here: Option<NodeId>,
        leaving: Leaving,
    ) -> Result<(), Unfulfilled> {
        // Whoever was asked has answered.
        self.chosen.asked.remove(&node);
        if ancestors(self.rows, node).any(|above| self.deselected.contains(&above)) {
            return Ok(());
        }
        if let Some(here) = here.filter(|_| leaving == Leaving::Keep) {
            self.keep(node, here)?;
        } else {
            self.chosen.kept.remove(&node);
        }
        let within = self.deselected.iter().filter(|&&other| self.is_within(other, node));
        let within: BTreeSet<NodeId> = within.copied().collect();
        self.deselected.retain(|other| !within.contains(other));
        self.deselected.insert(node);
        Ok(())
    }

    /// Leaves the local folder `here` where it is, as the copy of `node`: what
    /// was agreed of it and of all below is forgotten, so that its absence from
    /// the plan is nobody's deletion (I7).
    fn keep(&mut self, node: NodeId, here: NodeId) -> Result<(), Unfulfilled> {
        let inside = local_subtree(self.rows, here);
        let is_parked = |node: &NodeId| self.rows.local[node].stand == Stand::Parked;
        if inside.iter().any(is_parked) {
            return Err(Unfulfilled::Moving);
        }
        let row = self.rows.local[&here].clone();
        let agreed = self.rows.base.keys().filter(|&&other| is_in_base(self.rows, other, node));
        self.changes.extend(agreed.map(|&other| Change::Base(other, None)));
        for other in inside {
            self.changes.extend([Change::Base(other, None), Change::Local(other, None)]);
            self.chosen.kept.remove(&other);
        }
        self.changes.push(Change::Local(node, Some(row)));
        self.chosen.kept.insert(node);
        Ok(())
    }

    /// Takes what the settings say: what they say now and did not before is
    /// wished, and what they say no more as well.
    pub(super) fn heed(&mut self, said: &BTreeSet<RelPath>) {
        let before = std::mem::replace(&mut self.chosen.settings, said.clone());
        let applied = without(self.rows);
        for path in before.difference(said).filter(|path| applied.contains(path)) {
            // Gone from the server, it needs no tick.
            let _ = self.tick(path);
        }
        for path in said.difference(&before).filter(|path| !applied.contains(path)) {
            self.chosen.unmet.insert(path.clone());
        }
    }

    /// What is in the settings now is what is applied.
    pub(super) fn told(&mut self, settings: BTreeSet<RelPath>) {
        self.chosen.settings = settings;
    }

    /// Deselects what has been waited for and is there now. A copy that is here
    /// stays: nobody was asked about it.
    pub(super) fn meet(&mut self) {
        for path in std::mem::take(&mut self.chosen.unmet) {
            let node = at(self.rows, Side::Remote, &path);
            let Some(node) = node.filter(|node| self.rows.remote[node].entry.body.is_dir()) else {
                self.chosen.unmet.insert(path);
                continue;
            };
            let own = Some(node).filter(|node| self.rows.local.contains_key(node));
            let here = own.or_else(|| at(self.rows, Side::Local, &path));
            let here = here.filter(|here| self.rows.local[here].entry.body.is_dir());
            if self.deselect(node, here, Leaving::Keep).is_err() {
                self.chosen.unmet.insert(path);
            }
        }
    }

    /// A folder that comes to the place where the copy of one stays that the
    /// server has no more is that one, under another id: a share that was
    /// withdrawn and given again. It goes on not being kept.
    pub(super) fn come_back(&mut self) {
        let gone = self.chosen.kept.iter().filter(|node| !self.rows.remote.contains_key(node));
        for old in gone.copied().collect::<Vec<_>>() {
            let Some(row) = self.rows.local.get(&old) else { continue };
            let is_it = |(node, there): &(&NodeId, &RemoteRow)| {
                there.entry == row.entry && !self.rows.local.contains_key(node)
            };
            let Some((&node, _)) = self.rows.remote.iter().find(is_it) else { continue };
            self.changes.push(Change::Local(old, None));
            self.changes.push(Change::Local(node, Some(row.clone())));
            self.chosen.kept.remove(&old);
            self.chosen.kept.insert(node);
            self.deselected.remove(&old);
            self.deselected.insert(node);
        }
    }

    /// Lets large folders wait that the server shows for the first time, until
    /// somebody says whether they are to be kept here.
    pub(super) fn ask_first(&mut self, fresh: &BTreeSet<NodeId>, above: u64) {
        // Of a folder in another new one nobody is asked.
        let tops = fresh.iter().filter(|&&node| {
            let mut over = ancestors(self.rows, node);
            over.all(|over| !fresh.contains(&over) && !self.deselected.contains(&over))
        });
        let large = tops.filter(|&&node| {
            let here = || self.rows.home(Side::Remote, node);
            let here = here().and_then(|path| at(self.rows, Side::Local, &path));
            // What is here as well is no question of room.
            here.is_none() && bytes_in(self.rows, node) > above
        });
        let large: Vec<NodeId> = large.copied().collect();
        self.deselected.extend(&large);
        self.chosen.asked.extend(large);
    }

    /// Keeps these again.
    pub(super) fn want(&mut self, nodes: &BTreeSet<NodeId>) {
        self.deselected.retain(|node| !nodes.contains(node));
    }

    /// Forgets copies that somebody has taken away, and questions about what is
    /// gone from the server or was decided with a folder around it.
    pub(super) fn prune(&mut self) {
        self.chosen.kept.retain(|node| self.rows.local.contains_key(node));
        let (rows, deselected) = (self.rows, &self.deselected);
        let waits = |node: &NodeId| rows.remote.contains_key(node) && deselected.contains(node);
        self.chosen.asked.retain(waits);
    }

    /// Says by path what was known by nodes, whose rows are about to go.
    pub(super) fn unmeet(&mut self) {
        self.chosen.unmet.extend(without(self.rows));
        self.deselected.clear();
        self.chosen.kept.clear();
        self.chosen.asked.clear();
    }
}

/// Folders of the server that a look shows and the rows of before do not know;
/// none at the first look, for then everything is new.
pub(super) fn fresh(before: &Rows, seen: &[Change]) -> BTreeSet<NodeId> {
    if before.remote.is_empty() && before.pair.root_listed.is_none() {
        return BTreeSet::new();
    }
    let new = seen.iter().filter_map(|change| match change {
        Change::Remote(node, Some(row)) if row.entry.body.is_dir() => Some(*node),
        _ => None,
    });
    new.filter(|node| !before.remote.contains_key(node)).collect()
}

/// Files that stay away by themselves, of a folder that is kept in part, and that
/// a look shows in another folder: nobody has left them out there.
pub(super) fn moved_away(before: &Rows, seen: &[Change]) -> BTreeSet<NodeId> {
    if before.pair.deselected.is_empty() {
        return BTreeSet::new();
    }
    let moved = seen.iter().filter_map(|change| match change {
        Change::Remote(node, Some(row)) if !row.entry.body.is_dir() => {
            let known = before.remote.get(node)?;
            (known.entry.place.parent != row.entry.place.parent).then_some(*node)
        }
        _ => None,
    });
    moved.filter(|node| before.pair.deselected.contains(node)).collect()
}

/// Bytes of the files in a folder of the server, as far as they are known.
fn bytes_in(rows: &Rows, folder: NodeId) -> u64 {
    let files = rows.remote.iter().filter(|(_, row)| !row.entry.body.is_dir());
    let inside = files.filter(|(node, _)| ancestors(rows, **node).any(|above| above == folder));
    inside.fold(0, |sum, (_, row)| sum.saturating_add(row.seen.size.unwrap_or(0)))
}

/// The questions that wait for an answer.
pub(super) fn questions(rows: &Rows) -> impl Iterator<Item = Mention> {
    rows.pair.chosen.asked.iter().filter_map(|&node| {
        let path = rows.home(Side::Remote, node)?.to_string();
        let cause = Cause::AsksFirst { bytes: bytes_in(rows, node) };
        Some(Mention { path, cause, blocks: true })
    })
}

/// A local folder and all that is in it.
fn local_subtree(rows: &Rows, top: NodeId) -> Vec<NodeId> {
    let mut children: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for (&node, row) in &rows.local {
        children.entry(row.entry.place.parent).or_default().push(node);
    }
    let mut found = vec![top];
    let mut at = 0;
    while let Some(node) = found.get(at) {
        found.extend(children.remove(node).unwrap_or_default());
        at += 1;
    }
    found
}

/// Whether base has `node` at or below `folder`.
fn is_in_base(rows: &Rows, node: NodeId, folder: NodeId) -> bool {
    let above = |node: &NodeId| rows.base.get(node).map(|row| row.entry.place.parent);
    std::iter::successors(Some(node), above).take(rows.base.len() + 1).any(|node| node == folder)
}
