//! A tree with changes laid over it.
//!
//! Of a hundred thousand nodes a pass changes a handful: what is not changed
//! is borrowed, so a plan costs what differs, not what there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, NodeId, Place, Tree};

/// A borrowed tree and the entries that differ from it.
#[derive(Clone, Debug)]
pub(super) struct Overlay<'a> {
    under: &'a Tree,
    over: BTreeMap<NodeId, Option<Entry>>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(under: &'a Tree) -> Self {
        Self { under, over: BTreeMap::new() }
    }

    pub(super) fn get(&self, node: NodeId) -> Option<&Entry> {
        match self.over.get(&node) {
            Some(entry) => entry.as_ref(),
            None => self.under.get(node),
        }
    }

    /// Whether the tree holds `node`. The root counts as held.
    pub(super) fn contains(&self, node: NodeId) -> bool {
        node.is_root() || self.get(node).is_some()
    }

    pub(super) fn place(&self, node: NodeId) -> Option<&Place> {
        self.get(node).map(|entry| &entry.place)
    }

    pub(super) fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.get(node).map(|entry| entry.place.parent)
    }

    pub(super) fn insert(&mut self, node: NodeId, entry: Entry) {
        self.over.insert(node, Some(entry));
    }

    pub(super) fn remove(&mut self, node: NodeId) -> Option<Entry> {
        let gone = self.get(node).cloned();
        self.over.insert(node, None);
        gone
    }

    /// Gives `node` another parent, if the tree holds it.
    pub(super) fn set_parent(&mut self, node: NodeId, parent: NodeId) {
        if let Some(mut entry) = self.get(node).cloned() {
            entry.place.parent = parent;
            self.insert(node, entry);
        }
    }

    /// The nodes above `node`, from its parent up, without the root. Ends
    /// where a parent is missing; in a loop it ends after going round.
    pub(super) fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut above = self.parent(node);
        // Brent: the tortoise jumps to the hare at every power of two, so that
        // a tree under repair, with a loop in it, is left soon.
        let (mut tortoise, mut steps, mut power) = (node, 0u64, 1u64);
        std::iter::from_fn(move || {
            let at = above.filter(|at| !at.is_root() && *at != tortoise)?;
            steps += 1;
            if steps == power {
                (tortoise, steps, power) = (at, 0, power * 2);
            }
            above = self.parent(at);
            Some(at)
        })
    }

    /// Whether `node` is `folder` or lies below it.
    pub(super) fn is_within(&self, node: NodeId, folder: NodeId) -> bool {
        node == folder || folder.is_root() || self.ancestors(node).any(|above| above == folder)
    }

    /// Whether one climbs from `node` back to `node`.
    pub(super) fn is_in_loop(&self, node: NodeId) -> bool {
        self.parent(node) == Some(node) || self.ancestors(node).any(|above| above == node)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Entry)> {
        let under = self.under.iter().filter(|(node, _)| !self.over.contains_key(node));
        let over = self.over.iter().filter_map(|(&node, entry)| Some((node, entry.as_ref()?)));
        under.chain(over)
    }

    /// The children of `folders`. Looks at every node once; at none if there
    /// are no folders to fill.
    pub(super) fn children_of(
        &self,
        folders: &BTreeSet<NodeId>,
    ) -> impl Iterator<Item = (NodeId, &Entry)> {
        let all = (!folders.is_empty()).then(|| self.iter());
        all.into_iter().flatten().filter(|(_, entry)| folders.contains(&entry.place.parent))
    }

    /// The children of each of `folders`. Looks at every node once.
    pub(super) fn children_by_folder(
        &self,
        folders: &BTreeSet<NodeId>,
    ) -> BTreeMap<NodeId, Vec<NodeId>> {
        let mut children: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for (node, entry) in self.children_of(folders) {
            children.entry(entry.place.parent).or_default().push(node);
        }
        children
    }

    /// `tops` and all that lies below them, parents before children.
    pub(super) fn subtrees(&self, tops: &BTreeSet<NodeId>) -> Vec<NodeId> {
        if tops.is_empty() {
            return Vec::new();
        }
        let mut children: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for (node, entry) in self.iter() {
            children.entry(entry.place.parent).or_default().push(node);
        }
        let mut found: Vec<NodeId> = tops.iter().copied().collect();
        let mut seen = tops.clone();
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            for &child in children.get(&node).into_iter().flatten() {
                if seen.insert(child) {
                    found.push(child);
                }
            }
            at += 1;
        }
        found
    }
}
