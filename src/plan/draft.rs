//! The working copy that all stages share.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, Name, NodeId, Perms, Place, Side, Stand, Tree};

use super::overlay::Overlay;
use super::{Record, Situation, Wait, WaitReason};
use crate::mutant::{Mutant, broken};

/// A situation being thought through.
///
/// `here` and `there` are what stands on the two sides, as the records of this
/// plan will leave it; `local` is what the merge is to see of `here`.
pub(super) struct Draft<'a> {
    pub(super) seen: &'a Situation,
    pub(super) base: Overlay<'a>,
    pub(super) here: Overlay<'a>,
    pub(super) local: Overlay<'a>,
    pub(super) there: Overlay<'a>,
    /// Nodes that are not the same, at home, in base and on both sides.
    /// Every other node keeps what it has; no stage looks at it.
    pub(super) open: BTreeSet<NodeId>,
    /// What stands elsewhere here; keyed like `here`.
    stands: BTreeMap<NodeId, Stand>,
    /// Ids that `here` got from the records, with those the situation knows.
    formerly: BTreeMap<NodeId, NodeId>,
    /// The other way round: what became of an id.
    renamed: BTreeMap<NodeId, NodeId>,
    pub(super) deselected: BTreeSet<NodeId>,
    /// The topmost nodes that are on the server only because they are not kept here.
    pub(super) hidden_tops: BTreeSet<NodeId>,
    /// New files at one place of which one is unread: nothing is done with
    /// them before it is read (amendment 18).
    pub(super) undecided: BTreeSet<NodeId>,
    /// Nodes whose remote bytes must be read first.
    pub(super) to_read: BTreeSet<NodeId>,
    /// Nodes whose remote bytes count as those that are here (amendment 32).
    pub(super) presumed: BTreeSet<NodeId>,
    pub(super) records: Vec<Record>,
    pub(super) waits: BTreeSet<Wait>,
    next_node: u64,
}

impl<'a> Draft<'a> {
    pub(super) fn new(seen: &'a Situation) -> Self {
        let here = Overlay::new(&seen.local.tree);
        let mut draft = Self {
            seen,
            base: Overlay::new(&seen.base),
            local: here.clone(),
            here,
            there: Overlay::new(&seen.remote.tree),
            open: BTreeSet::new(),
            stands: seen.local.stands.clone(),
            formerly: BTreeMap::new(),
            renamed: BTreeMap::new(),
            deselected: seen.deselected.clone(),
            hidden_tops: BTreeSet::new(),
            undecided: BTreeSet::new(),
            to_read: BTreeSet::new(),
            presumed: BTreeSet::new(),
            records: Vec::new(),
            waits: BTreeSet::new(),
            next_node: seen.next_node,
        };
        draft.freeze_vanished();
        draft.open = differing(&seen.base, &seen.local.tree, &seen.remote.tree);
        let stand = seen.local.stands.iter().chain(&seen.remote.stands);
        draft.open.extend(stand.filter(|(_, stand)| **stand != Stand::Home).map(|(&node, _)| node));
        draft.name_parked_by_staging();
        draft
    }

    /// A node that is gone from a side but waits there is not deleted, it is
    /// out of reach (amendments 23, 24): with all below it, it counts as it
    /// was agreed. Nothing is done to it, because it waits.
    fn freeze_vanished(&mut self) {
        let seen = self.seen;
        for side in [Side::Local, Side::Remote] {
            let tree = match side {
                Side::Local => &seen.local.tree,
                Side::Remote => &seen.remote.tree,
            };
            let vanished = seen.waiting.iter().filter(|((node, at), _)| {
                *at == side && !tree.contains(*node) && seen.base.contains(*node)
            });
            let mut tops = BTreeSet::new();
            for ((node, _), reason) in vanished {
                tops.insert(*node);
                self.wait(*node, Some(side), *reason);
            }
            for node in self.base.subtrees(&tops) {
                if let Some(entry) = seen.base.get(node).filter(|_| !tree.contains(node)) {
                    match side {
                        Side::Local => self.here.insert(node, entry.clone()),
                        Side::Remote => self.there.insert(node, entry.clone()),
                    }
                }
            }
        }
    }

    fn name_parked_by_staging(&mut self) {
        if broken(Mutant::ParkedIsRename) {
            for (&node, stand) in &self.seen.local.stands {
                if let (Stand::Parked, Some(entry), Ok(name)) =
                    (stand, self.here.get(node), Name::new(&format!("{}.park", node.0)))
                {
                    let place = Place::new(NodeId::ROOT, name);
                    self.here.insert(node, Entry { place, body: entry.body });
                }
            }
        }
    }

    /// A new id.
    pub(super) fn new_node(&mut self) -> NodeId {
        let node = NodeId(self.next_node);
        self.next_node += 1;
        node
    }

    pub(super) fn next_node(&self) -> u64 {
        self.next_node
    }

