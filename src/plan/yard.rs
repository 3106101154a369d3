//! A side as it would be after the steps planned so far.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Folding, Name, NodeId, Side, Stand};

use super::draft::Draft;
use super::overlay::Overlay;

/// No path has more names: a ring among the rows must not keep us for ever.
const DEEPEST: usize = 16 << 10;

/// Where a node is after some steps.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Spot {
    At(NodeId, Name),
    Staged,
    Gone,
}

/// A place as the side compares it: folder and folded name.
pub(super) type Slot = (NodeId, Name);

/// One side being rehearsed, with what is needed to order the steps.
pub(super) struct Yard<'d, 'a> {
    side: Side,
    draft: &'d Draft<'a>,
    tree: &'d Overlay<'a>,
    folding: Folding,
    spots: BTreeMap<NodeId, Spot>,
    /// Who stands in the folders that something arrives in.
    occupied: BTreeMap<Slot, NodeId>,
    /// What is still in the folders that are to go.
    inside: BTreeMap<NodeId, BTreeSet<NodeId>>,
    /// The last step that made a place free.
    vacated: BTreeMap<Slot, usize>,
    /// The last step that made or moved a node.
    arrived: BTreeMap<NodeId, usize>,
    /// The steps by which something left a folder that is to go.
    left: BTreeMap<NodeId, Vec<usize>>,
}

impl<'d, 'a> Yard<'d, 'a> {
    /// `arenas`: folders that something arrives in; `dying`: folders that are to go.
    pub(super) fn new(
        draft: &'d Draft<'a>,
        side: Side,
        arenas: &BTreeSet<NodeId>,
        dying: &BTreeSet<NodeId>,
    ) -> Self {
        let folding = match side {
            Side::Local => draft.seen.folding,
            Side::Remote => Folding::default(),
        };
        let mut yard = Self {
            side,
            draft,
            tree: draft.tree(side),
            folding,
            spots: BTreeMap::new(),
            occupied: BTreeMap::new(),
            inside: BTreeMap::new(),
            vacated: BTreeMap::new(),
            arrived: BTreeMap::new(),
            left: BTreeMap::new(),
        };
        let watched: BTreeSet<NodeId> = arenas.union(dying).copied().collect();
        for (node, entry) in yard.tree.children_of(&watched) {
            let Some(name) = draft.real_name(side, node, entry) else { continue };
            let parent = entry.place.parent;
            if arenas.contains(&parent) {
                yard.occupied.insert((parent, folding.key(name)), node);
            }
            if dying.contains(&parent) {
                yard.inside.entry(parent).or_default().insert(node);
            }
        }
        yard
    }

    fn slot(&self, folder: NodeId, name: &Name) -> Slot {
        (folder, self.folding.key(name))
    }

    fn spot(&self, node: NodeId) -> Spot {
        if let Some(spot) = self.spots.get(&node) {
            return spot.clone();
        }
        let Some(entry) = self.tree.get(node) else { return Spot::Gone };
        match self.draft.real_name(self.side, node, entry) {
            Some(name) => Spot::At(entry.place.parent, name.clone()),
            None => Spot::Staged,
        }
    }

    pub(super) fn holds(&self, node: NodeId) -> bool {
        node.is_root()
            || match self.spots.get(&node) {
                Some(spot) => *spot != Spot::Gone,
                None => self.tree.contains(node),
            }
    }

    pub(super) fn is_parked(&self, node: NodeId) -> bool {
        match self.spots.get(&node) {
            Some(spot) => *spot == Spot::Staged,
            None => *self.draft.stand(self.side, node) == Stand::Parked,
        }
    }

    /// The folder in which the node really is; none in staging.
    pub(super) fn folder(&self, node: NodeId) -> Option<NodeId> {
        match self.spots.get(&node) {
            Some(Spot::At(folder, _)) => Some(*folder),
            Some(Spot::Staged | Spot::Gone) => None,
            None if self.is_parked(node) => None,
            None => self.tree.parent(node),
        }
    }

    /// `node` and the folders above it, without the root.
    pub(super) fn path(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let up = std::iter::successors(Some(node), |&at| self.folder(at));
        up.take_while(|at| !at.is_root()).take(DEEPEST)
    }

    /// The parked folder in which `folder` is or lies, if it counts as standing
    /// below `node`: as long as it is parked, its row says that it stands where
    /// it stood.
    pub(super) fn parked_below(&self, folder: NodeId, node: NodeId) -> Option<NodeId> {
        let top = self.path(folder).last().filter(|&top| self.is_parked(top))?;
        let above = |&at: &NodeId| self.folder(at).or_else(|| self.tree.parent(at));
        let counted = std::iter::successors(self.tree.parent(top), above);
        counted.take(DEEPEST).any(|at| at == node).then_some(top)
    }

    pub(super) fn occupant(&self, folder: NodeId, name: &Name) -> Option<NodeId> {
        self.occupied.get(&self.slot(folder, name)).copied()
    }

    /// One of the nodes that are still in a folder that is to go.
    pub(super) fn first_inside(&self, folder: NodeId) -> Option<NodeId> {
        self.inside.get(&folder)?.first().copied()
    }

    pub(super) fn place(&mut self, node: NodeId, folder: NodeId, name: &Name, step: usize) {
        self.leave(node, step);
        let slot = self.slot(folder, name);
        self.occupied.insert(slot, node);
        self.spots.insert(node, Spot::At(folder, name.clone()));
        self.arrived.insert(node, step);
    }

    pub(super) fn park(&mut self, node: NodeId, step: usize) {
        self.leave(node, step);
        self.spots.insert(node, Spot::Staged);
        self.arrived.insert(node, step);
    }

    pub(super) fn remove(&mut self, node: NodeId, step: usize) {
        self.leave(node, step);
        self.spots.insert(node, Spot::Gone);
    }

    fn leave(&mut self, node: NodeId, step: usize) {
        let Spot::At(folder, name) = self.spot(node) else { return };
        let slot = self.slot(folder, &name);
        if self.occupied.get(&slot) == Some(&node) {
            self.occupied.remove(&slot);
            self.vacated.insert(slot, step);
        }
        if self.inside.get_mut(&folder).is_some_and(|inside| inside.remove(&node)) {
            self.left.entry(folder).or_default().push(step);
        }
    }

    /// The steps that must come before something is put at a place: those
    /// that made or moved the folders above it, and the one that freed it.
    pub(super) fn before_arrival(&self, folder: NodeId, name: &Name) -> BTreeSet<usize> {
        let mut before = self.before_touch(folder);
        before.extend(self.vacated.get(&self.slot(folder, name)));
        before
    }

    /// The steps that made or moved `node` and the folders above it.
    pub(super) fn before_touch(&self, node: NodeId) -> BTreeSet<usize> {
        if self.arrived.is_empty() || node.is_root() {
            return BTreeSet::new();
        }
        self.path(node).filter_map(|at| self.arrived.get(&at).copied()).collect()
    }

    /// The steps that emptied a folder.
    pub(super) fn before_removal(&self, folder: NodeId) -> impl Iterator<Item = usize> + '_ {
        self.left.get(&folder).into_iter().flatten().copied()
    }
}
