//! A side, or the base, as a tree of registers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Body, NodeId, Place};

/// The registers of one node in one tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// What it is made of.
    pub body: Body,
}

/// The nodes of one tree, in order of id (I10: same rows in, same order out).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tree(pub BTreeMap<NodeId, Entry>);

impl Tree {
    /// The entry of `node`.
    pub fn get(&self, node: NodeId) -> Option<&Entry> {
        self.0.get(&node)
    }

    /// Whether the tree holds `node`. The root counts as held.
    pub fn contains(&self, node: NodeId) -> bool {
        node.is_root() || self.0.contains_key(&node)
    }

    /// The folder that `node` stands in.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.get(node).map(|entry| entry.place.parent)
    }

    /// The folders above `node`, from its parent up to (not including) the
    /// root. Ends early where a parent is missing, and after as many steps as
    /// there are nodes, so that a tree under repair with a loop in it ends too.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(node), |&above| self.parent(above))
            .take_while(|above| !above.is_root())
            .take(self.0.len())
    }

    /// Whether `node` lies somewhere below `ancestor`.
    pub fn is_below(&self, node: NodeId, ancestor: NodeId) -> bool {
        ancestor.is_root() || self.ancestors(node).any(|above| above == ancestor)
    }

    /// All entries in order of id.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Entry)> {
        self.0.iter().map(|(&node, entry)| (node, entry))
    }

    /// The children of every folder, in order of id.
    pub fn children(&self) -> BTreeMap<NodeId, Vec<NodeId>> {
        let mut children: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for (node, entry) in self.iter() {
            children.entry(entry.place.parent).or_default().push(node);
        }
        children
    }
}

impl FromIterator<(NodeId, Entry)> for Tree {
    fn from_iter<I: IntoIterator<Item = (NodeId, Entry)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}