    pub(super) fn tree(&self, side: Side) -> &Overlay<'a> {
        match side {
            Side::Local => &self.here,
            Side::Remote => &self.there,
        }
    }

    pub(super) fn stand(&self, side: Side, node: NodeId) -> &Stand {
        let stands = match side {
            Side::Local => &self.stands,
            Side::Remote => &self.seen.remote.stands,
        };
        stands.get(&node).unwrap_or(&Stand::Home)
    }

    /// The name that `entry` of `node` really has on a side; none in staging.
    pub(super) fn real_name<'e>(
        &'e self,
        side: Side,
        node: NodeId,
        entry: &'e Entry,
    ) -> Option<&'e Name> {
        match self.stand(side, node) {
            Stand::Home => Some(&entry.place.name),
            Stand::Alias(alias) => Some(alias),
            Stand::Parked => None,
        }
    }

    /// The name under which the situation knows a local node.
    pub(super) fn former(&self, node: NodeId) -> NodeId {
        self.formerly.get(&node).copied().unwrap_or(node)
    }

    /// Whether the engine gave `node` its name here (amendment 17).
    pub(super) fn is_given(&self, node: NodeId) -> bool {
        self.seen.given.contains(&self.former(node))
    }

    /// What this account may do with `node` on the server.
    pub(super) fn may(&self, node: NodeId, right: Perms) -> bool {
        self.seen.perms.get(&node).is_none_or(|perms| perms.contains(right))
    }

    /// Why `node` may not be touched on `side`.
    pub(super) fn waiting(&self, node: NodeId, side: Side) -> Option<WaitReason> {
        let node = if side == Side::Local { self.former(node) } else { node };
        self.seen.waiting.get(&(node, side)).copied()
    }

    /// Whether what a side shows of `node` cannot be relied on. A racy version
    /// can: it is there, only perhaps not for long (amendment 4). So can a
    /// quiet database, which may only not be replaced (amendment 35).
    pub(super) fn is_uncertain(&self, node: NodeId, side: Side) -> bool {
        let certain = [None, Some(WaitReason::Racy), Some(WaitReason::Open)];
        !certain.contains(&self.waiting(node, side))
    }

    /// Gives the local node `old` the id `new`; `children` are its children
    /// here, under the ids that they have or had.
    pub(super) fn rename_here(&mut self, old: NodeId, new: NodeId, children: &[NodeId]) {
        if let Some(entry) = self.here.remove(old) {
            self.here.insert(new, entry);
        }
        if let Some(stand) = self.stands.remove(&old) {
            self.stands.insert(new, stand);
        }
        self.renamed.insert(old, new);
        for child in children {
            let child = self.renamed.get(child).copied().unwrap_or(*child);
            self.here.set_parent(child, new);
            self.open.insert(child);
        }
        self.formerly.insert(new, self.former(old));
        self.open.insert(new);
        if !self.base.contains(old) && !self.there.contains(old) {
            self.open.remove(&old);
        } else {
            self.open.insert(old);
        }
    }

    /// Takes the unread bytes of `node` on the server for those that are here:
    /// proved by a checksum, or only presumed (amendment 32).
    pub(super) fn take_for_equal(&mut self, node: NodeId, proved: bool) {
        if let (Some(here), Some(there)) = (self.here.get(node), self.there.get(node)) {
            let body = here.body;
            let equal = Entry { body, ..there.clone() };
            self.there.insert(node, equal);
            if proved {
                self.records.push(Record::Prove { node, body });
            } else {
                self.presumed.insert(node);
            }
        }
    }

    /// Whether `node` stands on the server below a folder that is not kept here.
    pub(super) fn is_deselected(&self, node: NodeId) -> bool {
        !self.deselected.is_empty()
            && (self.deselected.contains(&node)
                || self.there.ancestors(node).any(|above| self.deselected.contains(&above)))
    }

    /// Drops what is the same everywhere and at home from the open nodes.
    pub(super) fn close_settled(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.open = open.into_iter().filter(|&node| !self.is_settled(node)).collect();
    }

    fn is_settled(&self, node: NodeId) -> bool {
        let here = self.here.get(node);
        here == self.there.get(node)
            && here == self.base.get(node)
            && *self.stand(Side::Local, node) == Stand::Home
            && *self.stand(Side::Remote, node) == Stand::Home
    }

    pub(super) fn wait(&mut self, node: NodeId, side: Option<Side>, reason: WaitReason) {
        self.waits.insert(Wait { node, side, reason });
    }
}

/// The nodes that three trees do not show alike: a merge of three sorted lists.
fn differing(base: &Tree, local: &Tree, remote: &Tree) -> BTreeSet<NodeId> {
    let mut sides = [base, local, remote].map(|tree| tree.iter().peekable());
    let mut open = BTreeSet::new();
    loop {
        let heads = sides.each_mut().map(|side| side.peek().map(|(node, _)| *node));
        let Some(node) = heads.into_iter().flatten().min() else { return open };
        let [b, l, r] = sides.each_mut().map(|side| side.next_if(|(at, _)| *at == node));
        if b != l || b != r {
            open.insert(node);
        }
    }
}
